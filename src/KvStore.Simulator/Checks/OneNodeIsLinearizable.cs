using System.Diagnostics.CodeAnalysis;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Linearizability.Models;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Where all clients talk to one node, what they see is linearizable, key by key, also over crashes of that node, as long as its disk has kept what it
/// had promised. Up to the first time that it has not, or that the replica gave up what it had, the history is checked.
/// <para>
/// Keys that expire: by the clock of the node, which may be ahead or behind, and is stepped. By how much a key may go early is
/// therefore the sum of all that the clocks of the run differ by. A clock that goes back may show a key again that had
/// expired, until something new is written: from that moment on keys with expiries are not checked any more.
/// </para>
/// </summary>
internal sealed class OneNodeIsLinearizable(RunView view) : Invariant(view)
{
    private readonly Dictionary<string, List<KeyCall>> _keys = [];
    private readonly HashSet<string> _expiring = [];
    private DiskPast? _disk;
    private bool _hasStarted;
    private bool _hasAnswered;
    private TimeSpan _soundUntil = TimeSpan.MaxValue;

    public override string Name => "one node is linearizable";

    public override void OnStarted(Machine machine)
    {
        if (machine.Index != 0 || !View.Plan.Workload.OneNode)
            return;
        var disk = DiskPast.Of(machine);
        if (_hasStarted && disk?.HasKeptAllSince(_disk, View.Plan.Durability!.Fsync == Node.FsyncPolicy.Always) != true)
            End();
        (_disk, _hasStarted) = (disk, true);
    }

    public override void OnDiscarded(Machine machine)
    {
        if (machine.Index == 0)
            End();
    }

    public override void OnReturned(Operation operation) =>
        _hasAnswered = _hasAnswered || (View.Plan.Workload.OneNode && operation.Outcome != Outcome.Failed && KeyCall.Of(operation).Any());

    public override void AtEnd()
    {
        if (!View.Plan.Workload.OneNode)
            return;
        Split();
        var clockGoesBack = ClockGoesBack();
        foreach (var (key, calls) in _keys)
        {
            var end = _expiring.Contains(key) && clockGoesBack < _soundUntil ? clockGoesBack : _soundUntil;
            var segments = new KeySegments(key, [.. calls.Where(c => c.Call < end).Select(c => c.Return < end ? c : c with { Return = null })], BeginningMs, EarlyMs());
            if (segments.Check() is { } violation)
                Fail(violation);
            View.Coverage.Hit("check keys of one node found linearizable");
            View.Coverage.Hit("check calls on keys of one node", segments.Checked);
            View.Coverage.Hit("check segments of keys undecided", segments.Undecided);
        }
    }

    private static long BeginningMs => MachineClock.Beginning.ToUnixTimeMilliseconds();

    private void End()
    {
        // What is lost before anything was answered is nothing: so do those begin that give way to another as the cluster forms.
        if (!_hasAnswered && !View.History.Operations.Any(static o => o.Return is null))
            return;
        if (View.Now < _soundUntil)
            _soundUntil = View.Now;
    }

    private void Split()
    {
        var flushes = new List<Operation>();
        foreach (var operation in View.History.Operations)
        {
            if (operation.Command is "FLUSHALL" or "FLUSHDB" && operation.Arguments.Length == 1)
                flushes.Add(operation);
            foreach (var call in KeyCall.Of(operation))
                Add(call);
        }
        foreach (var (key, calls) in _keys)
        {
            if (flushes.Count > 0)
                _keys[key] = [.. calls.Concat(flushes.SelectMany(flush => KeyCall.OfFlush(flush, key))).OrderBy(static c => c.Call)];
        }
    }

    private void Add(KeyCall call)
    {
        if (!TryParse(call, out var command))
            return;
        if (!_keys.TryGetValue(call.Key, out var calls))
            _keys.Add(call.Key, calls = []);
        calls.Add(call);
        if (command.Expiry is not null)
            _expiring.Add(call.Key);
    }

    // What has no model here is a mistake, whose reply nobody has seen: it changes nothing.
    private static bool TryParse(KeyCall call, [NotNullWhen(true)] out KeyCommand? command)
    {
        try
        {
            command = KeyCommand.Parse(call.Arguments);
            return true;
        }
        catch (NotSupportedException) when (!call.IsKnown)
        {
            command = null;
            return false;
        }
    }

    // The end of the faults sets a clock right that is ahead.
    private TimeSpan ClockGoesBack()
    {
        var steps = View.Plan.Schedule.Where(static f => f.Kind == FaultKind.ClockStep).ToList();
        var isAhead = steps.Count > 0 || View.Plan.Skews[0] > TimeSpan.Zero;
        var back = steps.Where(static f => f.Value < 0).Select(static f => f.At).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        return isAhead && View.Plan.Faulty < back ? View.Plan.Faulty : back;
    }

    private long EarlyMs()
    {
        // Two milliseconds for what is cut off where times are whole ones.
        var skews = View.Plan.Skews.Max(static s => Math.Abs(s.TotalMilliseconds));
        return 2 + (2 * (long)skews) + View.Plan.Schedule.Where(static f => f.Kind == FaultKind.ClockStep).Sum(static f => Math.Abs((long)f.Value));
    }
}
