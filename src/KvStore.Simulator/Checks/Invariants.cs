using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>All invariants of a run, and what calls them.</summary>
internal sealed class Invariants
{
    private readonly RunView _view;
    private readonly Invariant[] _all;
    private readonly CoverageProbe _probe;

// What was found in the middle of an actor's turn, whose supervisor takes the exception for the actor's own.
    private InvariantViolationException? _found;

    public Invariants(RunView view, Func<RunView, Invariant>? another = null)
    {
        _view = view;
        _probe = new CoverageProbe(view);
        _all =
        [
            new NodesRun(view),
            new VersionIdentity(view),
            new StampsGrow(view),
            new DeletionsAreAskedFor(view),
            new VectorHonesty(view),
            new NoResurrection(view),
            new Expiry(view),
            new SyncedHonesty(view),
            new LeftOnDisk(view, (what, machine, left) => Each(i => i.OnLeft(what, machine, left))),
            new AcknowledgedWritesSurvive(view),
            new TruthfulErrors(view),
            new NothingOutOfThinAir(view),
            new OneNodeIsLinearizable(view),
            new DigestsTellTheTruth(view),
            new NoDefects(view),
            new Progress(view),
            new OperationsSucceed(view),
            new CollectionDrains(view),
            new QuietAtRest(view),
        ];
        if (another is not null)
            _all = [.. _all, another(view)];
        view.Ledger.Accepted = written =>
        {
            view.Values.Add(written);
            view.Keys.Add(written);
            Each(i => i.OnAccepted(written));
        };
        view.History.Returned = operation => Each(i => i.OnReturned(operation));
        view.Ledger.Contradicted = (known, other) => Each(i => i.OnContradicted(known, other));
        view.Cluster.Started = OnStarted;
        view.Cluster.Ending = OnEnding;
        view.Cluster.Accepted = (machine, startId) => view.Ledger.TakeDown(machine.Process!.LastReplica!, startId);
        view.Cluster.Recovered = machine => Each(i => i.OnRecovered(machine));
        view.Cluster.Discarded = machine => Each(i => i.OnDiscarded(machine));
    }

    /// <summary>A second has passed.</summary>
    public void AtCheckpoint()
    {
        if (_found is not null)
            throw new InvariantViolationException(_found.Violation);
        foreach (var machine in _view.Cluster.Running)
        {
            _probe.Look(machine);
            if (!machine.Process!.HasRecovered)
                continue;
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
        machine.Process!.Published = _view.Ledger.Add;
        Each(i => i.OnStarted(machine));
    }

    private void OnEnding(Machine machine)
    {
        if (machine.Process!.Replica is not { } replica)
            return;
        // What the turn that it ends in the middle of has accepted.
        while (machine.Process.HasAccepted(out var startId))
            _view.Ledger.TakeDown(replica, startId);
        if (machine.Process.HasRecovered)
            Each(i => i.OnEnding(machine));
        _probe.Look(machine);
    }

    private void Each(Action<Invariant> look)
    {
        try
        {
            foreach (var invariant in _all)
                look(invariant);
        }
        catch (InvariantViolationException violation)
        {
            _found ??= violation;
            throw;
        }
    }
}
