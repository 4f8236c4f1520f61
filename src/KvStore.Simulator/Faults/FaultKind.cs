namespace KvStore.Simulator.Faults;

/// <summary>What goes wrong, or is done to the cluster.</summary>
internal enum FaultKind
{
    /// <summary>kill -9; the process is started again after the duration.</summary>
    Kill,

    /// <summary>kill -9 in the middle of its next write to the disk.</summary>
    KillInWrite,

    /// <summary>One machine loses its power, and what it had not synced.</summary>
    PowerCut,

    /// <summary>All machines lose their power at once, and come back one by one.</summary>
    PowerCutOfAll,

    /// <summary>A process does nothing for the duration, as in a virtual machine that is moved.</summary>
    Pause,

    /// <summary>A wall clock is set forward or back.</summary>
    ClockStep,

    /// <summary>One machine can't talk to any other.</summary>
    Isolate,

    /// <summary>The machines fall into two halves that can't talk to each other.</summary>
    Halves,

    /// <summary>Two halves that can't talk to each other, but both to one machine.</summary>
    Bridge,

    /// <summary>One machine does not hear another, which hears it.</summary>
    OneWay,

    /// <summary>What one machine sends another arrives when the duration is over.</summary>
    Clog,

    /// <summary>A disk has no space left.</summary>
    DiskFull,

    /// <summary>A disk answers nothing for the duration.</summary>
    DiskStall,

    /// <summary>The next sync of a disk fails, with which a node ends.</summary>
    SyncFails,

    /// <summary>A bit on a disk has changed when the node, which is killed, reads it again.</summary>
    BitRot,

    /// <summary>As before, and nobody is killed: whoever reads it next finds it, at whatever time that is.</summary>
    BitRotUnnoticed,

    /// <summary>A node leaves in order, and is started again a little later.</summary>
    Leave,

    /// <summary>A node joins that was never there.</summary>
    Join,

    /// <summary>A node is killed, and comes back under its name with an empty disk.</summary>
    Replace,

    /// <summary>An operator has a snapshot taken.</summary>
    Snapshot,

    /// <summary>An operator has tables compared.</summary>
    Repair,

    /// <summary>An operator gives up a replica that is away.</summary>
    Forget,
}

/// <summary>One fault of a schedule.</summary>
/// <param name="At">When, after the beginning.</param>
/// <param name="Kind">What.</param>
/// <param name="Machine">Whom, as an index modulo the machines that are there then.</param>
/// <param name="Other">Whom else, likewise.</param>
/// <param name="Duration">For how long.</param>
/// <param name="Value">How much: milliseconds of a clock's step, a choice among machines as bits.</param>
internal readonly record struct Fault(TimeSpan At, FaultKind Kind, int Machine, int Other, TimeSpan Duration, int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{At.TotalSeconds:F3} {Kind} machine {Machine} other {Other} for {Duration.TotalSeconds:F1} s value {Value}";
}
