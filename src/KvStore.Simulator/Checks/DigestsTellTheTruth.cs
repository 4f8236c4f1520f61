using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>The digests of two replicas are equal where their contents are, and only there.</summary>
internal sealed class DigestsTellTheTruth(RunView view) : Invariant(view)
{
    public override string Name => "digest equality";

    public override void AtEnd()
    {
        var replicas = View.Cluster.Running.Select(static m => (Machine: m, m.Process!.Replica!)).Select(static m => (m.Machine, Digest: m.Item2.Digest(), Contents: Contents(m.Item2))).ToList();
        foreach (var other in replicas.Skip(1))
        {
            var first = replicas[0];
            var differing = first.Contents.Except(other.Contents).Concat(other.Contents.Except(first.Contents)).Take(3).ToList();
            if (first.Digest == other.Digest != (differing.Count == 0))
                Fail($"{first.Machine} and {other.Machine} have {(first.Digest == other.Digest ? "equal" : "different")} digests, and differ in {string.Join(", ", differing)}");
        }
    }

    /// <summary>
    /// Everything that a table holds, tombstones included. What expires shows as expired, without its value: when a replica finds that it
    /// has is its own affair.
    /// </summary>
    public static List<(string Key, VersionStamp Version, EntryKind Kind, long ExpiresAtMs, string Value)> Contents(Replica replica)
    {
        var dump = new Dump();
        ulong cursor = 0;
        do
            cursor = NodeInspection.TableOf(replica).Scan(cursor, 1_000, Table.Everything, ref dump);
        while (cursor != 0);
        return dump.Entries;
    }

    private readonly struct Dump() : IEntryVisitor
    {
        public List<(string Key, VersionStamp Version, EntryKind Kind, long ExpiresAtMs, string Value)> Entries { get; } = [];

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) =>
            Entries.Add((
                Encoding.UTF8.GetString(key),
                entry.Version,
                entry.ExpiresAtMs == 0 ? entry.Kind : EntryKind.Expired,
                entry.ExpiresAtMs,
                entry is { Kind: EntryKind.Value, ExpiresAtMs: 0 } ? Encoding.UTF8.GetString(entry.Value) : ""));
    }
}
