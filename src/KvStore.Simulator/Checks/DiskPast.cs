using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>What the disk of a machine had been through when a process started on it.</summary>
/// <param name="PowerCuts">How often its power was cut.</param>
/// <param name="RottenBits">How many bits were flipped on it.</param>
/// <param name="Identity">Of the data folder; another one on a disk that was replaced.</param>
internal sealed record DiskPast(long PowerCuts, long RottenBits, ulong Identity)
{
    /// <summary>As it is now, with a process just started; null where everything is in memory.</summary>
    public static DiskPast? Of(Machine machine) =>
        machine.Disk is { } disk ? new DiskPast(disk.Counters.PowerCuts, disk.Counters.RottenBits, disk.Identify(machine.Process!.StartId)) : null;

    /// <summary>True when all that was promised since an earlier start is still on it.</summary>
    /// <param name="earlier">The earlier start; null for none.</param>
    /// <param name="isAlwaysSynced">Whether nothing was promised before it was synced.</param>
    public bool HasKeptAllSince(DiskPast? earlier, bool isAlwaysSynced) =>
        earlier is not null && Identity == earlier.Identity && RottenBits == earlier.RottenBits && (isAlwaysSynced || PowerCuts == earlier.PowerCuts);
}
