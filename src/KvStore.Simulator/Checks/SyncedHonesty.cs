using KvStore.Core.Replication;
using KvStore.Node;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>What a process has told others that it had synced is there when the machine comes back, whatever ended the process.</summary>
internal sealed class SyncedHonesty(RunView view) : Invariant(view)
{
    public override string Name => "acknowledgement honesty";

    public override void AtCheckpoint(Machine machine) => Report(machine);

    public override void OnEnding(Machine machine) => Report(machine);

    // In memory it begins with nothing, as another store.
    public override void OnStarted(Machine machine)
    {
        if (machine.Disk is null)
            machine.ReportedSynced = machine.ReportedEarlier = OriginVector.Empty;
    }

    // It holds another's data from then on, and has said so.
    public override void OnDiscarded(Machine machine) => machine.ReportedSynced = machine.ReportedEarlier = OriginVector.Empty;

    public override void OnRecovered(Machine machine)
    {
        if (machine.Disk is null)
            return;
        if (!machine.IsDamaged)
            Look(machine.ToString(), machine, machine.Process!.Replica!);
        else if (machine.RottenBits == 1 && !Covers(machine.Process!.Replica!.Vector(), Known(machine)))
            Fail($"{machine} has started from a damaged disk without what it is known to have synced, {Known(machine)}: it holds {machine.Process.Replica.Vector()}");
        machine.MayRefuseStart = machine.IsDamaged;
    }

    public override void OnLeft(string what, Machine machine, Replica left)
    {
        Report(machine);
        Look(what, machine, left);
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running.Where(static m => !m.IsDamaged))
            Look(machine.ToString(), machine, machine.Process!.Replica!);
    }

    private void Look(string what, Machine machine, Replica replica)
    {
        if (!Covers(replica.Vector(), machine.ReportedSynced))
            Fail($"{machine} has said that it synced {machine.ReportedSynced}, and {what} holds {replica.Vector()}");
    }

    // But under Always, nothing is reported before a synced record says that it was synced.
    private OriginVector Known(Machine machine) => View.Plan.Durability?.Fsync == FsyncPolicy.Always ? machine.ReportedEarlier : machine.ReportedSynced;

    private static void Report(Machine machine)
    {
        var synced = OriginVector.Max(machine.ReportedSynced, machine.Process!.Replica!.Synced);
        if (!Covers(machine.ReportedSynced, synced))
            machine.ReportedEarlier = machine.ReportedSynced;
        machine.ReportedSynced = synced;
    }

    private static bool Covers(OriginVector held, OriginVector reported) =>
        reported.All(entry => held[entry.Key].Number >= entry.Value.Number && (held[entry.Key].IsClosed || !entry.Value.IsClosed));
}
