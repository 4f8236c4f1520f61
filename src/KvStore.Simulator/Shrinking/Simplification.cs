using KvStore.Core.Replication;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;

namespace KvStore.Simulator.Shrinking;

/// <summary>One way to make a plan simpler. A step is taken as often as it holds.</summary>
/// <param name="Name">What becomes less.</param>
/// <param name="Apply">The next simpler plan; null when there is none.</param>
internal sealed record Simplification(string Name, Func<RunPlan, RunPlan?> Apply)
{
    /// <summary>No simulated cluster is smaller.</summary>
    private const int MinNodes = 2;

    private static readonly TimeSpan ShortFault = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ShortRun = TimeSpan.FromSeconds(10);

    /// <summary>All of them, those first that make runs shorter.</summary>
    public static IReadOnlyList<Simplification> All { get; } =
    [
        new("seconds", static plan => plan.Faulty / 2 >= ShortRun ? plan with { Faulty = plan.Faulty / 2, Schedule = [.. plan.Schedule.Where(f => f.At < plan.Faulty / 2)] } : null),
        new("clients", static plan => plan.Workload.Clients > 1 ? plan with { Workload = plan.Workload with { Clients = plan.Workload.Clients / 2 } } : null),
        new("nodes", static plan => plan.Nodes > MinNodes ? plan with { Nodes = plan.Nodes - 1 } : null),
        new("keys", static plan => plan.Workload.Keys > 1 ? plan with { Workload = plan.Workload with { Keys = plan.Workload.Keys / 2 } } : null),
        new("kinds of network fault", static plan => plan.Links != LinkFaults.None ? plan with { Links = LinkFaults.None } : null),
        new("lost messages", static plan => plan.Links.Loss > 0 ? plan with { Links = plan.Links with { Loss = 0 } } : null),
        new("duplicates", static plan => plan.Links.Duplication > 0 ? plan with { Links = plan.Links with { Duplication = 0 } } : null),
        new("messages out of order", static plan => plan.Links.Reordering > 0 ? plan with { Links = plan.Links with { Reordering = 0 } } : null),
        new("logs", static plan => plan.Durability is not null ? plan with { Durability = null } : null),
        new("disk faults", static plan => plan.Disks != DiskFaults.None ? plan with { Disks = DiskFaults.None } : null),
        new("clocks that are wrong", static plan => plan.Skews.Any(static s => s != TimeSpan.Zero) ? plan with { Skews = [.. plan.Skews.Select(static _ => TimeSpan.Zero)] } : null),
        new("FLUSHALLs", static plan => plan.Workload.FlushRarity > 0 ? plan with { Workload = plan.Workload with { FlushRarity = 0 } } : null),
        new("bytes in values", static plan => plan.Workload.MaxValueBytes > 20 ? plan with { Workload = plan.Workload with { MaxValueBytes = 20 } } : null),
        new("settings of replicas", static plan => plan.Replica != new ReplicaSettings() ? plan with { Replica = new ReplicaSettings() } : null),
        new("operations", static plan => plan.Workload.Think < TimeSpan.FromSeconds(1) ? plan with { Workload = plan.Workload with { Think = plan.Workload.Think * 4 } } : null),
        new("seconds of faults", Shorter),
    ];

    private static RunPlan? Shorter(RunPlan plan)
    {
        if (plan.Schedule.All(static fault => fault.Duration <= ShortFault))
            return null;
        return plan with { Schedule = [.. plan.Schedule.Select(static fault => fault with { Duration = fault.Duration <= ShortFault ? fault.Duration : fault.Duration / 2 })] };
    }
}
