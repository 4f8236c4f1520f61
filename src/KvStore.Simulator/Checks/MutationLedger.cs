using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>One mutation, as its origin numbered it.</summary>
/// <param name="Origin">The start id that accepted it.</param>
/// <param name="Number">Its number there, from 1.</param>
/// <param name="Key">The key; empty for a FLUSHALL.</param>
/// <param name="Version">The version that it stamped.</param>
/// <param name="Kind">What it does.</param>
/// <param name="ExpiresAtMs">Unix milliseconds; 0 for never.</param>
/// <param name="Value">The value as text; empty for a deletion.</param>
internal sealed record Written(ulong Origin, long Number, string Key, VersionStamp Version, RecordKind Kind, long ExpiresAtMs, string Value)
{
    /// <summary>The hash of the value's bytes, by which an expired entry still says what it was; 0 where there is no value.</summary>
    public ulong ValueHash { get; init; }
}

/// <summary>Every mutation that any process ever accepted, taken down at once.</summary>
internal sealed class MutationLedger
{
    private readonly Dictionary<ulong, List<Written?>> _byOrigin = [];

    /// <summary>Called for each new one.</summary>
    public Action<Written>? Accepted { get; set; }

    /// <summary>Called when a number comes again and is something else; with what it was, and what it is.</summary>
    public Action<Written, Written>? Contradicted { get; set; }

    /// <summary>How many it has not seen: the backlog had let go of them in the turn in which they were accepted.</summary>
    public long Missed { get; private set; }

    /// <summary>What an origin has numbered, from 1 on; null where it was missed.</summary>
    public IReadOnlyList<Written?> Of(ulong origin) => _byOrigin.GetValueOrDefault(origin) ?? [];

    /// <summary>All origins that have accepted anything.</summary>
    public IEnumerable<ulong> Origins => _byOrigin.Where(static o => o.Value.Count > 0).Select(static o => o.Key);

    /// <summary>Takes down what is new in a message. One that comes again, or was taken from a backlog before, adds nothing.</summary>
    public void Add(Mutations message)
    {
        var written = WrittenOf(message.Origin);
        Miss(written, message.First - 1);
        foreach (var entry in Read(message))
            Add(written, entry);
    }

    /// <summary>
    /// Takes down what a replica has accepted under a start id, be it published, logged or neither: clients may have read it already, and the
    /// pieces of its table that it gives others may hold it.
    /// </summary>
    public void TakeDown(Replica replica, ulong startId)
    {
        var backlog = NodeInspection.BacklogOf(replica);
        // Where the backlog has let go of the first, those behind them are there still.
        var last = startId == replica.StartId ? replica.LastNumber : Of(startId).Count + 1;
        for (var number = Of(startId).Count + 1L; number <= last; number = Math.Max(number + 1, Of(startId).Count + 1L))
        {
            foreach (var message in backlog.From(startId, number).ToList())
                Add(message);
        }
        var (records, count) = NodeInspection.PendingOf(replica);
        if (startId != replica.StartId)
            return;
        if (count > 0)
            Add(new Mutations(startId, replica.LastNumber - count + 1, count, records));
        Miss(WrittenOf(startId), replica.LastNumber);
    }

    private void Add(List<Written?> written, Written entry)
    {
        if (entry.Number > written.Count)
        {
            written.Add(entry);
            Accepted?.Invoke(entry);
            return;
        }
        var known = written[(int)entry.Number - 1];
        if (known is null)
        {
            Missed--;
            written[(int)entry.Number - 1] = entry;
            Accepted?.Invoke(entry);
        }
        else if (known != entry)
        {
            Contradicted?.Invoke(known, entry);
        }
    }

    private void Miss(List<Written?> written, long upTo)
    {
        while (written.Count < upTo)
        {
            written.Add(null);
            Missed++;
        }
    }

    private List<Written?> WrittenOf(ulong origin)
    {
        if (!_byOrigin.TryGetValue(origin, out var written))
            _byOrigin.Add(origin, written = []);
        return written;
    }

    private static List<Written> Read(Mutations message)
    {
        var all = new List<Written>(message.Count);
        var records = message.Records.Span;
        for (var number = message.First; number <= message.Last; number++)
        {
            var record = EntryRecord.Read(ref records, message.Origin);
            all.Add(new Written(message.Origin, number, Encoding.UTF8.GetString(record.Key), record.Version, record.Kind, record.ExpiresAtMs, Encoding.UTF8.GetString(record.Value))
            {
                ValueHash = record.Kind == RecordKind.Value ? ContentHash.OfValue(record.Value) : 0,
            });
        }
        return all;
    }
}
