using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>What a process has told others that it had synced is there when the machine comes back, whatever ended the process.</summary>
internal sealed class SyncedHonesty(RunView view) : Invariant(view)
{
    public override string Name => "acknowledgement honesty";

    public override void AtCheckpoint(Machine machine) => Report(machine);

    public override void OnEnding(Machine machine) => Report(machine);

    public override void OnRecovered(Machine machine)
    {
        if (machine.Disk is null || machine.IsDamaged)
            return;
        var held = machine.Process!.Replica!.Vector();
        if (!Covers(held, machine.ReportedSynced))
            Fail($"{machine} has said that it synced {machine.ReportedSynced}, and has recovered {held}");
    }

    // A replica that gave up what it had holds another's data from then on, and has said so.
    private static void Report(Machine machine)
    {
        var replica = machine.Process!.Replica!;
        machine.ReportedSynced = machine.Process.Discards == replica.Counters.Discards ? OriginVector.Max(machine.ReportedSynced, replica.Synced) : replica.Synced;
        machine.Process.Discards = replica.Counters.Discards;
    }

    private static bool Covers(OriginVector held, OriginVector reported) => reported.All(entry => held[entry.Key].Number >= entry.Value.Number);
}
