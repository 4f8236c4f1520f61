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

    /// <summary>All origins.</summary>
    public IEnumerable<ulong> Origins => _byOrigin.Keys;

    /// <summary>Takes down what is new in a message. One that comes again, or was taken from a backlog before, adds nothing.</summary>
    public void Add(Mutations message)
    {
        if (!_byOrigin.TryGetValue(message.Origin, out var written))
            _byOrigin.Add(message.Origin, written = []);
        while (message.First > written.Count + 1)
        {
            written.Add(null);
            Missed++;
        }
        var number = message.First;
        foreach (var entry in Read(message))
        {
            if (number++ <= written.Count)
            {
                if (written[(int)entry.Number - 1] is { } known && known != entry)
                    Contradicted?.Invoke(known, entry);
                continue;
            }
            written.Add(entry);
            Accepted?.Invoke(entry);
        }
    }

    /// <summary>
    /// Takes down what a replica has accepted under a start id, be it published, logged or neither: clients may have read it already, and the
    /// pieces of its table that it gives others may hold it.
    /// </summary>
    public void TakeDown(Replica replica, ulong startId)
    {
        foreach (var message in NodeInspection.BacklogOf(replica).From(startId, Of(startId).Count + 1).ToList())
            Add(message);
        var (records, count) = NodeInspection.PendingOf(replica);
        if (startId == replica.StartId && count > 0)
            Add(new Mutations(startId, replica.LastNumber - count + 1, count, records));
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
