using System.Reflection;
using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Network;

namespace KvStore.Simulator.Checks;

/// <summary>Takes the counters of the product for coverage: a counter that stays at 0 is a path that was never taken.</summary>
internal sealed class CoverageProbe(Coverage coverage)
{
    private static readonly PropertyInfo[] s_replica = CountersOf(typeof(ReplicaCounters));
    private static readonly PropertyInfo[] s_network = CountersOf(typeof(NetworkCounters));
    private static readonly PropertyInfo[] s_disk = CountersOf(typeof(DiskCounters));

    /// <summary>A process that ends, or the run does.</summary>
    public void Count(Machine machine)
    {
        if (machine.Process!.Replica is not { } replica)
            return;
        Count("replica", s_replica, replica.Counters);
    }

    public void Count(NetworkCounters counters) => Count("network", s_network, counters);

    public void Count(DiskCounters counters) => Count("disk", s_disk, counters);

    private void Count(string group, PropertyInfo[] properties, object counters)
    {
        foreach (var property in properties)
            coverage.Hit($"{group} {property.Name}", (long)property.GetValue(counters)!);
    }

    private static PropertyInfo[] CountersOf(Type type) => [.. type.GetProperties().Where(static p => p.PropertyType == typeof(long)).OrderBy(static p => p.Name, StringComparer.Ordinal)];
}
