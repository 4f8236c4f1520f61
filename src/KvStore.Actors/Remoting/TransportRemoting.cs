using System.Net.Sockets;
using KvStore.Actors.Event;
using KvStore.Actors.Membership;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Connects a system to others over an <see cref="ITransport"/>: serializes what leaves, resolves whom arriving messages are for, and
/// drops, with a line in the log and a count, what cannot be carried. It has no thread of its own.
/// </summary>
internal sealed partial class TransportRemoting : IRemoting
{
    private readonly ActorSystemImpl _system;
    private readonly ITransport _transport;
    private readonly ILoggingAdapter _log;
    private readonly Incarnations _incarnations = new();

    // Written by Start and Stop, read by the connections' threads.
    private volatile bool _isRunning;

    /// <summary>Binds, so that the address is known before any path is made.</summary>
    /// <exception cref="RemoteTransportException">Host or port cannot be bound.</exception>
    /// <exception cref="ConfigurationException">A setting is out of its range.</exception>
    internal TransportRemoting(ActorSystemImpl system, Func<TransportSettings, ITransport>? factory)
    {
        _system = system;
        _unserializable = new LogGate(system.Time);
        _undeserializable = new LogGate(system.Time);
        _unsent = new LogGate(system.Time);
        _strangers = new LogGate(system.Time);
        _quarantined = new LogGate(system.Time);
        _log = new LoggingAdapter(system, $"Remoting({system.Name})", typeof(TransportRemoting));
        Uid = (int)system.NextUid();
        Settings = RemoteSettings.Read(system.Settings.Config, system.Name, Uid);
        _transport = factory is null ? new TcpTransport(Settings, system.Time) : factory(Settings);
        try
        {
            LocalAddress = _transport.Listen(this);
        }
        catch (SocketException e)
        {
            throw new RemoteTransportException($"{Settings.Protocol} cannot listen on {Settings.Hostname}:{Settings.Port}: {e.Message}.", e);
        }
        Counters = new RemotingCounters(_transport.Counters);
    }

    public Address LocalAddress { get; }

    internal TransportSettings Settings { get; }

    /// <summary>This incarnation's number, the same in handshakes and in the cluster.</summary>
    internal int Uid { get; }

    internal RemotingCounters Counters { get; }

    internal IActorRefProvider Provider => _system.Provider;

    public IInternalActorRef RefFor(ActorPath path) => path.Address is { HasGlobalScope: true, Port: not null }
        ? new RemoteActorRef(this, path)
        : (IInternalActorRef)_system.Provider.Missing(path);

    public void Start()
    {
        _isRunning = true;
        _log.Info("Listening on {0}", LocalAddress);
    }

    public void Stop(Action stopped)
    {
        _isRunning = false;
        _log.Debug("Closing {0}", LocalAddress);
        _transport.Close(() =>
        {
            _log.Debug("Closed {0}", LocalAddress);
            stopped();
        });
    }

    internal bool IsGone(Address address) => _incarnations.IsGone(address);

    /// <summary>Null when the transport is closed.</summary>
    internal IAssociation? AssociationWith(Address address)
    {
        try
        {
            return _transport.Associate(address);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>The cluster has a member there, so what its actors say is heard.</summary>
    internal void OnMember(UniqueAddress node) => _incarnations.OnMember(node);

    /// <summary>
    /// The cluster has removed an incarnation: its actors count as stopped, what they still say is dropped, and nothing is queued for
    /// it any longer. Its successor on the same address is left alone. See <see cref="Incarnations"/> for what that means for a
    /// process that joins again.
    /// </summary>
    internal void Quarantine(UniqueAddress node)
    {
        if (!_incarnations.OnRemoved(node))
            return;
        if (AssociationWith(node.Address) is { } association)
            association.Disconnect("the node was removed from the cluster");
        _system.AddressTerminations.Publish(node.Address);
    }
}
