using KvStore.Core.Replication;
using KvStore.Core.Versioning;
using KvStore.Node;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What a client was told is written is there, or something newer in its place, when the machine that said so has read its disk
/// again, and in the end. With a write everything is promised that its origin had numbered before it, since no reply leaves before all
/// that was executed before it is as safe. What that machine is held to:
/// <list type="bullet">
/// <item>Under fsync always: everything that it answered, and every value that it showed, whatever ended its process.</item>
/// <item>Under interval and never: the same until its power is cut. A kill -9 leaves what was written.</item>
/// <item>In memory: nothing by itself, once its process is over. But whoever had applied what was acknowledged, and still runs, has it.</item>
/// </list>
/// A disk that was replaced or damaged, and a replica that gave up what it had since it had been forgotten, are held to nothing from before.
/// </summary>
internal sealed class AcknowledgedWritesSurvive(RunView view) : Invariant(view)
{
    private readonly Dictionary<Machine, Holding> _holdings = [];
    private readonly Dictionary<ulong, Account> _accounts = [];
    private readonly Dictionary<string, VersionStamp> _taken = [];

    public override string Name => "acknowledged writes survive";

    private bool IsInMemory => View.Plan.Durability is null;

    private bool IsAlwaysSynced => View.Plan.Durability?.Fsync == FsyncPolicy.Always;

    public override void OnAccepted(Written written)
    {
        if ((written.Kind == RecordKind.Deleted || written.ExpiresAtMs != 0) && written.Version > _taken.GetValueOrDefault(written.Key))
            _taken[written.Key] = written.Version;
    }

    public override void OnStarted(Machine machine)
    {
        var process = machine.Process!;
        if (!_holdings.TryGetValue(machine, out var holding))
            _holdings.Add(machine, holding = new Holding(process));
        var disk = DiskPast.Of(machine);
        if (disk?.HasKeptAllSince(holding.Disk, IsAlwaysSynced) != true)
            holding.Promises = new Promises();
        (holding.Process, holding.Disk) = (process, disk);
        holding.Applied.Clear();
        _accounts[process.StartId] = new Account(holding.Promises);
    }

    public override void OnDiscarded(Machine machine)
    {
        var holding = _holdings[machine];
        // Replies that are still under way were of what it has given up.
        _accounts.Remove(holding.Process.StartId);
        holding.Promises = new Promises();
        holding.Applied.Clear();
        _accounts[machine.Process!.Replica!.StartId] = new Account(holding.Promises);
        View.Coverage.Hit("check promises ended by a discard");
    }

    public override void OnReturned(Operation operation)
    {
        foreach (var (key, value) in Writes.Done(operation))
            Promise(operation, key, value);
        if (!IsAlwaysSynced || !_accounts.TryGetValue(operation.StartId, out var account))
            return;
        foreach (var (_, value) in Reads.Of(operation))
        {
            if (ValueText.LastNumber(value) is not { } number || View.Values.MutationOf(number) is not { } shown)
                continue;
            account.Promises.Add(shown);
        }
    }

    public override void AtCheckpoint(Machine machine)
    {
        // One that gives up what it had keeps it until the first of another's comes, and serves no more.
        if (!IsInMemory || !machine.Process!.Replica!.Ready)
            return;
        var holding = _holdings[machine];
        foreach (var (origin, mark) in machine.Process!.Replica!.Vector())
        {
            if (!_accounts.TryGetValue(origin, out var account))
                continue;
            var from = holding.Applied.GetValueOrDefault(origin);
            var to = Math.Min(mark.Number, account.Number);
            if (to > from)
                holding.Applied[origin] = AddAll(holding.Promises, origin, from, to);
        }
    }

    public override void OnRecovered(Machine machine)
    {
        if (machine.Disk is null || machine.IsDamaged)
            return;
        View.Coverage.Hit("check promised keys looked for after a recovery", _holdings[machine].Promises.Count);
        Look(machine, machine.Process!.Replica!, $"{machine} has recovered from a disk that has kept everything, and lacks");
    }

    public override void OnLeft(string what, Machine machine, Replica left)
    {
        if (IsAlwaysSynced)
            Look(machine, left, $"{what} one would recover without");
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running.Where(static m => !m.IsDamaged))
        {
            View.Coverage.Hit("check promised keys looked for in the end", _holdings[machine].Promises.Count);
            Look(machine, machine.Process!.Replica!, $"{machine} lacks in the end");
        }
    }

    private void Promise(Operation operation, string key, string value)
    {
        if (ValueText.LastNumber(value) is not { } number)
            return;
        if (View.Values.MutationOf(number) is not { } written)
        {
            if (View.Ledger.Missed == 0)
                Fail($"{operation} is in no mutation that was accepted: {key}");
            return;
        }
        if (!_accounts.TryGetValue(written.Origin, out var account) || account.Number >= written.Number)
            return;
        account.Number = AddAll(account.Promises, written.Origin, account.Number, written.Number);
    }

    private long AddAll(Promises promises, ulong origin, long from, long to)
    {
        var all = View.Ledger.Of(origin);
        for (var number = from; number < to; number++)
        {
            if (all[(int)number] is { } written)
                promises.Add(written);
        }
        return to;
    }

    private void Look(Machine machine, Replica replica, string how)
    {
        if (_holdings[machine].Promises.WhatIsMissing(replica, IsGone) is { } missing)
            Fail($"{how} {missing}");
    }

    private bool IsGone(Written written) =>
        View.Ledger.Missed > 0 || _taken.GetValueOrDefault(written.Key) >= written.Version;

    /// <summary>What was promised of an origin, and up to which of its numbers.</summary>
    private sealed class Account(Promises promises)
    {
        public Promises Promises => promises;

        public long Number { get; set; }
    }

    /// <summary>What a machine is held to, since its disk has kept everything.</summary>
    private sealed class Holding(NodeProcess process)
    {
        public NodeProcess Process { get; set; } = process;

        public Promises Promises { get; set; } = new();

        public DiskPast? Disk { get; set; }

        /// <summary>Up to which number of each origin its process, in memory, is held to what it has applied.</summary>
        public Dictionary<ulong, long> Applied { get; } = [];
    }
}
