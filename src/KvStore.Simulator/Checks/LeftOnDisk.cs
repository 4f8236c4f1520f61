using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Looks now and then at what the next process would find if this one were killed, or the power were cut: on a copy of the disk, without
/// any crash. A run has few crashes, and this many moments at which one might come.
/// </summary>
internal sealed class LeftOnDisk(RunView view, Action<string, Machine, Replica> left) : Invariant(view)
{
    /// <summary>One look in so many seconds of each machine: a look reads the whole folder.</summary>
    private const int Rarity = 12;

    private const int StepBytes = 1 << 20;

    /// <summary>No process has this start id: what a scratch replica holds is all of others.</summary>
    private const ulong ScratchId = ulong.MaxValue;

    public override string Name => "recovery";

    public override void AtCheckpoint(Machine machine)
    {
        if (machine.Disk is not { } disk || View.Random.Next(Rarity) != 0)
            return;
        var loss = disk.Faults.Losses[View.Random.Next(disk.Faults.Losses.Count)];
        var isCut = View.Random.Next(3) > 0;
        Look(machine, isCut ? disk.AfterPowerCut(View.Random, loss) : disk.AfterKill(View.Random), isCut ? $"{machine} behind a power cut of {loss}" : $"{machine} behind a kill", isCut && loss == PowerLoss.Sectors);
    }

    private void Look(Machine machine, IDisk disk, string what, bool mayRefuse)
    {
        using var replica = new Replica(View.Plan.Replica with { Durable = true }, ScratchId, hashSeed: 1, "scratch", machine.Process!.Replica!.Store);
        try
        {
            Recover(disk, replica);
        }
        catch (CorruptLogException) when (mayRefuse || machine.MayRefuseStart)
        {
            View.Coverage.Hit("looked at what a crash would leave: refused");
            return;
        }
        catch (CorruptLogException refused)
        {
            Fail($"{what} would be refused: {refused.Message}");
        }
        View.Coverage.Hit("looked at what a crash would leave");
        if (!machine.IsDamaged)
            left(what, machine, replica);
    }

    private static void Recover(IDisk disk, Replica replica)
    {
        using var recovery = new Recovery(disk, replica.Store);
        while (!recovery.Step(StepBytes, new Sink(replica)))
        {
        }
    }

    private sealed class Sink(Replica replica) : ILogSink
    {
        public void Apply(LogItem item) => replica.Restore(item);
    }
}
