using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>All invariants of a run, and what calls them.</summary>
internal sealed class Invariants
{
    private readonly RunView _view;
    private readonly Invariant[] _all;
    private readonly HashSet<NodeProcess> _recovered = [];
    private readonly CoverageProbe _probe;

    public Invariants(RunView view)
    {
        _view = view;
        _probe = new CoverageProbe(view.Coverage);
        _all =
        [
            new NodesRun(view),
            new VersionIdentity(view),
            new VectorHonesty(view),
            new SyncedHonesty(view),
            new DigestsTellTheTruth(view),
            new Progress(view),
        ];
        view.Ledger.Accepted = written => Each(i => i.OnAccepted(written));
        view.History.Returned = operation => Each(i => i.OnReturned(operation));
        view.Cluster.Started = OnStarted;
        view.Cluster.Ending = OnEnding;
        view.Cluster.Discarded = machine => Each(i => i.OnDiscarded(machine));
    }

    /// <summary>A second has passed.</summary>
    public void AtCheckpoint()
    {
        foreach (var machine in _view.Cluster.Running)
        {
            if (!machine.Process!.HasRecovered)
                continue;
            if (_recovered.Add(machine.Process))
                Each(i => i.OnRecovered(machine));
            Each(i => i.AtCheckpoint(machine));
        }
    }

    /// <summary>What has not come to rest yet; null when everything has.</summary>
    public string? WhatIsUnsettled() => _all.Select(static i => i.WhatIsUnsettled()).FirstOrDefault(static what => what is not null);

    /// <summary>The last checks.</summary>
    public void AtEnd() => Each(static i => i.AtEnd());

    /// <summary>Counts what the processes that still run have done.</summary>
    public void Count()
    {
        foreach (var machine in _view.Cluster.Running)
            _probe.Count(machine);
        _probe.Count(_view.Cluster.Network.Counters);
        foreach (var machine in _view.Cluster.Machines.Where(static m => m.Disk is not null))
            _probe.Count(machine.Disk!.Counters);
    }

    private void OnStarted(Machine machine)
    {
        var process = machine.Process!;
        process.Published = message =>
        {
            if (message.First > _view.Ledger.Of(message.Origin).Count + 1)
                _view.Ledger.AddUnpublished(process.Replica!);
            _view.Ledger.Add(message);
        };
        Each(i => i.OnStarted(machine));
    }

    private void OnEnding(Machine machine)
    {
        if (machine.Process!.Replica is not { } replica)
            return;
        _view.Ledger.AddUnpublished(replica);
        if (machine.Process.HasRecovered)
            Each(i => i.OnEnding(machine));
        _probe.Count(machine);
    }

    private void Each(Action<Invariant> look)
    {
        foreach (var invariant in _all)
            look(invariant);
    }
}
