using KvStore.Node.Disk;
using KvStore.Node.Store;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>No node ends for a reason of its own: only where its disk failed, or was damaged, may it refuse to go on.</summary>
internal sealed class NodesRun(RunView view) : Invariant(view)
{
    public override string Name => "nodes run";

    public override void AtCheckpoint(Machine machine) => Look();

    public override void OnStarted(Machine machine) => Look();

    public override void AtEnd() => Look();

    private void Look()
    {
        foreach (var machine in View.Cluster.Machines)
        {
            if (machine.Process is not { HasFailed: true } process)
                continue;
            if (process.Failure is DiskFailedException && machine.Disk?.Counters.FailedSyncs > 0)
                continue;
            if (process.Failure is DataFolderException && machine.MayRefuseStart)
                continue;
            Fail($"{machine} has ended: {process.Failure}");
        }
    }
}
