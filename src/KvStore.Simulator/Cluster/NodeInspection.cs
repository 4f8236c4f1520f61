using System.Runtime.CompilerServices;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Node.Store;

namespace KvStore.Simulator.Cluster;

/// <summary>
/// Looks inside a node between its turns, which is where a simulation has the advantage over any other test. It reads private fields, so
/// that the product needs no hooks for it.
/// </summary>
internal static class NodeInspection
{
    /// <summary>The store's actor and its cell; null before it has been made.</summary>
    public static (StoreActor? Store, ActorCell? Cell) StoreOf(ActorSystem system)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        return provider.ResolveActorRef(provider.DefaultAddress + "/user/node/store") is LocalActorRef { Cell: var cell } && ActorOf(cell) is StoreActor store
            ? (store, cell)
            : (null, null);
    }

    /// <summary>The replica that a store owns.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_replica")]
    public static extern ref Replica ReplicaOf(StoreActor store);

    /// <summary>The log of a store; null in memory.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_disk")]
    public static extern ref StoreDisk? DiskOf(StoreActor store);

    /// <summary>The writer of a log; null before the folder has been read.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_writer")]
    public static extern ref LogWriter? WriterOf(StoreDisk disk);

    /// <summary>The membership events that a store has seen.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_events")]
    public static extern ref ClusterEventLog EventsOf(StoreActor store);

    /// <summary>The mutations that a replica keeps for refills.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_backlog")]
    public static extern ref Backlog BacklogOf(Replica replica);

    /// <summary>The mutations that a replica has accepted and not published yet; the span is good until its next turn.</summary>
    public static (ReadOnlyMemory<byte> Records, int Count) PendingOf(Replica replica)
    {
        var pending = FieldOf(replica);
        return (BufferOf(pending).AsMemory(0, pending.Length), CountOf(pending));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_pending")]
    private static extern ref PendingMutations FieldOf(Replica replica);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_buffer")]
    private static extern ref byte[] BufferOf(PendingMutations pending);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_count")]
    private static extern ref int CountOf(PendingMutations pending);

    /// <summary>The table of a replica.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_table")]
    public static extern ref Table TableOf(Replica replica);

    /// <summary>Whom a store tells what is to be published.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_mediator")]
    public static extern ref IActorRef MediatorOf(StoreActor store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_actor")]
    private static extern ref ActorBase? ActorOf(ActorCell cell);
}
