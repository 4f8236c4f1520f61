using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>All invariants of a run, and what calls them.</summary>
internal sealed class Invariants
{
    private readonly RunView _view;
    private readonly Invariant[] _all;
    private readonly HashSet<NodeProcess> _recovered = [];
    private readonly CoverageProbe _probe;

    public Invariants(RunView view, Func<RunView, Invariant>? another = null)
    {
        _view = view;
        _probe = new CoverageProbe(view);
        _all =
        [
            new NodesRun(view),
            new VersionIdentity(view),
            new VectorHonesty(view),
            new SyncedHonesty(view),
            new AcknowledgedWritesSurvive(view),
            new TruthfulErrors(view),
            new NothingOutOfThinAir(view),
            new DigestsTellTheTruth(view),
            new Progress(view),
        ];
        if (another is not null)
            _all = [.. _all, another(view)];
        view.Ledger.Accepted = written =>
        {
            view.Values.Add(written);
            Each(i => i.OnAccepted(written));
        };
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
            _probe.Look(machine);
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

    /// <summary>Takes what has been counted into the coverage.</summary>
    public void Count() => _probe.Count();

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
        _probe.Look(machine);
    }

    private void Each(Action<Invariant> look)
    {
        foreach (var invariant in _all)
            look(invariant);
    }
}
