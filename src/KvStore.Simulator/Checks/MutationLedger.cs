using System.Text;
using KvStore.Core.Replication;
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
internal sealed record Written(ulong Origin, long Number, string Key, VersionStamp Version, RecordKind Kind, long ExpiresAtMs, string Value);

/// <summary>Every mutation that any process ever accepted, taken down when it was published, or when its process ended before that.</summary>
internal sealed class MutationLedger
{
    private readonly Dictionary<ulong, List<Written?>> _byOrigin = [];

    /// <summary>Called for each new one.</summary>
    public Action<Written>? Accepted { get; set; }

    /// <summary>How many it has not seen: they were not published, as the log was full, and the backlog had let go of them.</summary>
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
        var records = message.Records.Span;
        for (var number = message.First; number <= message.Last; number++)
        {
            var record = EntryRecord.Read(ref records, message.Origin);
            if (number <= written.Count)
                continue;
            var entry = new Written(message.Origin, number, Encoding.UTF8.GetString(record.Key), record.Version, record.Kind, record.ExpiresAtMs, Encoding.UTF8.GetString(record.Value));
            written.Add(entry);
            Accepted?.Invoke(entry);
        }
    }

    /// <summary>Takes down what a replica has accepted, and perhaps logged, and not published: it ended before, or its log was full.</summary>
    public void AddUnpublished(Replica replica)
    {
        foreach (var message in NodeInspection.BacklogOf(replica).From(replica.StartId, Of(replica.StartId).Count + 1).ToList())
            Add(message);
    }
}
