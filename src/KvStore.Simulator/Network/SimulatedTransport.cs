using KvStore.Actors.Remoting;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Network;

/// <summary>One message between two processes.</summary>
internal sealed record Frame(Lane Lane, string Recipient, string? Sender, int SerializerId, string Manifest, byte[] Payload)
{
    /// <summary>For the trace.</summary>
    public string Describe() => $"{Recipient} {Manifest} {Payload.Length} bytes";
}

/// <summary>What one process has of the network. All that is sent through it after the process has ended is nothing.</summary>
internal sealed class SimulatedTransport(SimulatedNetwork network, TransportSettings settings, Lifetime process) : ITransport
{
    private readonly OrderedDictionary<Address, SimulatedAssociation> _associations = [];
    private readonly Dictionary<string, WireName> _names = new(StringComparer.Ordinal);
    private ITransportHandler? _handler;
    private PeerIdentity? _self;

    public PeerIdentity Self => _self!;

    public TransportCounters Counters { get; } = new();

    public Lifetime Process => process;

    public TransportSettings Settings => settings;

    public Address Listen(ITransportHandler handler)
    {
        _handler = new GuardedHandler(handler, Counters);
        _self = new PeerIdentity(new Address(settings.Protocol, settings.System, settings.Hostname, settings.Port), settings.Uid);
        network.Listen(_self.Address, this);
        return _self.Address;
    }

    public IAssociation Associate(Address remote)
    {
        if (!_associations.TryGetValue(remote, out var association))
            _associations.Add(remote, association = new SimulatedAssociation(this, remote));
        return association;
    }

    public void Close(Action closed)
    {
        network.Close(Self.Address, this);
        closed();
    }

    public WriteResult Send(SimulatedAssociation association, Frame frame)
    {
        if (!process.IsAlive)
            return WriteResult.Closed;
        if (frame.Payload.Length > settings.MaxMessageBytes)
            return WriteResult.TooLarge;
        Counters.AddOut(1, frame.Payload.Length);
        return network.Send(this, association, frame);
    }

    public void OnUnreachable(SimulatedAssociation association)
    {
        association.Peer = null;
        _handler!.OnFailed(association.Remote, inbound: false, "nobody is there");
    }

    public void OnArrived(SimulatedTransport from, SimulatedAssociation association, Frame frame)
    {
        if (association.Peer != Self)
        {
            if (_handler!.Objection(from.Self) is { } objection)
            {
                Counters.AddRefused();
                _handler.OnFailed(from.Self.Address, inbound: true, objection);
                return;
            }
            _handler.OnConnected(from.Self, frame.Lane, inbound: true);
            association.Peer = Self;
            if (from.Process.IsAlive)
                from._handler!.OnConnected(Self, frame.Lane, inbound: false);
        }
        Counters.AddIn(1, frame.Payload.Length);
        _handler!.OnFrame(from.Self, new InboundFrame(Name(frame.Recipient), frame.Sender is null ? null : Name(frame.Sender), frame.SerializerId, Name(frame.Manifest), frame.Payload));
    }

    // Whoever resolves a name leaves the result in it. Senders of asks come once each, and are few.
    private WireName Name(string text)
    {
        if (!_names.TryGetValue(text, out var name))
            _names.Add(text, name = new WireName(text));
        return name;
    }
}

/// <summary>The way of one process to one address.</summary>
internal sealed class SimulatedAssociation(SimulatedTransport transport, Address remote) : IAssociation
{
    public Address Remote => remote;

    public PeerIdentity? Peer { get; set; }

    public WriteResult Write(Lane lane, string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload) =>
        transport.Send(this, new Frame(lane, recipient, sender, serializerId, manifest, payload.ToArray()));

    public void Disconnect(string reason) => Peer = null;
}
