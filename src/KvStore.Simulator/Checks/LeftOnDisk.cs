using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Node;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Looks now and then at what the next process would find if this one were killed, or the power were cut: on a copy of the disk, without
/// any crash. A run has few crashes, and this many moments at which one might come. On another copy a bit is flipped as well.
/// </summary>
internal sealed class LeftOnDisk(RunView view, Action<string, Machine, Replica> left) : Invariant(view)
{
    /// <summary>One look in so many seconds of each machine: a look reads the whole folder.</summary>
    private const int Rarity = 12;

    /// <summary>So near to its end a bit of the log is flipped: among the last records, of which the last one may be a claim.</summary>
    private const int EndBytes = 300;

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
        Look(machine, isCut ? disk.AfterPowerCut(View.Random, loss) : disk.AfterKill(View.Random), isCut ? $"{machine} behind a power cut of {loss}" : $"{machine} behind a kill", isCut && loss == PowerLoss.Sectors && View.Plan.Durability!.Fsync == FsyncPolicy.Always);
        if (View.Plan.Durability!.Fsync != FsyncPolicy.Always && !machine.IsDamaged)
            LookDamaged(machine, disk);
    }

    // But under Always, where a damage that comes with a loss of power may take the last sync, no single bit does: what was told is claimed.
    private void LookDamaged(Machine machine, SimulatedDisk disk)
    {
        var copy = disk.AfterPowerCut(View.Random, PowerLoss.All);
        if (!FlipAtEnd(copy))
            return;
        using var replica = Scratch(machine);
        try
        {
            Recover(copy, replica);
        }
        catch (CorruptLogException)
        {
            View.Coverage.Hit("looked at a damaged end of the log: refused");
            return;
        }
        View.Coverage.Hit("looked at a damaged end of the log");
        var told = OriginVector.Max(machine.ReportedSynced, machine.Process!.Replica!.Synced);
        if (told.Any(entry => replica.Vector()[entry.Key].Number < entry.Value.Number))
            Fail($"{machine} has said that it synced {told}, and behind a power cut and one changed bit would start with {replica.Vector()}");
    }

    private bool FlipAtEnd(IDisk disk)
    {
        foreach (var name in disk.Files.Where(static name => LogFormat.TrySegment(name, out _)).Reverse())
        {
            using var file = disk.Open(name);
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            var end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            if (end <= LogHeader.Size)
                continue;
            var at = View.Random.Next(Math.Max(LogHeader.Size, end - EndBytes), end);
            bytes[at] ^= (byte)(1 << View.Random.Next(8));
            file.Write(at, bytes.AsSpan(at, 1));
            return true;
        }
        return false;
    }

    // As a start does: with the identity of the folder, which stays when the replica gives up its contents and goes on as another store.
    private Replica Scratch(Machine machine) =>
        new(View.Plan.Replica with { Durable = true }, ScratchId, hashSeed: 1, "scratch", machine.Process!.Replica!.Folder);

    private void Look(Machine machine, IDisk disk, string what, bool mayRefuse)
    {
        using var replica = Scratch(machine);
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
        using var recovery = new Recovery(disk, replica.Folder);
        while (!recovery.Step(StepBytes, new Sink(replica)))
        {
        }
    }

    private sealed class Sink(Replica replica) : ILogSink
    {
        public void Apply(LogItem item) => replica.Restore(item);
    }
}
