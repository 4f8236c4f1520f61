using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Checks;

/// <summary>What the invariants of a run look at.</summary>
internal sealed class RunView(RunPlan plan, SimulatedCluster cluster, History history, EventQueue queue, Coverage coverage)
{
    public RunPlan Plan => plan;

    public SimulatedCluster Cluster => cluster;

    public History History => history;

    /// <summary>Simulated time.</summary>
    public TimeSpan Now => queue.Now;

    public Coverage Coverage => coverage;

    /// <summary>Every mutation that was ever accepted.</summary>
    public MutationLedger Ledger { get; } = new();

    /// <summary>Every value that was ever written.</summary>
    public ValueLedger Values { get; } = new(history);
}
