using KvStore.Core.Replication;
using KvStore.Node;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Network;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Faults;

/// <summary>
/// Draws the plan of a run. Every range and every kind of fault is switched on for a part of the seeds only: faults that are always
/// there hide each other.
/// </summary>
internal sealed class PlanDrawer(long seed)
{
    /// <summary>A clock that steps by up to so much may have its node refuse writes.</summary>
    private const int BeyondDriftMs = 120_000;

    private readonly Random _random = new Streams(seed).Plan;

    /// <summary>The plan of a seed.</summary>
    public static RunPlan Draw(long seed) => new PlanDrawer(seed).Draw();

    private RunPlan Draw()
    {
        var nodes = Pick(3, 3, 3, 3, 3, 4, 4, 5, 5, 6, 7);
        var durability = _random.Next(4) > 0 ? Durability() : null;
        var faulty = TimeSpan.FromSeconds(_random.Next(20, 90));
        var skewMs = Pick(0, 0, 50, 1_000, 20_000);
        var workload = Workload();
        return new RunPlan
        {
            Seed = seed,
            Nodes = nodes,
            Replica = Replica(workload),
            Durability = durability,
            StableAfter = TimeSpan.FromSeconds(_random.Next(3, 12)),
            Faulty = faulty,
            Links = Links(),
            Disks = Disks(),
            Skews = [.. Enumerable.Range(0, nodes).Select(_ => TimeSpan.FromMilliseconds(_random.Next(-skewMs, skewMs + 1)))],
            Workload = workload,
            Schedule = Schedule(faulty, durability is not null, Pick(Math.Max(skewMs, 500), Math.Max(skewMs, 500), Math.Max(skewMs, 500), BeyondDriftMs)),
        };
    }

    private ReplicaSettings Replica(WorkloadPlan workload) => new()
    {
        // An empty table takes some 275,000 bytes for what finds and digests entries. What a node evicts would look to clients of
        // one node as if somebody else deleted it.
        MemoryLimitBytes = Pick(0, 0, 0, 0, 278_000, 300_000),
        Eviction = workload.OneNode ? EvictionPolicy.NoEviction : Pick(EvictionPolicy.NoEviction, EvictionPolicy.AllKeysLru),
        MessageBytes = Pick(300, 2_000, 64 * 1024),
        BacklogBytes = Pick(4_000, 20_000, 1 << 20),
        RefillBytes = Pick(1_000, 100_000),
        SilenceMs = _random.Next(3_000, 15_000),
        RequestTimeoutMs = _random.Next(200, 2_000),
        AntiEntropyIntervalMs = _random.Next(4_000, 20_000),
        RepairPauseMs = Pick(0, 0, 50),
        TransferWindow = _random.Next(1, 6),
        MaxDriftMs = 60_000,
    };

    private DurabilitySettings Durability() => new()
    {
        Folder = "data",
        Fsync = Pick(FsyncPolicy.Always, FsyncPolicy.Always, FsyncPolicy.Interval, FsyncPolicy.Never),
        FsyncInterval = TimeSpan.FromMilliseconds(_random.Next(50, 1_500)),
        SegmentBytes = Pick(32, 128, 512) * 1024,
        SnapshotAfterBytes = Pick(32, 256, 4096) * 1024,
    };

    private LinkFaults Links()
    {
        if (_random.Next(4) == 0)
            return LinkFaults.None;
        return new LinkFaults
        {
            MeanDelay = TimeSpan.FromMicroseconds(Pick(200, 2_000, 50_000)),
            Loss = Pick(0, 0, 0.001, 0.02, 0.1, 0.3),
            Duplication = Pick(0, 0, 0.01, 0.1, 0.5),
            Reordering = Pick(0, 0, 0.01, 0.2),
        };
    }

    private DiskFaults Disks() => _random.Next(3) == 0 ? DiskFaults.None : new DiskFaults
    {
        MaxLatency = TimeSpan.FromMicroseconds(Pick(300, 3_000, 30_000)),
        StallProbability = Pick(0, 0, 0.01),
        Losses = Pick<IReadOnlyList<PowerLoss>>(
            [PowerLoss.Nothing, PowerLoss.All, PowerLoss.Suffix, PowerLoss.Suffix],
            [PowerLoss.All],
            [PowerLoss.Suffix],
            [PowerLoss.Sectors, PowerLoss.Sectors, PowerLoss.Suffix]),
        Torn = Pick(TornWrites.Never, TornWrites.AtSector, TornWrites.AtByte),
        SectorBytes = Pick(512, 4096),
    };

    private WorkloadPlan Workload() => new()
    {
        Clients = _random.Next(1, 13),
        Keys = Pick(3, 10, 10, 100, 1_000),
        Think = TimeSpan.FromMilliseconds(Pick(4, 20, 50, 100, 300)),
        MaxValueBytes = Pick(20, 100, 1_000),
        Patience = TimeSpan.FromMilliseconds(Pick(300, 1_000, 3_000)),
        FlushRarity = Pick(0, 0, 100, 1_000),
        OneNode = _random.Next(6) == 0,
    };

    private List<Fault> Schedule(TimeSpan faulty, bool durable, int stepMs)
    {
        var kinds = Enum.GetValues<FaultKind>().Where(kind => _random.Next(3) == 0 && (durable || !IsOfDisks(kind))).ToList();
        var faults = new List<Fault>();
        if (kinds.Count == 0)
            return faults;
        var meanMs = Pick(700, 2_000, 6_000);
        // The cluster forms first, and sometimes not quite.
        for (var at = _random.Next(500, 8_000); at < faulty.TotalMilliseconds; at += (int)(meanMs * -Math.Log(1 - _random.NextDouble())) + 1)
        {
            var kind = kinds[_random.Next(kinds.Count)];
            var duration = TimeSpan.FromMilliseconds(Pick(200, 2_000, 8_000, 25_000) * (0.5 + _random.NextDouble()));
            var value = kind == FaultKind.ClockStep ? _random.Next(-stepMs, stepMs) : _random.Next();
            faults.Add(new Fault(TimeSpan.FromMilliseconds(at), kind, _random.Next(64), _random.Next(64), duration, value));
        }
        return faults;
    }

    private static bool IsOfDisks(FaultKind kind) => kind
        is FaultKind.KillInWrite or FaultKind.DiskFull or FaultKind.DiskStall or FaultKind.SyncFails or FaultKind.BitRot or FaultKind.BitRotUnnoticed or FaultKind.Snapshot;

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
