using System.Text;
using KvStore.Core.Replication;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Whoever says that it has an origin's mutations up to a number has every one of them, or something newer in its place. A key that
/// is absent was deleted by the last that the vector covers, and collected.
/// </summary>
internal sealed class VectorHonesty(RunView view) : Invariant(view)
{
    private readonly Dictionary<NodeProcess, Dictionary<ulong, long>> _looked = [];

    public override string Name => "vector honesty";

    public override void AtCheckpoint(Machine machine)
    {
        var looked = LookedAt(machine.Process!);
        foreach (var (origin, mark) in machine.Process!.Replica!.Vector())
            looked[origin] = Look(machine, origin, looked.GetValueOrDefault(origin), mark.Number);
    }

    public override void OnEnding(Machine machine)
    {
        _looked.Remove(machine.Process!);
        LookAtAll(machine);
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running)
            LookAtAll(machine);
    }

    private Dictionary<ulong, long> LookedAt(NodeProcess process)
    {
        if (!_looked.TryGetValue(process, out var looked))
            _looked.Add(process, looked = []);
        return looked;
    }

    private void LookAtAll(Machine machine)
    {
        foreach (var (origin, mark) in machine.Process!.Replica!.Vector())
            Look(machine, origin, from: 0, mark.Number);
    }

    private long Look(Machine machine, ulong origin, long from, long to)
    {
        var written = View.Ledger.Of(origin);
        var replica = machine.Process!.Replica!;
        // What waits to be flushed is not in the ledger yet.
        to = Math.Min(to, written.Count);
        for (var number = from; number < to; number++)
        {
            if (written[(int)number] is { } covered && !Holds(replica, covered))
                Fail($"{machine} claims {origin:x} up to {to}, and lacks {covered}; it holds {Describe(replica, covered.Key)}, its floor is {replica.Floor}, collected up to {replica.CollectedClock >> 16}");
        }
        return Math.Max(from, to);
    }

    private static bool Holds(Replica replica, Written written)
    {
        if (written.Version <= replica.Floor)
            return true;
        if (written.Kind == RecordKind.Floor)
            return false;
        if (NodeInspection.TableOf(replica).TryRead(Encoding.UTF8.GetBytes(written.Key), out var entry))
            return entry.Version >= written.Version;
        return written.Version.Clock <= replica.CollectedClock;
    }

    private static string Describe(Replica replica, string key) =>
        NodeInspection.TableOf(replica).TryRead(Encoding.UTF8.GetBytes(key), out var entry) ? $"{entry.Kind} {entry.Version}" : "nothing";
}
