using KvStore.Actors.Remoting;

namespace KvStore.Actors.Tests.Fixtures;

/// <summary>A network without sockets, threads or tasks: frames wait in one queue until somebody delivers them.</summary>
internal sealed class MemoryNetwork
{
    private readonly Dictionary<Address, MemoryTransport> _nodes = [];
    private readonly Queue<Action> _due = new();
    private readonly HashSet<Address> _cut = [];
    private int _ports = 4000;

    internal ITransport Attach(TransportSettings settings) => new MemoryTransport(this, settings);

    /// <summary>Nothing reaches the node or leaves it any more.</summary>
    internal void Cut(Address node) => _cut.Add(node);

    /// <summary>It hears the others again.</summary>
    internal void Mend(Address node) => _cut.Remove(node);

    internal bool DeliverOne()
    {
        if (!_due.TryDequeue(out var delivery))
            return false;
        delivery();
        return true;
    }

    private sealed class MemoryTransport(MemoryNetwork network, TransportSettings settings) : ITransport
    {
        private readonly Dictionary<Address, MemoryAssociation> _associations = [];
        private PeerIdentity? _self;

        public PeerIdentity Self => _self!;

        public TransportCounters Counters { get; } = new();

        internal ITransportHandler Handler { get; private set; } = null!;

        public Address Listen(ITransportHandler handler)
        {
            Handler = handler;
            var port = settings.Port == 0 ? network._ports++ : settings.Port;
            _self = new PeerIdentity(new Address(settings.Protocol, settings.System, settings.Hostname, port), settings.Uid);
            network._nodes[_self.Address] = this;
            return _self.Address;
        }

        public IAssociation Associate(Address remote)
        {
            if (!_associations.TryGetValue(remote, out var association))
                _associations[remote] = association = new MemoryAssociation(this, remote);
            return association;
        }

        public void Close(Action closed)
        {
            network._nodes.Remove(Self.Address);
            closed();
        }

        internal WriteResult Send(MemoryAssociation association, Lane lane, string recipient, string? sender, int serializerId, string manifest, byte[] payload)
        {
            if (payload.Length > settings.MaxMessageBytes)
                return WriteResult.TooLarge;
            network._due.Enqueue(() =>
            {
                if (network._cut.Contains(Self.Address) || network._cut.Contains(association.Remote) || !network._nodes.TryGetValue(association.Remote, out var node))
                {
                    Handler.OnFailed(association.Remote, inbound: false, "nobody is there");
                    return;
                }
                Counters.AddOut(1, payload.Length);
                association.Peer = node.Self;
                node.Handler.OnConnected(Self, lane, inbound: true);
                node.Handler.OnFrame(Self, new InboundFrame(new WireName(recipient), sender is null ? null : new WireName(sender), serializerId, new WireName(manifest), payload));
            });
            return WriteResult.Queued;
        }
    }

    private sealed class MemoryAssociation(MemoryTransport transport, Address remote) : IAssociation
    {
        public Address Remote => remote;

        public PeerIdentity? Peer { get; set; }

        public WriteResult Write(Lane lane, string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload) =>
            transport.Send(this, lane, recipient, sender, serializerId, manifest, payload.ToArray());

        public void Disconnect(string reason) => Peer = null;
    }
}
