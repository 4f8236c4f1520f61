using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

/// <content>What must hold all the time, and what at the end.</content>
internal sealed partial class ChaosRun
{
    private void CheckReady()
    {
        foreach (var replica in _cluster.Replicas)
            replica.Ready.ShouldBeTrue(Describe());
    }

    private string Describe() => string.Join("; ", _cluster.Replicas.Select(static r =>
        $"{r.StartId:x} {(r.Ready ? "serves" : "loads")} {(r.IsComplete ? "complete" : "")} entries {r.EntryCount} tombstones {r.Tombstones} discards {r.Counters.Discards} {r.DiscardReason} session {r.CurrentSession} gaps {r.OriginsWithGaps} open {string.Join(',', r.OpenOrigins.Select(static o => $"{o:x}"))} W {r.CollectedClock >> 16} vector {Describe(r.Vector())} synced {Describe(r.Synced)} G {Describe(r.Collected)} registry {string.Join(',', r.Registry.Entries.Select(static e => $"{e.Name}/{e.Store:x}/{e.StartId:x}@{e.Clock >> 16}{(e.Forgotten ? "!" : "")}"))} peers {string.Join(',', r.Peers.Select(static p => $"{p.Replica:x} {p.Ready}/{p.Reachable}"))}"));

    private static string Describe(OriginVector vector) =>
        string.Join(',', vector.Where(static e => e.Value.Number > 0).Select(static e => $"{e.Key:x}:{e.Value.Number}@{(e.Value.IsClosed ? "closed" : $"{e.Value.Clock >> 16}")}"));

    private string DescribeKeys()
    {
        var dumps = _cluster.Replicas.Select(static r => (r.StartId, Entries: Dump(r))).ToList();
        return string.Join("; ", dumps.SelectMany(static d => d.Entries.Keys).Distinct().Where(k => dumps.Select(d => d.Entries.GetValueOrDefault(k)).Distinct().Count() > 1)
            .Select(k => $"{k} {string.Join(',', dumps.Select(d => $"{d.StartId:x}={d.Entries.GetValueOrDefault(k)}"))}"));
    }

    private void CheckContents()
    {
        foreach (var replica in _cluster.Replicas.Skip(1))
            replica.Vector().ToString().ShouldBe(_cluster.Replicas[0].Vector().ToString(), Describe());
        _cluster.Replicas.ShouldAllBe(static r => r.OriginsWithGaps == 0);
        _cluster.Replicas.Select(static r => r.Digest()).Distinct().Count().ShouldBe(1, $"contents differ: {DescribeKeys()}; {Describe()}");
    }

    private void CheckSilence()
    {
        var before = _cluster.Sent;
        var kinds = new List<string>();
        _cluster.Loses = (from, to, m) =>
        {
            kinds.Add($"{from:x} {m.GetType().Name} {to:x}");
            return false;
        };
        _cluster.Run(5_000);
        var statuses = _wanted * (_wanted - 1) * 10;
        // At rest a session is a question and an answer.
        const int sessions = (5_000 / (IntervalMs * 3 / 4)) + 1;
        (_cluster.Sent - before).ShouldBeLessThanOrEqualTo(statuses + (2 * _wanted) + (2 * _wanted * sessions), $"messages at rest: {string.Join(", ", kinds.CountBy(static k => k).OrderByDescending(static k => k.Value).Take(8))}; {Describe()}");
    }

    /// <summary>
    /// A vector covers only what the table has, or has something newer than. A key that is absent was deleted, by the last that the
    /// vector covers, and collected: so that what was deleted everywhere never comes back.
    /// </summary>
    private void CheckVectors()
    {
        // A dump looks like a snapshot that ends.
        foreach (var replica in _cluster.Replicas.Where(r => r.IsComplete && !_cluster.IsSnapshotting(r)))
        {
            var (floor, entries) = (replica.Floor, Dump(replica));
            var newest = new Dictionary<string, Written>(StringComparer.Ordinal);
            foreach (var (origin, applied) in replica.Vector())
            {
                foreach (var written in _published.GetValueOrDefault(origin, []).Take((int)Math.Min(applied.Number, int.MaxValue)))
                {
                    if (written.Kind == RecordKind.Floor)
                        (written.Version <= floor).ShouldBeTrue($"{replica.StartId:x} claims {origin:x}:{applied.Number} but its floor is {floor}, and {written.Version} was one");
                    else if (!newest.TryGetValue(written.Key, out var other) || other.Version < written.Version)
                        newest[written.Key] = written;
                }
            }
            foreach (var (key, written) in newest)
            {
                var has = entries.GetValueOrDefault(key);
                var isGone = written.Kind == RecordKind.Deleted || (written.ExpiresAtMs > 0 && written.ExpiresAtMs <= _cluster.NowMs + _skewMs);
                var isCollected = has == default && (isGone || IsDeletedBeyond(replica, written)) && written.Version.Clock <= replica.CollectedClock;
                if (has < written.Version && floor < written.Version && !isCollected)
                    throw new InvalidOperationException($"{replica.StartId:x} {replica.Ready} has {has} of {key}, and {written} is covered by {replica.Vector()}; collected {replica.CollectedClock >> 16}; all of it: {string.Join(' ', _published.SelectMany(o => o.Value.Select((w, i) => (w, Id: $"{o.Key:x}:{i + 1}"))).Where(w => w.w.Key == key && w.w.Version > written.Version).Select(static w => $"{w.Id}={w.w.Kind}@{w.w.Version}"))}; {string.Join(' ', replica.Registry.Entries.Select(static e => $"{e.Name}/{e.StartId:x}/{e.Clock >> 16}/{e.Forgotten}"))} open {string.Join(',', replica.OpenOrigins.Select(static o => $"{o:x}"))}");
            }
        }
    }

    /// <summary>Whether a deletion behind a gap in the numbers of an origin that is closed, which no number covers, was the newest.</summary>
    private bool IsDeletedBeyond(Replica replica, Written written) =>
        _published.Any(o => replica.Vector()[o.Key] is { IsClosed: true } mark && o.Value.Skip((int)mark.Number).Any(w =>
            w.Key == written.Key && w.Version > written.Version && w.Version.Clock <= replica.CollectedClock
            && (w.Kind == RecordKind.Deleted || (w.ExpiresAtMs > 0 && w.ExpiresAtMs <= _cluster.NowMs + _skewMs))));

    private void CheckCollection() =>
        _cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 0 && r.OpenOrigins.Count == 0, $"tombstones stay, though all are back: {Describe()}");

    private static Dictionary<string, VersionStamp> Dump(Replica replica)
    {
        var entries = new Dictionary<string, VersionStamp>(StringComparer.Ordinal);
        ulong cursor = 0;
        do
        {
            var slice = replica.SnapshotSlice(ref cursor, maxBytes: 1 << 20);
            var records = slice.Records.Span;
            for (var i = 0; i < slice.Count; i++)
            {
                var record = EntryRecord.Read(ref records, 0);
                entries[Encoding.UTF8.GetString(record.Key)] = record.Version;
            }
        }
        while (cursor != 0);
        return entries;
    }

    private void Note(Mutations message)
    {
        if (!_published.TryGetValue(message.Origin, out var written))
            _published.Add(message.Origin, written = []);
        written.Count.ShouldBe((int)message.First - 1);
        var records = message.Records.Span;
        for (var i = 0; i < message.Count; i++)
        {
            var record = EntryRecord.Read(ref records, message.Origin);
            written.Add(new Written(Encoding.UTF8.GetString(record.Key), record.Version, record.Kind, record.ExpiresAtMs));
        }
    }

    private readonly record struct Written(string Key, VersionStamp Version, RecordKind Kind, long ExpiresAtMs);
}
