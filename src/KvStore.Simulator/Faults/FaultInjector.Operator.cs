using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Faults;

/// <content>What docs/operations.md has an operator do where nodes can't help themselves; when the faults are over.</content>
internal sealed partial class FaultInjector
{
    private const int OperatorPatience = 6;

    /// <summary>A minute: by then two clusters that can become one by themselves have.</summary>
    private const int HealPatience = 12;

    private void Oversee(int withoutCluster, int apart)
    {
        withoutCluster = cluster.Running.Any(static m => m.Process!.Membership.State.Members.Count > 0) ? 0 : withoutCluster + 1;
        if (withoutCluster == OperatorPatience && cluster.Machines.FirstOrDefault(static m => m.IsWanted) is { } first)
        {
            coverage.Hit("the first seed was started again, since no node was in a cluster");
            cluster.Kill(first);
            cluster.Start(first, asFounder: true);
            withoutCluster = 0;
        }
        var greatest = TheGreatest();
        apart = greatest is not null && HasTwoClusters(greatest) ? apart + 1 : 0;
        if (apart == HealPatience)
        {
            coverage.Hit("an operator made one of two clusters");
            greatest!.Process!.Tell(queue, "KVCLUSTER HEAL\n");
            apart = 0;
        }
        ForgetTheReplaced();
        queue.After(OperatorInterval, () => Oversee(withoutCluster, apart));
    }

    // Two clusters become one by themselves where both sides know that they are of one database. A node that began anew in memory and
    // founded a cluster is a stranger to the others: then it takes an operator.
    private bool HasTwoClusters(Machine greatest)
    {
        var members = greatest.Process!.Membership.State.Members;
        return cluster.Running.Any(m => m.Process!.Membership.State.Members.Count > 0 && !members.Any(member => member.UniqueAddress == m.Process!.Membership.SelfUniqueAddress));
    }

    private Machine? TheGreatest() =>
        cluster.Running.Where(static m => m.Process!.Membership.State.Members.Count > 0).MaxBy(static m => m.Process!.Membership.State.Members.Count);

    // A disk that was replaced took a store with it, and nobody but an operator knows that it does not come back.
    private void ForgetTheReplaced()
    {
        if (cluster.Machines.Any(static m => m.IsWanted && m.Process?.Replica is not { Ready: true }))
            return;
        foreach (var machine in cluster.Running)
        {
            var replica = machine.Process!.Replica!;
            if (replica.Replicas.FirstOrDefault(static r => r.State == Core.Replication.ReplicaState.Away && r.AwayMs > 10_000) is not { } away)
                continue;
            machine.Process.Tell(queue, $"KVDATA FORGET {away.Name}\n");
            return;
        }
    }
}
