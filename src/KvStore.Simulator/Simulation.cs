using System.Globalization;
using KvStore.Simulator.Checks;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator;

/// <summary>One run: the cluster forms, clients work while faults come, the faults stop, and what must hold then is checked.</summary>
internal sealed class Simulation
{
    /// <summary>Within this much simulated time after the last fault, everything that can agree has to.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly RunPlan _plan;
    private readonly EventQueue _queue = new();
    private readonly Trace _trace;
    private readonly SimulatedCluster _cluster;
    private readonly History _history;
    private readonly FaultInjector _faults;
    private readonly List<SimulatedClient> _clients = [];
    private readonly Invariants _invariants;

    private Simulation(RunPlan plan, RunOptions options)
    {
        _plan = plan;
        var streams = new Streams(plan.Seed);
        _trace = new Trace(_queue, options.Output, options.Detail);
        _cluster = new SimulatedCluster(plan, streams, _queue, _trace) { Network = { Faults = plan.Links } };
        _history = new History(_queue, _trace);
        _faults = new FaultInjector(plan, _cluster, _queue, _trace, Coverage);
        var workload = new Workload(plan.Workload, streams.Clients);
        for (var i = 0; i < plan.Workload.Clients; i++)
            _clients.Add(new SimulatedClient(i, plan.Workload, workload, _cluster, _queue, streams.Clients, _history));
        _invariants = new Invariants(new RunView(plan, _cluster, _history, _queue, streams.Checks, Coverage), options.Invariant);
        if (options.Output is { } output)
            PlanText.Write(plan, output);
    }

    private Coverage Coverage { get; } = new();

    /// <summary>Runs a plan to its end, or to the first violation.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="options">What is printed of it; null for nothing.</param>
    public static RunResult Run(RunPlan plan, RunOptions? options = null)
    {
        var simulation = new Simulation(plan, options ?? new RunOptions());
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new QueueContext(simulation._queue));
        try
        {
            return simulation.Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            simulation._cluster.Dispose();
        }
    }

    private RunResult Run()
    {
        Violation? violation = null;
        try
        {
            Play();
            Settle();
        }
        catch (InvariantViolationException broken)
        {
            violation = broken.Violation;
        }
        catch (Exception error)
        {
            // Of the product, outside of its actors, or of a check: in either case this seed has to be looked at, and the next one run.
            violation = new Violation("no exception", error.ToString());
        }
        if (violation is not null)
            _trace.Say("CHECK", $"{violation.Invariant}: {violation.Message}");
        _invariants.Count();
        return new RunResult(_plan, violation, _trace.Hash, _queue.Now, _queue.Executed, _history.Operations.Count, Coverage);
    }

    private void Play()
    {
        for (var i = 0; i < _plan.Nodes; i++)
        {
            var machine = _cluster.Machines[i];
            _queue.After(TimeSpan.FromMilliseconds(100 * i), () => _cluster.Start(machine));
        }
        foreach (var client in _clients)
            client.Begin();
        _faults.Begin();
        Advance(_plan.Faulty);
        _faults.End();
    }

    private void Settle()
    {
        // Clients go on for a while: what is written to a cluster that heals has to be replicated as anything else.
        Advance(_queue.Now + TimeSpan.FromSeconds(5));
        foreach (var client in _clients)
            client.IsActive = false;
        var end = _queue.Now + SettleLimit;
        while (_invariants.WhatIsUnsettled() is { } unsettled)
        {
            if (_queue.Now >= end)
                throw new InvariantViolationException(new Violation("progress", string.Create(CultureInfo.InvariantCulture, $"{SettleLimit.TotalSeconds} s after the last fault {unsettled}")));
            Advance(_queue.Now + CheckInterval);
        }
        _invariants.AtEnd();
    }

    private void Advance(TimeSpan until)
    {
        while (_queue.Now < until)
        {
            var next = _queue.Now + CheckInterval;
            if (next > until)
                next = until;
            while (_queue.RunNext(next))
                _cluster.Watch();
            _invariants.AtCheckpoint();
        }
    }
}

/// <summary>How a plan is run. Nothing of it changes what happens.</summary>
internal sealed record RunOptions
{
    /// <summary>Where the trace is printed; null for nowhere.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>How much of it.</summary>
    public TraceDetail Detail { get; init; }

    /// <summary>An invariant beside those of every run; null for none.</summary>
    public Func<RunView, Invariant>? Invariant { get; init; }
}

/// <summary>What became of a run.</summary>
/// <param name="Plan">What was run.</param>
/// <param name="Violation">The first invariant that did not hold; null when all did.</param>
/// <param name="Hash">Of everything that happened.</param>
/// <param name="Simulated">How long it was, in simulated time.</param>
/// <param name="Events">How many events there were.</param>
/// <param name="Operations">How many commands clients sent.</param>
/// <param name="Coverage">What was hit.</param>
internal sealed record RunResult(RunPlan Plan, Violation? Violation, ulong Hash, TimeSpan Simulated, long Events, int Operations, Coverage Coverage);
