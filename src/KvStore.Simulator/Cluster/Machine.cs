using KvStore.Core.Replication;
using KvStore.Simulator.Disk;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Cluster;

/// <summary>One machine: its name, its clock and its disk, which outlive the processes that run on it one after the other.</summary>
internal sealed class Machine(int index, MachineClock clock, SimulatedDisk? disk)
{
    /// <summary>From 0.</summary>
    public int Index => index;

    /// <summary>The host, and the node's name.</summary>
    public string Name { get; } = $"n{index + 1}";

    /// <summary>The wall clock.</summary>
    public MachineClock Clock => clock;

    /// <summary>The disk; null where everything is in memory.</summary>
    public SimulatedDisk? Disk => disk;

    /// <summary>The process that runs, or the last one that did; null before the first.</summary>
    public NodeProcess? Process { get; set; }

    /// <summary>True when a process runs.</summary>
    public bool IsRunning => Process is { Lifetime.IsAlive: true };

    /// <summary>Whether it is to be started again; false for one that has left for good.</summary>
    public bool IsWanted { get; set; } = true;

    /// <summary>What its processes have told others that a power cut would leave, since its disk was last empty.</summary>
    public OriginVector ReportedSynced { get; set; } = OriginVector.Empty;

    /// <summary>
    /// The last of these reports before something more was reported. The log says in what it wrote after it that this was synced, so that
    /// one changed bit may have a node refuse to start, but not start with less. Where not every reply waits for a sync, that goes for
    /// <see cref="ReportedSynced"/> itself.
    /// </summary>
    public OriginVector ReportedEarlier { get; set; } = OriginVector.Empty;

    /// <summary>How many bits of the disk have changed by themselves.</summary>
    public int RottenBits { get; set; }

    /// <summary>True when what was synced was damaged: a node may refuse to start from it, or start with less.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>
    /// True when a node may refuse to start: the disk was damaged, or lost power while it wrote in any order and every reply waited for a sync.
    /// </summary>
    public bool MayRefuseStart { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
