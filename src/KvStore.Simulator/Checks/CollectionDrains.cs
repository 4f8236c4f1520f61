using KvStore.Core.Replication;
using KvStore.Node;

namespace KvStore.Simulator.Checks;

/// <summary>Where every registered replica is there, every tombstone goes: they have all synced it, and have said so.</summary>
internal sealed class CollectionDrains(RunView view) : Invariant(view)
{
    public override string Name => "collection";

    public override string? WhatIsUnsettled()
    {
        // Nothing says when a log that is never synced moves on.
        // Under this policy a log is synced for the sake of versions alone, and nothing says when a deletion is on disk.
        if (View.Plan.Durability?.Fsync == FsyncPolicy.Never)
            return null;
        var replicas = View.Cluster.Running.Select(static m => (Machine: m, m.Process!.Replica!)).ToList();
        foreach (var (machine, replica) in replicas)
        {
            if (replica.Replicas.FirstOrDefault(static r => r.State == ReplicaState.Away) is { } away)
                return $"{machine} waits for {away.Name}, which is away, with what it collects";
            if (replica.Tombstones > 0)
                return $"{machine} keeps {replica.Tombstones} tombstones: {Progress.Describe(View)}";
        }
        return null;
    }
}
