using KvStore.Simulator.Cluster;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Faults;

/// <summary>Has the faults of a schedule happen, and ends them.</summary>
internal sealed partial class FaultInjector(RunPlan plan, SimulatedCluster cluster, EventQueue queue, Trace trace, Coverage coverage)
{
    /// <summary>More machines than that are not added: a run of many is slow, and shows nothing that eight don't.</summary>
    private const int MaxMachines = 9;

    /// <summary>What supervises a process starts it again this long after it has ended by itself, whatever its reason.</summary>
    private static readonly TimeSpan SupervisorPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan OperatorInterval = TimeSpan.FromSeconds(5);

    private bool _isOver;

    /// <summary>Puts the schedule into the queue.</summary>
    public void Begin()
    {
        foreach (var fault in plan.Schedule)
            queue.After(fault.At, () => Inject(fault));
        cluster.EndedByItself = OnEnded;
    }

    /// <summary>
    /// The end of all faults: what is cut is mended, what is full has space, clocks are right, and every machine that is wanted runs.
    /// </summary>
    public void End()
    {
        _isOver = true;
        cluster.Network.MendAll();
        cluster.Network.Faults = Network.LinkFaults.None;
        foreach (var machine in cluster.Machines)
        {
            machine.Clock.Ahead = TimeSpan.Zero;
            if (machine.Disk is { } disk)
                (disk.Faults, disk.Capacity) = (Disk.DiskFaults.None, long.MaxValue);
            if (machine.IsRunning)
                machine.Process!.Lifetime.PausedUntil = TimeSpan.Zero;
        }
        foreach (var machine in cluster.Machines.Where(static m => m is { IsWanted: true, IsRunning: false }))
            Restart(machine);
        queue.After(OperatorInterval, () => Oversee(withoutCluster: 0, apart: 0));
    }

    private void Inject(Fault fault)
    {
        if (_isOver)
            return;
        var machine = cluster.Machines[fault.Machine % cluster.Machines.Count];
        var other = cluster.Machines[fault.Other % cluster.Machines.Count];
        trace.Note(TraceKind.Fault, (long)fault.Kind, machine.Index, other.Index);
        if (trace.IsRead)
            trace.Say("FAULT", FaultText.Of(fault, machine.Index, other.Index));
        if (Inject(fault, machine, other))
            coverage.Hit(fault.Kind);
        else if (trace.IsRead)
            trace.Say("FAULT", "could not be: it needs what is not there at the moment");
    }

    private bool Inject(Fault fault, Machine machine, Machine other) => fault.Kind switch
    {
        FaultKind.Kill or FaultKind.KillInWrite or FaultKind.PowerCut or FaultKind.Leave or FaultKind.Replace or FaultKind.BitRot => machine.IsRunning && EndProcess(fault, machine),
        FaultKind.PowerCutOfAll => CutAll(fault),
        FaultKind.Pause => Pause(fault, machine),
        FaultKind.ClockStep => StepClock(fault, machine),
        FaultKind.DiskFull or FaultKind.DiskStall or FaultKind.SyncFails or FaultKind.BitRotUnnoticed => machine.Disk is { } disk && Break(fault, machine, disk),
        FaultKind.Join => Join(),
        FaultKind.Snapshot or FaultKind.Repair or FaultKind.Forget => Operate(fault, machine),
        _ => Divide(fault, machine, other),
    };

    private bool EndProcess(Fault fault, Machine machine)
    {
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                cluster.Kill(machine);
                break;
            case FaultKind.KillInWrite when machine.Disk is { } disk:
                Action crashed = () => KillInWrite(fault, machine);
                disk.CrashDuringNextWrite(crashed);
                queue.After(Rest(fault), () => disk.Disarm(crashed));
                return true;
            case FaultKind.PowerCut:
                cluster.CutPower(machine);
                LoseTime(fault, machine);
                break;
            case FaultKind.Leave:
                if (cluster.Network.IsCut)
                    coverage.Hit("a node left while the network was cut");
                machine.Process!.Leave();
                return true;
            case FaultKind.Replace:
                cluster.Kill(machine);
                Wipe(machine);
                break;
            case FaultKind.BitRot when machine.Disk is { } disk:
                cluster.Kill(machine);
                Rot(machine, disk);
                break;
            default:
                return false;
        }
        RestartLater(fault, machine);
        return true;
    }

    private static bool Rot(Machine machine, Disk.SimulatedDisk disk)
    {
        if (disk.Rot() is null)
            return false;
        machine.IsDamaged = machine.MayRefuseStart = true;
        machine.RottenBits++;
        return true;
    }

    private void KillInWrite(Fault fault, Machine machine)
    {
        coverage.Hit("killed in the middle of a write");
        cluster.Kill(machine);
        RestartLater(fault, machine);
    }

    private bool CutAll(Fault fault)
    {
        var delay = fault.Duration;
        foreach (var machine in cluster.Machines.Where(static m => m.IsWanted))
        {
            cluster.CutPower(machine);
            queue.After(delay, () => Restart(machine));
            delay += TimeSpan.FromMilliseconds(fault.Value % 2_000);
        }
        return true;
    }

    private bool Pause(Fault fault, Machine machine)
    {
        if (!machine.IsRunning)
            return false;
        if (Rest(fault) > SimulatedCluster.HeartbeatPause * 2)
            coverage.Hit("paused for longer than the failure detector waits");
        machine.Process!.Lifetime.PausedUntil = queue.Now + Rest(fault);
        return true;
    }

    // What waits in a queue for the end of a fault can't be called back when all faults end.
    private TimeSpan Rest(Fault fault) => fault.Duration < plan.Faulty - queue.Now ? fault.Duration : plan.Faulty - queue.Now;

    // A clock without power may stand still: what was not synced is then stamped a second time but for the ceiling.
    private static void LoseTime(Fault fault, Machine machine)
    {
        if (fault.Value % 2 == 0)
            machine.Clock.Ahead -= fault.Duration + TimeSpan.FromMilliseconds(fault.Value % 2_000);
    }

    private static bool StepClock(Fault fault, Machine machine)
    {
        machine.Clock.Ahead += TimeSpan.FromMilliseconds(fault.Value);
        return true;
    }

    private bool Break(Fault fault, Machine machine, Disk.SimulatedDisk disk)
    {
        switch (fault.Kind)
        {
            case FaultKind.DiskFull:
                disk.Capacity = disk.UsedBytes + (fault.Value % 4096);
                queue.After(fault.Duration, () => disk.Capacity = long.MaxValue);
                break;
            case FaultKind.DiskStall:
                disk.Stall(Rest(fault));
                break;
            case FaultKind.BitRotUnnoticed:
                return Rot(machine, disk);
            default:
                disk.FailNextSync();
                break;
        }
        return true;
    }

    private bool Join()
    {
        if (cluster.Machines.Count >= MaxMachines)
            return false;
        cluster.Start(cluster.Add());
        return true;
    }

    private bool Operate(Fault fault, Machine machine)
    {
        if (machine.Process is not { Lifetime.IsAlive: true, Replica: { Ready: true } replica } process)
            return false;
        switch (fault.Kind)
        {
            case FaultKind.Snapshot:
                process.Tell(queue, "BGSAVE\n");
                return true;
            case FaultKind.Repair:
                process.Tell(queue, "KVDATA REPAIR\n");
                return true;
            default:
                var away = replica.Replicas.Where(static r => r.State == Core.Replication.ReplicaState.Away).ToList();
                if (away.Count == 0)
                    return false;
                process.Tell(queue, $"KVDATA FORGET {away[fault.Other % away.Count].Name}\n");
                return true;
        }
    }

    private void OnEnded(Machine machine)
    {
        queue.After(SupervisorPause, () => Restart(machine));
    }

    private void RestartLater(Fault fault, Machine machine) => queue.After(fault.Duration, () => Restart(machine));

    private void Restart(Machine machine)
    {
        if (machine is not { IsWanted: true, IsRunning: false })
            return;
        // A folder that a node refused: its operator has replaced the disk.
        if (machine.Process?.Failure is Node.Disk.DataFolderException)
        {
            coverage.Hit("a damaged folder was refused");
            Wipe(machine);
        }
        // On an empty disk that is full the process ends at once, and its supervisor tries again.
        if (machine.Disk is { CanBeIdentified: false })
            OnEnded(machine);
        else
            cluster.Start(machine);
    }

    private static void Wipe(Machine machine)
    {
        machine.Disk?.Wipe();
        machine.ReportedSynced = machine.ReportedEarlier = Core.Replication.OriginVector.Empty;
        machine.RottenBits = 0;
        machine.IsDamaged = machine.MayRefuseStart = false;
    }
}
