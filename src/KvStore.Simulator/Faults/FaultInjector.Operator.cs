using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Faults;

/// <content>What docs/operations.md has an operator do where nodes can't help themselves; when the faults are over.</content>
internal sealed partial class FaultInjector
{
    private const int OperatorPatience = 6;

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
        var lesser = OutsideOfTheGreatest();
        apart = lesser.Count > 0 ? apart + 1 : 0;
        if (apart == OperatorPatience)
        {
            coverage.Hit("nodes were started again, since they had been left outside");
            foreach (var machine in lesser)
            {
                cluster.Kill(machine);
                cluster.Start(machine);
            }
            apart = 0;
        }
        ForgetTheReplaced();
        queue.After(OperatorInterval, () => Oversee(withoutCluster, apart));
    }

    // Resolvers that decide on different views of a network that comes and goes may leave two clusters, which never become one again. And
    // a node that has been out since before others came knows none of those that are left: its seeds are those of its start.
    private List<Machine> OutsideOfTheGreatest()
    {
        var greatest = cluster.Running.MaxBy(static m => m.Process!.Membership.State.Members.Count)?.Process!.Membership.State.Members;
        return greatest is null or { Count: 0 }
            ? []
            : [.. cluster.Running.Where(m => !greatest.Any(member => member.UniqueAddress == m.Process!.Membership.SelfUniqueAddress) && !FindsBack(m.Process!))];

        // One that is out and was told of some that are in has to come back by itself.
        bool FindsBack(NodeProcess process) =>
            process.Membership.State.Members.Count == 0 && greatest.Any(member => process.Seeds.Contains(member.Address.Host!, StringComparer.Ordinal));
    }

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
