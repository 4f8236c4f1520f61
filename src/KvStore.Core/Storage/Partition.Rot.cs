namespace KvStore.Core.Storage;

/// <content>What to do about records that memory has changed by itself.</content>
internal sealed unsafe partial class Partition
{
    /// <summary>True when <paramref name="record"/> is what its key leads to: a record whose key has rotted is found under none.</summary>
    private bool IsFound(Record* record)
    {
        var key = Record.Key(record);
        return (Slot.Of(key) & ~(Table.SlotsPerPartition - 1)) == first && Find(key, Hash(key)) == record;
    }

    /// <summary>
    /// Goes over the records of some slots, and removes those that no key leads to and those that <paramref name="judge"/> does not
    /// let stay. What is counted of the records is counted anew: their kinds may have rotted too.
    /// </summary>
    /// <returns>How many were removed.</returns>
    public int Sift<TJudge>(SlotSet slots, ref TJudge judge)
        where TJudge : IEntryJudge, allows ref struct
    {
        var removed = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            ref var link = ref _buckets[i];
            while (link != 0)
            {
                var record = RecordAt(link);
                var key = Record.Key(record);
                if (!slots.Contains(Slot.Of(key)) || (IsFound(record) && judge.MayStay(key, Record.View(record, startIds))))
                {
                    link = ref record->Next;
                    continue;
                }
                Remove(ref link);
                removed++;
            }
        }
        if (removed > 0)
            Digests.RestartScrub();
        CountAnew();
        return removed;
    }

    private void CountAnew()
    {
        (Tombstones, TombstoneBytes, Expiring) = (0, 0, 0);
        foreach (var head in _buckets)
        {
            for (var link = head; link != 0; link = RecordAt(link)->Next)
                Tally(RecordAt(link), +1);
        }
    }
}
