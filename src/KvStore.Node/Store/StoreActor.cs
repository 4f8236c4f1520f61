using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Owns the dictionary: the one place where commands of clients and mutations of peers meet, one message at a time and so
/// without a lock. It decides nothing: the <see cref="Replica"/> does, and this carries out what it asks for.
/// </summary>
public sealed class StoreActor : UntypedActor, IWithTimers
{
    /// <summary>The topic to which mutations are published.</summary>
    public const string MutationsTopic = "kv.mutations";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly Replica _replica;
    private readonly CommandExecutor _executor;
    private readonly PeerDirectory _peers;
    private readonly StoreLog _log;
    private readonly ClusterEventLog _events = new();
    private readonly IActorRef _mediator;
    private readonly IActorRef _self;
    private bool _flushIsQueued;

    /// <summary>Creates the store of one node.</summary>
    public StoreActor(NodeSettings settings, NodeIdentity identity, TimeProvider time, ClientRegistry clients, NodeEndpoints endpoints)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var cluster = Cluster.Get(Context.System);
        _time = time;
        _self = Self;
        _mediator = DistributedPubSub.Get(Context.System).Mediator;
        _peers = new PeerDirectory(cluster.SelfUniqueAddress, Context.System, Self.Path.ToStringWithoutAddress());
        _replica = new Replica(settings.Replica, identity.StartId, identity.HashSeed, PeerDirectory.Key(cluster.SelfUniqueAddress));
        _replica.Advance(NowMs());
        _log = new StoreLog(Context.GetLogger(), _replica);
        var administration = new ClusterAdministration(cluster, _events);
        var facts = new NodeFacts(settings, identity, time, clients, endpoints, _replica, _peers, _log, administration, Context.System);
        _executor = new CommandExecutor(_replica, facts, settings.Limits);
        Rehearsal.Run(settings, facts);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _mediator.Tell(new Subscribe(MutationsTopic, _self));
        Cluster.Get(Context.System).Subscribe(
            _self,
            ClusterEvent.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Cluster.Get(Context.System).Unsubscribe(_self);
        _replica.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        _replica.Advance(NowMs());
        switch (message)
        {
            case ClientBatch batch:
                OnBatch(batch);
                break;
            case Flush:
                _flushIsQueued = false;
                _replica.Flush();
                break;
            case PeerMessage peer:
                _peers.Learn(peer, Sender);
                _replica.Receive(peer);
                break;
            case Tick:
                _replica.Tick();
                _log.Observe();
                break;
            case ClusterEvent.IMemberEvent member:
                OnMember(member);
                break;
            case ClusterEvent.UnreachableMember member:
                _log.Unreachable(member.Member);
                _events.AddReachability(member.Member, isReachable: false, NowMs());
                _peers.SetReachable(member.Member, isReachable: false);
                _replica.MemberUnreachable(PeerDirectory.Key(member.Member.UniqueAddress));
                break;
            case ClusterEvent.ReachableMember member:
                _log.Reachable(member.Member);
                _events.AddReachability(member.Member, isReachable: true, NowMs());
                _peers.SetReachable(member.Member, isReachable: true);
                _replica.MemberUp(PeerDirectory.Key(member.Member.UniqueAddress));
                break;
            case SubscribeAck:
                break;
            default:
                Unhandled(message);
                break;
        }
        CarryOut();
    }

    private void OnBatch(ClientBatch batch)
    {
        var status = _executor.Run(batch.Commands, batch.Session);
        batch.OnExecuted(status);
    }

    private void OnMember(ClusterEvent.IMemberEvent change)
    {
        var key = PeerDirectory.Key(change.Member.UniqueAddress);
        _events.Add(change, NowMs());
        switch (change)
        {
            case ClusterEvent.MemberUp:
                _log.Up(change.Member);
                if (_peers.IsSelfAnew(change.Member))
                {
                    _peers.BecomeAnew(change.Member);
                    _replica.Rename(key);
                }
                _peers.Add(change.Member);
                _replica.MemberUp(key);
                break;
            case ClusterEvent.MemberRemoved:
                _log.Removed(change.Member);
                _peers.Remove(change.Member);
                _replica.MemberRemoved(key);
                _peers.Keep(_replica.Peers);
                break;
            default:
                _peers.Update(change.Member);
                break;
        }
    }

    private void CarryOut()
    {
        foreach (var effect in _replica.Outbox.Effects)
        {
            switch (effect.Kind)
            {
                case EffectKind.Publish:
                    _mediator.Tell(new Publish(MutationsTopic, effect.Message), _self);
                    break;
                case EffectKind.Send:
                    _peers.Send(effect.Replica, effect.Message, _self);
                    break;
                default:
                    _peers.Broadcast(effect.Message, _self);
                    break;
            }
        }
        _replica.Outbox.Clear();
        if (_replica.NeedsFlush && !_flushIsQueued)
        {
            _flushIsQueued = true;
            _self.Tell(Flush.Instance, _self);
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
