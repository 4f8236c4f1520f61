using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>What a replica itself counts as impossible has not happened; and where one process has taken all writes there were no conflicts.</summary>
internal sealed class NoDefects(RunView view) : Invariant(view)
{
    public override string Name => "no defects counted";

    public override void AtCheckpoint(Machine machine) => Look(machine);

    public override void OnEnding(Machine machine) => Look(machine);

    private void Look(Machine machine)
    {
        if (Judge(machine.Process!.Replica!.Counters, View.Ledger.Origins.Count()) is { } objection)
            Fail($"{machine} {objection}");
    }

    /// <summary>What is wrong with what a replica has counted; null when nothing is.</summary>
    /// <param name="counters">What it has counted.</param>
    /// <param name="origins">How many processes have accepted writes.</param>
    internal static string? Judge(ReplicaCounters counters, int origins)
    {
        if (counters.Diverged > 0)
            return $"has found {counters.Diverged} entries that another has with other contents under the same version";
        if (counters.DigestMismatches > 0)
            return $"has found {counters.DigestMismatches} slots whose digest is not that of their entries";
        if (counters.BelowCollected > 0)
            return $"was sent {counters.BelowCollected} new mutations older than what was collected";
        return origins <= 1 && counters.Conflicts + counters.PossibleConflicts > 0
            ? $"has counted {counters.Conflicts} conflicts and {counters.PossibleConflicts} possible ones, and one process has taken all writes"
            : null;
    }
}
