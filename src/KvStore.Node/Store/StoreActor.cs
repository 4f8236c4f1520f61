using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Node.Healing;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Owns the dictionary: the one place where commands of clients and mutations of peers meet, one message at a time and so
/// without a lock. It decides nothing: the <see cref="Replica"/> does, and this carries out what it asks for, the log before the
/// messages and the replies.
/// </summary>
public sealed partial class StoreActor : UntypedActor, IWithTimers
{
    /// <summary>The topic to which mutations are published.</summary>
    public const string MutationsTopic = "kv.mutations";

    private const string Ended = "ERR this node has stopped; what was sent last may or may not have been applied";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly NodeEndpoints _endpoints;
    private readonly Replica _replica;
    private readonly CommandExecutor _executor;
    private readonly PeerDirectory _peers;
    private readonly StoreLog _log;
    private readonly StoreDisk? _disk;
    private readonly IOutsideLine _outside;
    private readonly SplitHealing _healing;
    private readonly HeldReplies _held = new();

    // Writes that came before the ceiling was on disk. At most one batch for each connection.
    private readonly Queue<ClientBatch> _stalled = new();

    // Their next command waits for a snapshot. At most one batch for each connection.
    private readonly Queue<ClientBatch> _suspended = new();
    private readonly ClusterEventLog _events = new();
    private readonly IActorRef _mediator;
    private readonly IActorRef _self;
    private readonly long _startedAt;
    private bool _flushIsQueued;
    private long _snapshotsSeen;

    /// <summary>Creates the store of one node.</summary>
    public StoreActor(NodeSettings settings, NodeIdentity identity, TimeProvider time, IDisk? disk, ClientRegistry clients, NodeEndpoints endpoints)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var cluster = Cluster.Get(Context.System);
        _time = time;
        _endpoints = endpoints;
        _self = Self;
        _mediator = DistributedPubSub.Get(Context.System).Mediator;
        _peers = new PeerDirectory(cluster.SelfUniqueAddress, Context.System, Self.Path.ToStringWithoutAddress());
        var bounds = settings.Replica with { LongestBytes = (settings.Limits.MaxKeyBytes, settings.Limits.MaxValueBytes) };
        _replica = new Replica(bounds, identity.StartId, identity.HashSeed, PeerDirectory.Key(cluster.SelfUniqueAddress), identity.Store);
        _replica.Advance(NowMs());
        _log = new StoreLog(Context.GetLogger(), _replica, time);
        if (disk is not null)
            _disk = new StoreDisk(disk, settings.Durability ?? new DurabilitySettings(), identity, _replica, _held, _log, endpoints, time, _self);
        _outside = new OutsideLine(cluster);
        _startedAt = time.GetTimestamp();
        _healing = new SplitHealing(cluster, ClusterAdministration.Seeds(Context.System), _outside, _replica, endpoints, Context.GetLogger());
        var administration = new ClusterAdministration(cluster, _events, _healing);
        var facts = new NodeFacts(settings, identity, time, clients, endpoints, _replica, _peers, _log, administration, Context.System, _disk);
        _executor = new CommandExecutor(_replica, facts, settings.Limits);
        Rehearsal.RunOnce(settings, facts);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    // While the log can't be written no ceiling can be: then writes are not kept waiting for one, but refused.
    private bool AwaitsCeiling => _replica.Ready && !_replica.MayStamp && _disk is not { IsBlocked: true };

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _mediator.Tell(new Subscribe(MutationsTopic, _self));
        Cluster.Get(Context.System).Subscribe(
            _self,
            ClusterEvent.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent));
        _outside.Listen(_self);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        _disk?.Start(Timers);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Cluster.Get(Context.System).Unsubscribe(_self);
        _disk?.Stop();
        // Where the node fails, no drain of the gateway has gone before: whoever waits is told instead of kept.
        _held.Abandon(Ended, keepsReads: false);
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
                return;
            case Flush:
                _flushIsQueued = false;
                _replica.Flush();
                break;
            case PeerMessage peer:
                _peers.Learn(peer, Sender);
                // Dropped where it can't be logged: the numbers show what is missing, and it is asked for when there is space.
                if (_disk?.MayReceive(peer) != false)
                    _replica.Receive(peer);
                break;
            case Tick:
                _replica.Gateway = _endpoints.Gateway?.ToString() ?? "";
                _replica.Tick();
                _replica.Flush();
                _log.Observe();
                _log.Blocked(_disk?.Refusal);
                _healing.Tick(ElapsedMs());
                break;
            case ClusterEvent.IClusterDomainEvent change:
                OnMembership(change);
                break;
            case SubscribeAck:
                break;
            default:
                if (_disk?.Receive(message) != true && !_healing.Receive(message, ElapsedMs()))
                    Unhandled(message);
                break;
        }
        CarryOut();
        RunWaiting();
    }

    private void OnBatch(ClientBatch batch)
    {
        if (AwaitsCeiling && batch.Commands.HasWritesAhead)
        {
            _replica.RaiseCeiling();
            _stalled.Enqueue(batch);
            CarryOut();
        }
        else
        {
            Execute(batch);
        }
    }

    private void RunWaiting()
    {
        while (_stalled.Count > 0 && !AwaitsCeiling)
            Execute(_stalled.Dequeue());
        if (_suspended.Count == 0 || _disk?.SnapshotsEnded == _snapshotsSeen)
            return;
        _snapshotsSeen = _disk?.SnapshotsEnded ?? 0;
        for (var left = _suspended.Count; left > 0; left--)
            OnBatch(_suspended.Dequeue());
    }

    private void Execute(ClientBatch batch)
    {
        var isReadOnly = _disk?.AnswersReads == true;
        var status = _executor.Run(batch.Commands, batch.Session);
        CarryOut();
        if (status == BatchStatus.Suspended)
            _suspended.Enqueue(batch);
        else if (_disk is null || isReadOnly || _disk.Awaited <= _disk.Answerable)
            batch.OnExecuted(status);
        else
            _held.Hold(_disk.Awaited, batch, status);
    }

    // Clocks on the wall are set back; what is measured here must not be.
    private long ElapsedMs() => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
