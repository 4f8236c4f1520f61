namespace KvStore.Core.Storage;

/// <content>A sample for the table to choose from.</content>
internal sealed unsafe partial class Partition
{
    /// <summary>
    /// A live record of a random bucket, or of the first after it that has one; null when there was none.
    /// </summary>
    /// <param name="random">Any number.</param>
    /// <param name="probes">How many buckets may be looked at.</param>
    /// <param name="nowMs">When the record is live.</param>
    /// <param name="mustFree">Leaves out those whose tombstone would be as large.</param>
    public Record* Sample(ulong random, int probes, long nowMs, bool mustFree)
    {
        var mask = (ulong)_buckets.Length - 1;
        for (var at = random & mask; probes-- > 0; at = (at + 1) & mask)
        {
            var seen = 0UL;
            Record* chosen = null;
            for (var link = _buckets[at]; link != 0; link = RecordAt(link)->Next)
            {
                var record = RecordAt(link);
                if (!Record.View(record, startIds).IsLive(nowMs) || (mustFree && !FreesMemory(record)))
                    continue;
                // Each of a chain with an equal chance.
                if ((random >> 32) % ++seen == 0)
                    chosen = record;
            }
            if (chosen != null)
                return chosen;
        }
        return null;
    }

    private static bool FreesMemory(Record* record) => Arena.Capacity(record->TombstoneSize) < Arena.Capacity(record->Size);
}
