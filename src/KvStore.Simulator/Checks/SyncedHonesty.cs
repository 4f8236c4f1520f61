using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>What a process has told others that it had synced is there when the machine comes back, whatever ended the process.</summary>
internal sealed class SyncedHonesty(RunView view) : Invariant(view)
{
    public override string Name => "acknowledgement honesty";

    public override void AtCheckpoint(Machine machine) => Report(machine);

    public override void OnEnding(Machine machine) => Report(machine);

    // It holds another's data from then on, and has said so.
    public override void OnDiscarded(Machine machine) => machine.ReportedSynced = OriginVector.Empty;

    public override void OnRecovered(Machine machine)
    {
        if (machine.Disk is null || machine.IsDamaged)
            return;
        var held = machine.Process!.Replica!.Vector();
        if (!Covers(held, machine.ReportedSynced))
            Fail($"{machine} has said that it synced {machine.ReportedSynced}, and has recovered {held}");
    }

    private static void Report(Machine machine) =>
        machine.ReportedSynced = OriginVector.Max(machine.ReportedSynced, machine.Process!.Replica!.Synced);

    private static bool Covers(OriginVector held, OriginVector reported) => reported.All(entry => held[entry.Key].Number >= entry.Value.Number);
}
