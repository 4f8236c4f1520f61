using KvStore.Core.Storage;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What has expired is gone: no node answers with it when its own clock is past the expiry, whatever the others think of the time; and in
/// the end, when all clocks are right, no table takes it for alive. (That it never comes back is a matter of <see cref="NoResurrection"/>:
/// a value that a table once held as expired does not live there again, not even when the clock is set back.)
/// </summary>
internal sealed class Expiry(RunView view) : Invariant(view)
{
    /// <summary>A table of the size that is simulated is passed through in this time, looking for what has expired.</summary>
    private const int SweepMs = 2_000;

    private readonly ReadValues _values = new();
    private readonly List<Read> _unknown = [];

    public override string Name => "expiry";

    public override void OnAccepted(Written written) => _values.Add(written);

    public override void OnReturned(Operation operation)
    {
        var clockMs = View.Cluster.Machines[operation.Machine].Clock.EarliestMs(operation.Call, operation.MachineMsAtCall);
        foreach (var (key, value) in ReadValues.Of(operation))
        {
            var read = new Read(operation, key, value, clockMs);
            // In memory a reader may be told before anybody else is.
            if (_values.Knows(key, value))
                Look(read);
            else
                _unknown.Add(read);
        }
    }

    public override void AtCheckpoint(Machine machine)
    {
        foreach (var read in _unknown)
            Look(read);
        _unknown.Clear();
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running)
            LookAtTable(machine);
    }

    private void Look(Read read)
    {
        if (_values.Judge(read.Key, read.Value, read.ClockMs) is { } objection)
            Fail($"{objection}: {read.Operation}");
    }

    private void LookAtTable(Machine machine)
    {
        var overdueMs = machine.Clock.NowMs - SweepMs;
        var table = NodeInspection.TableOf(machine.Process!.Replica!);
        foreach (var key in View.Keys.All)
        {
            if (table.TryGet(key.Bytes, out var entry) && entry is { Kind: EntryKind.Value, ExpiresAtMs: not 0 } && entry.ExpiresAtMs < overdueMs)
                Fail($"{machine} still has {key.Text} {entry.Version}, which expired at {entry.ExpiresAtMs}, and it is {machine.Clock.NowMs}");
        }
    }

    private sealed record Read(Operation Operation, string Key, string Value, long ClockMs);
}
