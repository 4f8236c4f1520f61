using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// One version is one key, one value and one expiry, for ever: over restarts, clocks that step and machines that are copies of each
/// other. Replicas that hold the same version are taken to hold the same entry, and never compare more. So no two mutations have one
/// version, and every entry of every table is what was accepted under its version.
/// </summary>
internal sealed class VersionIdentity(RunView view) : Invariant(view)
{
    /// <summary>Entries of a table that are looked at each second; all of them are when a process begins and ends.</summary>
    private const int EntriesPerLook = 30;

    private readonly Dictionary<NodeProcess, ulong> _cursors = [];

    public override string Name => "version identity";

    public override void OnAccepted(Written written)
    {
        if (View.Keys.Find(written.Version) is { } known && known != written)
            Fail($"{written} has the version of {known}");
    }

    public override void OnContradicted(Written known, Written published) => Fail($"{known} was published as {published}");

    public override void AtCheckpoint(Machine machine) =>
        _cursors[machine.Process!] = Look(machine.ToString(), machine.Process!.Replica!, _cursors.GetValueOrDefault(machine.Process), EntriesPerLook);

    public override void OnRecovered(Machine machine) => LookAtAll(machine.ToString(), machine.Process!.Replica!);

    public override void OnEnding(Machine machine)
    {
        _cursors.Remove(machine.Process!);
        LookAtAll(machine.ToString(), machine.Process!.Replica!);
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running)
            LookAtAll(machine.ToString(), machine.Process!.Replica!);
    }

    public override void OnLeft(string what, Machine machine, Replica left) => LookAtAll(what, left);

    private void LookAtAll(string who, Replica replica)
    {
        ulong cursor = 0;
        do
            cursor = Look(who, replica, cursor, 1_000);
        while (cursor != 0);
    }

    private ulong Look(string who, Replica replica, ulong cursor, int budget)
    {
        var judge = new Judge(View);
        cursor = NodeInspection.TableOf(replica).Scan(cursor, budget, Table.Everything, ref judge);
        if (judge.Objection is { } objection)
            Fail($"in the table of {who} {objection}");
        return cursor;
    }

    private struct Judge(RunView view) : IEntryVisitor
    {
        private readonly long _latestMs = view.LatestClockMs;

        public string? Objection { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (view.Keys.Find(entry.Version) is { } written)
                Objection ??= EntryIdentity.Judge(written, key, entry, _latestMs);
            else if (view.Ledger.Missed == 0)
                Objection ??= $"the version {entry.Version} of {Encoding.UTF8.GetString(key)} was never accepted";
        }
    }
}
