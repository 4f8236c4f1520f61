using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Whoever says that it has an origin's mutations up to a number has every one of them, or something newer in its place. A key that
/// is absent was deleted, or has expired, by one that is collected. That holds of what is in memory, and of what any crash would leave.
/// </summary>
internal sealed class VectorHonesty(RunView view) : Invariant(view)
{
    private readonly Dictionary<NodeProcess, Dictionary<ulong, long>> _looked = [];
    private readonly SortedDictionary<int, Written> _newest = [];

    public override string Name => "vector honesty";

    public override void AtCheckpoint(Machine machine)
    {
        var looked = LookedAt(machine.Process!);
        foreach (var (origin, mark) in machine.Process!.Replica!.Vector())
            looked[origin] = Look(machine, origin, looked.GetValueOrDefault(origin), mark.Number);
    }

    public override void OnRecovered(Machine machine) => LookAtAll(machine.ToString(), machine.Process!.Replica!);

    public override void OnLeft(string what, Machine machine, Replica left) => LookAtAll(what, left);

    public override void OnDiscarded(Machine machine) => _looked.Remove(machine.Process!);

    public override void OnEnding(Machine machine)
    {
        _looked.Remove(machine.Process!);
        LookAtAll(machine.ToString(), machine.Process!.Replica!);
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running)
            LookAtAll(machine.ToString(), machine.Process!.Replica!);
    }

    private Dictionary<ulong, long> LookedAt(NodeProcess process)
    {
        if (!_looked.TryGetValue(process, out var looked))
            _looked.Add(process, looked = []);
        return looked;
    }

    // Whoever holds the newest that is covered of a key, or something newer, holds of that key all that is covered.
    private void LookAtAll(string who, Replica replica)
    {
        _newest.Clear();
        foreach (var (origin, mark) in replica.Vector())
        {
            var written = View.Ledger.Of(origin);
            for (var number = 0; number < Math.Min(mark.Number, written.Count); number++)
            {
                if (written[number] is { Kind: RecordKind.Floor } floor)
                    Require(who, replica, floor);
                else if (written[number] is { } covered)
                    NoteNewest(covered);
            }
        }
        foreach (var covered in _newest.Values)
            Require(who, replica, covered);
    }

    private void NoteNewest(Written covered)
    {
        var key = View.Keys.Of(covered.Key).Index;
        if (!_newest.TryGetValue(key, out var newest) || newest.Version < covered.Version)
            _newest[key] = covered;
    }

    private long Look(Machine machine, ulong origin, long from, long to)
    {
        var written = View.Ledger.Of(origin);
        var replica = machine.Process!.Replica!;
        // What waits to be flushed is not in the ledger yet.
        to = Math.Min(to, written.Count);
        for (var number = from; number < to; number++)
        {
            if (written[(int)number] is { } covered)
                Require(machine.ToString(), replica, covered);
        }
        return Math.Max(from, to);
    }

    private void Require(string who, Replica replica, Written covered)
    {
        if (!Holds(replica, covered))
            Fail($"{who} claims {covered.Origin:x} up to {replica.Vector()[covered.Origin].Number}, and lacks {covered}; it holds {Describe(replica, covered.Key)}, its floor is {replica.Floor}, collected up to {replica.CollectedClock >> 16}");
    }

    private bool Holds(Replica replica, Written covered)
    {
        if (covered.Version <= replica.Floor)
            return true;
        if (covered.Kind == RecordKind.Floor)
            return false;
        var key = View.Keys.Of(covered.Key);
        if (NodeInspection.TableOf(replica).TryGet(key.Bytes, out var entry))
            return entry.Version >= covered.Version;
        // What the ledger has missed may be what deleted the key.
        return key.MayBeForgotten(covered.Version, replica.CollectedClock, View.LatestClockMs) || (View.Ledger.Missed > 0 && covered.Version.Clock <= replica.CollectedClock);
    }

    private string Describe(Replica replica, string key) =>
        NodeInspection.TableOf(replica).TryGet(View.Keys.Of(key).Bytes, out var entry) ? $"{entry.Kind} {entry.Version}" : "nothing";
}
