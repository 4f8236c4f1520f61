using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Checks;

/// <summary>What the invariants of a run look at.</summary>
internal sealed class RunView(RunPlan plan, SimulatedCluster cluster, History history, EventQueue queue, Random random, Coverage coverage)
{
    public RunPlan Plan => plan;

    public SimulatedCluster Cluster => cluster;

    public History History => history;

    /// <summary>Simulated time.</summary>
    public TimeSpan Now => queue.Now;

    /// <summary>The events to come, for checks that take part in the run.</summary>
    public EventQueue Queue => queue;

    /// <summary>For what is looked at by chance; the run itself draws nothing of it.</summary>
    public Random Random => random;

    public Coverage Coverage => coverage;

    /// <summary>All that was ever written, by key.</summary>
    public KeyHistories Keys { get; } = new();

    /// <summary>The latest that the clock of any machine has ever shown: what expires later has expired nowhere.</summary>
    public long LatestClockMs => cluster.Machines.Max(static m => m.Clock.LatestMs);

    /// <summary>Every mutation that was ever accepted.</summary>
    public MutationLedger Ledger { get; } = new();

    /// <summary>Every value that was ever written.</summary>
    public ValueLedger Values { get; } = new(history);
}
