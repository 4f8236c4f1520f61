using KvStore.Actors.Remoting;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>Takes what product and world count into the coverage, over all processes of a run.</summary>
internal sealed class CoverageProbe
{
    private readonly RunView _view;
    private readonly Dictionary<NodeProcess, Counted> _processes = [];

    public CoverageProbe(RunView view)
    {
        _view = view;
        view.Cluster.Logged = OnLogged;
    }

    /// <summary>Finds what a process counts; called as often as one likes, and before it ends.</summary>
    public void Look(Machine machine)
    {
        var process = machine.Process!;
        if (!_processes.TryGetValue(process, out var counted))
            _processes.Add(process, counted = new Counted(process.Remoting));
        if (process.Replica is not { } replica)
            return;
        counted.Replica = replica.Counters;
        if (process.Disk is { } disk)
            (counted.Log, counted.Report) = (NodeInspection.WriterOf(disk)?.Counters, disk.Recovered);
        foreach (var change in process.MembershipEvents!.Since(counted.EventsSeen))
            _view.Coverage.Hit($"member {change.Event}");
        counted.EventsSeen = process.MembershipEvents.Last;
    }

    /// <summary>Takes all counts, once, at the end of the run.</summary>
    public void Count()
    {
        foreach (var machine in _view.Cluster.Running)
            Look(machine);
        foreach (var process in _processes.Values)
        {
            Count(CoverageTargets.Remoting, process.Remoting);
            if (process.Replica is { } replica)
                Count(CoverageTargets.Replica, replica);
            if (process.Log is { } log)
                Count(CoverageTargets.Log, log);
            if (process.Report is { } report)
                Count(CoverageTargets.Recovery, report);
        }
        Count(CoverageTargets.Network, _view.Cluster.Network.Counters);
        foreach (var machine in _view.Cluster.Machines)
        {
            if (machine.Disk is { } disk)
                Count(CoverageTargets.Disk, disk.Counters);
        }
        foreach (var operation in _view.History.Operations)
            _view.Coverage.Hit($"operation {operation.Outcome}");
    }

    private void Count<T>(IReadOnlyList<CountedTarget<T>> targets, T counters)
    {
        foreach (var target in targets)
            _view.Coverage.Hit(target.Name, target.Count(counters));
    }

    private void OnLogged(string text)
    {
        foreach (var target in CoverageTargets.Logged.Concat(CoverageTargets.Rare))
        {
            if (text.Contains(target.Fragment, StringComparison.Ordinal))
                _view.Coverage.Hit(target.Name);
        }
    }

    private sealed class Counted(RemotingCounters remoting)
    {
        public RemotingCounters Remoting => remoting;

        public ReplicaCounters? Replica { get; set; }

        public LogCounters? Log { get; set; }

        public RecoveryReport? Report { get; set; }

        public long EventsSeen { get; set; }
    }
}
