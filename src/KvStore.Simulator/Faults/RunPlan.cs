using KvStore.Core.Replication;
using KvStore.Node;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Network;

namespace KvStore.Simulator.Faults;

/// <summary>Everything that is drawn for a run before it begins: sizes, settings, and the ranges and the schedule of faults.</summary>
internal sealed record RunPlan
{
    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Nodes at the beginning, 3 to 7.</summary>
    public required int Nodes { get; init; }

    /// <summary>What every node is told of replication.</summary>
    public required ReplicaSettings Replica { get; init; }

    /// <summary>The logs; null in memory.</summary>
    public DurabilitySettings? Durability { get; init; }

    /// <summary>How long a split must stand before the resolver decides.</summary>
    public required TimeSpan StableAfter { get; init; }

    /// <summary>How long faults come.</summary>
    public required TimeSpan Faulty { get; init; }

    /// <summary>What the network does meanwhile.</summary>
    public required LinkFaults Links { get; init; }

    /// <summary>What the disks do meanwhile.</summary>
    public required DiskFaults Disks { get; init; }

    /// <summary>What goes wrong, in the order of time.</summary>
    public required IReadOnlyList<Fault> Schedule { get; init; }

    /// <summary>How far each machine's clock is ahead at the beginning; machines beyond its length are not.</summary>
    public required IReadOnlyList<TimeSpan> Skews { get; init; }

    /// <summary>What clients do.</summary>
    public required WorkloadPlan Workload { get; init; }
}

/// <summary>What clients do in a run.</summary>
internal sealed record WorkloadPlan
{
    /// <summary>How many there are, 1 to 12.</summary>
    public required int Clients { get; init; }

    /// <summary>How many keys they share.</summary>
    public required int Keys { get; init; }

    /// <summary>What a client waits between operations, on average.</summary>
    public required TimeSpan Think { get; init; }

    /// <summary>Bytes of a value at most.</summary>
    public required int MaxValueBytes { get; init; }

    /// <summary>How long a client waits for a reply before it tries another node.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>One write in so many is a FLUSHALL; 0 for none.</summary>
    public int FlushRarity { get; init; }

    /// <summary>True when all talk to one node alone: then its history has to be linearizable.</summary>
    public bool OneNode { get; init; }
}
