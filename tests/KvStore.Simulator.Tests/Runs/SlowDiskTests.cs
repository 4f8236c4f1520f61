using System.Text;
using KvStore.Node;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Tests.Runs;

/// <summary>What a run of a seed found once, told as a story: one node, and a disk that answers nothing for longer than the clock's ceiling reaches.</summary>
public sealed class SlowDiskTests : IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);

    private readonly SynchronizationContext? _before = SynchronizationContext.Current;
    private readonly EventQueue _queue = new();
    private readonly SimulatedCluster _cluster;

    public SlowDiskTests()
    {
        SynchronizationContext.SetSynchronizationContext(new QueueContext(_queue));
        var plan = PlanDrawer.Draw(1) with
        {
            Nodes = 1,
            Durability = new DurabilitySettings { Folder = "data", Fsync = FsyncPolicy.Always, SegmentBytes = 512 * 1024 },
            Links = LinkFaults.None,
            Disks = DiskFaults.None with { MinLatency = Latency, MaxLatency = Latency },
            Schedule = [],
        };
        _cluster = new SimulatedCluster(plan, new Streams(plan.Seed), _queue, new Trace(_queue, output: null));
    }

    public void Dispose()
    {
        _cluster.Dispose();
        SynchronizationContext.SetSynchronizationContext(_before);
    }

    [Fact]
    public void A_write_behind_a_snapshot_that_took_long_waits_for_the_ceiling()
    {
        var machine = _cluster.Machines[0];
        _cluster.Start(machine);
        Run(TimeSpan.FromSeconds(20));
        machine.Process!.Replica!.Ready.ShouldBeTrue();
        machine.Process.Tell(_queue, "SET before 1\n");
        Run(TimeSpan.FromSeconds(1));
        // At one of these moments the disk is about to publish the snapshot, and a ceiling waits behind that.
        for (var request = 0; request < 15; request++)
        {
            machine.Process.Tell(_queue, $"SAVE\nSET behind:{request} 2\n");
            Run(Latency * request);
            machine.Disk!.Stall(TimeSpan.FromSeconds(3));
            Run(TimeSpan.FromSeconds(6));
            machine.Process.Failure.ShouldBeNull();
            machine.Process.Replica!.TryGet(Encoding.UTF8.GetBytes($"behind:{request}"), out _).ShouldBeTrue();
        }
    }

    private void Run(TimeSpan time)
    {
        var end = _queue.Now + time;
        while (_queue.RunNext(end))
            _cluster.Watch();
    }
}
