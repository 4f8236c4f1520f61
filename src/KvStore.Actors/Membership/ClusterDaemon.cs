using System.Collections.Concurrent;
using KvStore.Actors.Event;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Membership;

/// <summary>
/// Gives the <see cref="MembershipMachine"/> its messages and the time, and carries out what it asks for. It decides nothing. When
/// the machine has ended by a leave, the daemon goes on answering with the ended state; when this node was downed, its
/// <see cref="MembershipLineage"/> has a successor for it.
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
    private readonly MembershipLineage _lineage;
    private readonly ClusterSubscriptions _subscriptions;
    private readonly ILoggingAdapter _log;
    private readonly Dictionary<Address, IActorRef> _peers = [];
    private readonly List<Action> _onUp = [];
    // Filled on the daemon's turn, emptied on that of its child.
    private readonly ConcurrentQueue<Action> _due = new();
    private IActorRef _callbacks = ActorRefs.Nobody;
    private IActorRef _outsideListener = ActorRefs.Nobody;
    private Gossip _shown = Gossip.Empty;
    private bool _wasExiting;

    public ClusterDaemon(Cluster cluster, ClusterConfiguration configuration, TransportRemoting remoting, int seed)
    {
        _cluster = cluster;
        _configuration = configuration;
        _remoting = remoting;
        _system = (ActorSystemImpl)cluster.System;
        _lineage = new MembershipLineage(cluster.SelfUniqueAddress, configuration.Roles, configuration.Membership, seed, () => (int)_system.NextUid());
        _subscriptions = new ClusterSubscriptions(Context);
        _log = Logging.GetLogger(_system, $"Cluster({_system.Name})");
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private MembershipMachine Machine => _lineage.Machine;

    private long NowMs => (long)_system.Clock.MonotonicClock.TotalMilliseconds;

    protected override void PreStart()
    {
        _callbacks = Context.ActorOf(Props.Create(() => new ClusterCallbacks(_cluster, _due)), "callbacks");
        Timers.StartPeriodicTimer(nameof(ClusterCommand.Tick), new ClusterCommand.Tick(), s_tickInterval);
        if (_configuration.SeedNodes.Count > 0)
            Self.Tell(new ClusterCommand.JoinSeeds(_configuration.SeedNodes));
    }

    protected override void PostStop()
    {
        _cluster.Show(new ClusterView(new ClusterEvent.CurrentClusterState(), Member.Removed(Machine.Self), IsMember: false, IsTerminated: true));
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
            case OutsideWord word:
                _outsideListener.Tell(new OutsideMessage(word.From.Address, word.Content), ActorRefs.NoSender);
                return true;
            case IMembershipMessage membership:
                Machine.OnMessage(membership, NowMs);
                return true;
            case ClusterCommand.Tick:
                _lineage.Tick(NowMs);
                return true;
            case ClusterCommand.Join join:
                Machine.Join(join.Address, NowMs);
                return true;
            case ClusterCommand.JoinSeeds join:
                _lineage.JoinSeedNodes(join.Seeds, NowMs);
                return true;
            case ClusterCommand.Leave leave:
                if (leave.Address == _cluster.SelfAddress)
                    _lineage.Retire();
                Machine.Leave(leave.Address, NowMs);
                return true;
            case ClusterCommand.Down down:
                Machine.Down(down.Address, NowMs);
                return true;
            case ClusterCommand.JoinInstead instead:
                _lineage.JoinInstead(instead.Others, NowMs);
                return true;
            case ClusterCommand.TellOutside tell:
                PeerAt(tell.To).Tell(new OutsideWord(Machine.Self, tell.Content), ActorRefs.NoSender);
                return true;
            case ClusterCommand.ListenOutside listen:
                _outsideListener = listen.Listener;
                return true;
            case ClusterCommand.CompleteExiting:
                Machine.CompleteExiting(NowMs);
                CarryOut();
                _cluster.HasSaidGoodbye();
                return true;
            case ClusterCommand.OnUp up:
                _onUp.Add(up.Callback);
                RunUpCallbacks();
                return true;
            default:
                return _subscriptions.TryHandle(message, Machine);
        }
    }

    private void CarryOut()
    {
        ShowState();
        foreach (var effect in Machine.Outbox)
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
                    _log.Log(_wasExiting ? LogLevel.InfoLevel : LogLevel.WarningLevel, null, $"{Machine.Self.Address} is no longer a member: {effect.Text}");
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
        Machine.Outbox.Clear();
        if (_lineage.TryRenew(NowMs))
            BeginAnew();
    }

    private void BeginAnew()
    {
        _log.Info("{0} will ask to be let in again, with uid {1}", _cluster.SelfAddress, Machine.Self.Uid);
        _wasExiting = false;
        _shown = Machine.Gossip;
        _cluster.BeginAnew(ViewOf(Machine));
    }

    private ClusterView ViewOf(MembershipMachine machine) =>
        new(machine.State, machine.SelfMember, machine.IsMember, _lineage.HasEnded) { Gossip = machine.Gossip };

    private void ShowState()
    {
        if (ReferenceEquals(_shown, Machine.Gossip))
            return;
        _shown = Machine.Gossip;
        _cluster.Show(ViewOf(Machine));
        RunUpCallbacks();
    }

    private void Publish(ClusterEvent.IClusterDomainEvent domainEvent)
    {
        // Before the subscribers hear of it: what they then say to that address is not for the one that is gone. Once this node
        // itself has gone, its view of the others says nothing about whether they live.
        if (domainEvent is ClusterEvent.MemberRemoved { Member.UniqueAddress: var node } && node != Machine.Self && !Machine.HasEnded)
            _remoting.Quarantine(node);
        else if (domainEvent is ClusterEvent.IMemberEvent { Member: { Status: not (MemberStatus.Down or MemberStatus.Removed) } member })
            _remoting.OnMember(member.UniqueAddress);
        _subscriptions.Publish(domainEvent);
    }

    private void RunUpCallbacks()
    {
        if (_onUp.Count == 0 || Machine.SelfMember.Status is not (MemberStatus.Up or MemberStatus.WeaklyUp))
            return;
        foreach (var callback in _onUp)
            Defer(callback);
        _onUp.Clear();
    }

    private void Defer(Action callback)
    {
        _due.Enqueue(callback);
        _callbacks.Tell(RunCallbacks.Instance, ActorRefs.NoSender);
    }

    private IActorRef PeerAt(Address address)
    {
        if (_peers.TryGetValue(address, out var peer))
            return peer;
        if (_peers.Count >= MaxPeers)
            _peers.Clear();
        return _peers[address] = _system.Provider.ResolveActorRef(new RootActorPath(address) / "system" / Cluster.DaemonName);
    }
}

/// <summary>Something of the owner's is due. It may block, and so must not run on the daemon's turn.</summary>
internal sealed record RunCallbacks : INoSerializationVerificationNeeded
{
    public static readonly RunCallbacks Instance = new();
}

/// <summary>
/// Runs the owner's callbacks beside the daemon, in order. What is due when it stops still runs: that a node was removed is often
/// followed at once by the end of its system.
/// </summary>
internal sealed class ClusterCallbacks(Cluster cluster, ConcurrentQueue<Action> due) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is RunCallbacks)
            RunDue();
        else
            Unhandled(message);
    }

    protected override void PostStop() => RunDue();

    private void RunDue()
    {
        while (due.TryDequeue(out var callback))
            cluster.Run(callback);
    }
}
