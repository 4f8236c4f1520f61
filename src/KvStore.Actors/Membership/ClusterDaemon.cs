using KvStore.Actors.Event;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Membership;

/// <summary>
/// Gives the <see cref="MembershipMachine"/> its messages and the time, and carries out what it asks for. It decides nothing. When
/// the machine has ended, by a leave or by a down, the daemon goes on answering with the ended state.
/// </summary>
internal sealed class ClusterDaemon : UntypedActor, IWithTimers
{
    /// <summary>Ten times in the shortest of the usual intervals.</summary>
    private static readonly TimeSpan s_tickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>More nodes than a cluster has; who asks to join is remembered here too.</summary>
    private const int MaxPeers = 4096;

    private readonly Cluster _cluster;
    private readonly ClusterConfiguration _configuration;
    private readonly TransportRemoting _remoting;
    private readonly ActorSystemImpl _system;
    private readonly MembershipMachine _machine;
    private readonly ClusterSubscriptions _subscriptions;
    private readonly ILoggingAdapter _log;
    private readonly Dictionary<Address, IActorRef> _peers = [];
    private readonly List<Action> _onUp = [];
    private IActorRef _callbacks = ActorRefs.Nobody;
    private Gossip _shown = Gossip.Empty;
    private bool _wasExiting;

    public ClusterDaemon(Cluster cluster, ClusterConfiguration configuration, TransportRemoting remoting, int seed)
    {
        _cluster = cluster;
        _configuration = configuration;
        _remoting = remoting;
        _system = (ActorSystemImpl)cluster.System;
        _machine = new MembershipMachine(cluster.SelfUniqueAddress, configuration.Roles, configuration.Membership, seed);
        _subscriptions = new ClusterSubscriptions(Context);
        _log = Logging.GetLogger(_system, $"Cluster({_system.Name})");
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long NowMs => (long)_system.Clock.MonotonicClock.TotalMilliseconds;

    protected override void PreStart()
    {
        _callbacks = Context.ActorOf(Props.Create(() => new ClusterCallbacks(_cluster)), "callbacks");
        Timers.StartPeriodicTimer(nameof(ClusterCommand.Tick), new ClusterCommand.Tick(), s_tickInterval);
        if (_configuration.SeedNodes.Count > 0)
            Self.Tell(new ClusterCommand.JoinSeeds(_configuration.SeedNodes));
    }

    protected override void PostStop()
    {
        _cluster.Show(new ClusterView(new ClusterEvent.CurrentClusterState(), Member.Removed(_machine.Self), IsMember: false, IsTerminated: true));
        foreach (var callback in _cluster.TakeRemovedCallbacks())
            _cluster.Run(callback);
    }

    protected override void OnReceive(object message)
    {
        try
        {
            if (!Feed(message))
                Unhandled(message);
            CarryOut();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A machine that threw has a state that nobody vouches for, and a restarted one would claim the same uid.
            _log.Error(e, "The cluster membership has failed and ends; the system runs on without it");
            Context.Stop(Self);
        }
    }

    private bool Feed(object message)
    {
        switch (message)
        {
            case IMembershipMessage membership:
                _machine.OnMessage(membership, NowMs);
                return true;
            case ClusterCommand.Tick:
                _machine.Tick(NowMs);
                return true;
            case ClusterCommand.Join join:
                _machine.Join(join.Address, NowMs);
                return true;
            case ClusterCommand.JoinSeeds join:
                _machine.JoinSeedNodes(join.Seeds, NowMs);
                return true;
            case ClusterCommand.Leave leave:
                _machine.Leave(leave.Address, NowMs);
                return true;
            case ClusterCommand.Down down:
                _machine.Down(down.Address, NowMs);
                return true;
            case ClusterCommand.CompleteExiting:
                _machine.CompleteExiting(NowMs);
                CarryOut();
                _cluster.HasSaidGoodbye();
                return true;
            case ClusterCommand.OnUp up:
                _onUp.Add(up.Callback);
                RunUpCallbacks();
                return true;
            default:
                return _subscriptions.TryHandle(message, _machine);
        }
    }

    private void CarryOut()
    {
        ShowState();
        foreach (var effect in _machine.Outbox)
        {
            switch (effect.Kind)
            {
                case MembershipEffectKind.Send:
                    PeerAt(effect.To!).Tell(effect.Message, ActorRefs.NoSender);
                    break;
                case MembershipEffectKind.Publish:
                    Publish(effect.Event);
                    break;
                case MembershipEffectKind.SelfExiting:
                    _wasExiting = true;
                    // Its first phases run on the caller, which must not be the actor that answers heartbeats.
                    Defer(() => _ = CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance));
                    break;
                case MembershipEffectKind.SelfRemoved:
                    // Who asked to leave needs no warning; who was downed has to know why this node is alone.
                    _log.Log(_wasExiting ? LogLevel.InfoLevel : LogLevel.WarningLevel, null, $"{_machine.Self.Address} is no longer a member: {effect.Text}");
                    foreach (var callback in _cluster.TakeRemovedCallbacks())
                        Defer(callback);
                    break;
                case MembershipEffectKind.Note when _configuration.LogsInfo:
                    _log.Info("{0}", effect.Text);
                    break;
                case MembershipEffectKind.Warning:
                    _log.Warning("{0}", effect.Text);
                    break;
            }
        }
        _machine.Outbox.Clear();
    }

    private void ShowState()
    {
        if (ReferenceEquals(_shown, _machine.Gossip))
            return;
        _shown = _machine.Gossip;
        _cluster.Show(new ClusterView(_machine.State, _machine.SelfMember, _machine.IsMember, _machine.HasEnded));
        RunUpCallbacks();
    }

    private void Publish(ClusterEvent.IClusterDomainEvent domainEvent)
    {
        // Before the subscribers hear of it: what they then say to that address is not for the one that is gone. Once this node
        // itself has gone, its view of the others says nothing about whether they live.
        if (domainEvent is ClusterEvent.MemberRemoved { Member.UniqueAddress: var node } && node != _machine.Self && !_machine.HasEnded)
            _remoting.OnMemberRemoved(node);
        _subscriptions.Publish(domainEvent);
    }

    private void RunUpCallbacks()
    {
        if (_onUp.Count == 0 || _machine.SelfMember.Status is not (MemberStatus.Up or MemberStatus.WeaklyUp))
            return;
        foreach (var callback in _onUp)
            Defer(callback);
        _onUp.Clear();
    }

    private void Defer(Action callback) => _callbacks.Tell(new RunCallback(callback), ActorRefs.NoSender);

    private IActorRef PeerAt(Address address)
    {
        if (_peers.TryGetValue(address, out var peer))
            return peer;
        if (_peers.Count >= MaxPeers)
            _peers.Clear();
        return _peers[address] = _system.Provider.ResolveActorRef(new RootActorPath(address) / "system" / Cluster.DaemonName);
    }
}

/// <summary>Something of the owner's that may block, and so must not run on the daemon's turn.</summary>
internal sealed record RunCallback(Action Callback) : INoSerializationVerificationNeeded;

/// <summary>Runs the owner's callbacks beside the daemon, in order.</summary>
internal sealed class ClusterCallbacks(Cluster cluster) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is RunCallback run)
            cluster.Run(run.Callback);
        else
            Unhandled(message);
    }
}
