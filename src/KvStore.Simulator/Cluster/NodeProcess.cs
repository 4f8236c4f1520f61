using System.Text;
using KvStore.Actors.Remoting;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Node;
using KvStore.Node.Store;
using KvStore.Simulator.Clients;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Cluster;

/// <summary>One start of a node: the production <see cref="StoreNode"/> on the embedded engine, with nothing in it replaced but what is outside of it.</summary>
internal sealed class NodeProcess
{
    private readonly ActorSystem _system;
    private readonly StoreNode _node;
    private StoreActor? _store;
    private ActorCell? _cell;
    private long _discards;
    private bool _isRecovered;
    private (ulong StartId, long Number) _accepted;

    /// <summary>Starts it.</summary>
    /// <param name="lifetime">Ends with its kill.</param>
    /// <param name="setup">The engine, and its configuration.</param>
    /// <param name="settings">What the node is told.</param>
    /// <param name="identity">Fresh for this start.</param>
    /// <param name="time">The machine's clock, with timers that end with the process.</param>
    /// <param name="disk">The mounted data folder; null in memory.</param>
    public NodeProcess(Lifetime lifetime, ActorSystemSetup setup, NodeSettings settings, NodeIdentity identity, TimeProvider time, IDisk? disk)
    {
        Lifetime = lifetime;
        StartId = identity.StartId;
        _system = ActorSystem.Create(SystemName, setup);
        _node = new StoreNode(_system, settings, identity, time, disk);
        Store = _system.ActorSelection("/user/node/store");
    }

    /// <summary>The name of every node's actor system.</summary>
    public const string SystemName = "kv";

    /// <summary>Whether it is alive.</summary>
    public Lifetime Lifetime { get; }

    /// <summary>The start id that it began with.</summary>
    public ulong StartId { get; }

    /// <summary>To whom batches are told.</summary>
    public ActorSelection Store { get; }

    /// <summary>True when it may begin a cluster, since there was none when it started.</summary>
    public bool IsFounder { get; init; }

    /// <summary>The replica; null before the store has been made, and when it was stopped in order. A killed one stays readable.</summary>
    public Replica? Replica => _store is { } store && !_cell!.IsTerminated ? NodeInspection.ReplicaOf(store) : null;

    /// <summary>The store's side of the disk; null before the store has been made, and in memory.</summary>
    public StoreDisk? Disk => _store is { } store ? NodeInspection.DiskOf(store) : null;

    /// <summary>The membership events that the store has seen; null before it has been made.</summary>
    public ClusterEventLog? MembershipEvents => _store is { } store ? NodeInspection.EventsOf(store) : null;

    /// <summary>What its remoting counts.</summary>
    public RemotingCounters Remoting => RemotingCounters.Of(_system);

    /// <summary>As <see cref="Replica"/>, of one that was stopped too: what it has accepted can still be read, and its table can't.</summary>
    public Replica? LastReplica => _store is { } store ? NodeInspection.ReplicaOf(store) : null;

    /// <summary>Hears all mutations that this process publishes, before anybody else does.</summary>
    public Action<Mutations>? Published { get; set; }

    /// <summary>True once the data folder has been read; at once in memory.</summary>
    public bool HasRecovered => Replica is { IsRecovering: false };

    /// <summary>The membership as this node sees it.</summary>
    public KvStore.Actors.Membership.Cluster Membership => KvStore.Actors.Membership.Cluster.Get(_system);

    /// <summary>True when its actor system has ended by itself.</summary>
    public bool HasEnded => _system.WhenTerminated.IsCompleted;

    /// <summary>Why it ended; null when it was asked to, or runs.</summary>
    public Exception? Failure => _node.Failure;

    /// <summary>True when a part of it has failed.</summary>
    public bool HasFailed => _node.HasFailed;

    /// <summary>Looks for the store, which is made in one of the first turns, until it is there.</summary>
    public void Watch()
    {
        if (_store is not null)
            return;
        (_store, _cell) = NodeInspection.StoreOf(_system);
        if (_store is not null)
            NodeInspection.MediatorOf(_store) = new PublishTap(NodeInspection.MediatorOf(_store), message => Published?.Invoke(message));
    }

    /// <summary>True when it has accepted writes since the last call, or has begun to number them anew.</summary>
    /// <param name="startId">Under which start id; after a change, the one before.</param>
    public bool HasAccepted(out ulong startId)
    {
        startId = _accepted.StartId;
        if (LastReplica is not { } replica || (replica.LastNumber == _accepted.Number && replica.StartId == startId))
            return false;
        if (startId == 0)
            startId = replica.StartId;
        _accepted = (replica.StartId, startId == replica.StartId ? replica.LastNumber : 0);
        return true;
    }

    /// <summary>True once: when the data folder has been read.</summary>
    public bool HasJustRecovered()
    {
        if (_isRecovered || !HasRecovered)
            return false;
        return _isRecovered = true;
    }

    /// <summary>True when its replica has given up what it had since the last call.</summary>
    public bool HasDiscarded()
    {
        var before = _discards;
        _discards = Replica?.Counters.Discards ?? before;
        return _discards > before;
    }

    /// <summary>Has an operator's command executed; nobody reads the reply.</summary>
    public void Tell(EventQueue queue, string line)
    {
        var connection = new Connection(queue, this, id: 0, connectedAtMs: 0, static () => TimeSpan.Zero);
        connection.Send(Encoding.ASCII.GetBytes(line));
    }

    /// <summary>Asks it to leave the cluster and to end.</summary>
    public void Leave() => _ = _node.StopAsync();

    /// <summary>kill -9, at any point: nothing of it runs again, and what it says from here on is heard by nobody.</summary>
    public void Kill() => Lifetime.End();

    /// <summary>Frees the memory that the collector does not know of. The replica can't be read any more.</summary>
    public void Dispose() => Replica?.Dispose();
}
