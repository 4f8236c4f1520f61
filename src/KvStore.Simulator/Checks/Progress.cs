using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Once the faults are over every node serves, every vector reaches the last number of every origin that anybody holds, and the contents
/// are equal.
/// </summary>
internal sealed class Progress(RunView view) : Invariant(view)
{
    public override string Name => "progress";

    public override string? WhatIsUnsettled()
    {
        foreach (var machine in View.Cluster.Machines.Where(static m => m.IsWanted))
        {
            if (!machine.IsRunning)
                return $"{machine} does not run";
            if (machine.Process!.Replica is not { Ready: true } replica)
                return $"{machine} does not serve: {Describe(View)}";
            if (replica.OriginsWithGaps > 0)
                return $"{machine} has gaps: {Describe(View)}";
        }
        var replicas = View.Cluster.Running.Select(static m => m.Process!.Replica!).ToList();
        if (replicas.Exists(r => r.Peers.Count != replicas.Count - 1))
            return $"not everyone knows everyone: {Describe(View)}";
        if (replicas.Select(static r => r.Vector().ToString()).Distinct(StringComparer.Ordinal).Count() > 1)
            return $"vectors differ: {Describe(View)}";
        return replicas.Select(static r => r.Digest()).Distinct().Count() > 1 ? $"contents differ: {Describe(View)}" : null;
    }

    /// <summary>Where every replica stands, for a violation.</summary>
    public static string Describe(RunView view) => string.Join("; ", view.Cluster.Running.Where(static m => m.Process!.Replica is not null).Select(static m => Describe(m, m.Process!.Replica!)));

    private static string Describe(Machine machine, Replica r) =>
        $"{machine} {r.StartId:x} {(r.Ready ? "serves" : "loads")} in {Describe(machine.Process!.Membership.State)}, entries {r.EntryCount} tombstones {r.Tombstones} discards {r.Counters.Discards} {r.DiscardReason} W {r.CollectedClock >> 16} G {r.Collected} synced {r.Synced} open {string.Join(',', r.OpenOrigins.Select(static o => $"{o:x}"))} registry {string.Join(',', r.Replicas.Select(static e => $"{e.Name}/{e.StartId:x}/{e.State}"))} session {r.CurrentSession} gaps {r.OriginsWithGaps} vector {r.Vector()} peers {string.Join(',', r.Peers.Select(static p => $"{p.Name}/{p.Replica:x}/{(p.Ready ? "ready" : "loading")}/{(p.Reachable ? "" : "un")}reachable"))}";

    private static string Describe(ClusterEvent.CurrentClusterState state) =>
        state.Members.Count == 0 ? "no cluster" : $"a cluster of {string.Join(' ', state.Members.Select(m => $"{m.Address.Host}#{m.UniqueAddress.Uid:x}/{m.Status}{(state.Unreachable.Contains(m) ? "/unreachable" : "")}"))}";
}
