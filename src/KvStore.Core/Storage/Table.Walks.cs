namespace KvStore.Core.Storage;

/// <content>
/// Walks over all entries, piece by piece: a cursor is the partition in the low 6 bits and <see cref="BucketCursor"/> above.
/// </content>
public sealed unsafe partial class Table
{
    /// <summary>A walk passes this many buckets for each entry of its budget: a table that was emptied is all empty buckets.</summary>
    private const long BucketsPerEntry = 10;

    /// <summary>
    /// Walks on from <paramref name="cursor"/> until at least <paramref name="budget"/> entries, or ten times as many buckets,
    /// were visited. An entry that is there from the first call to the last is visited at least once.
    /// </summary>
    /// <param name="cursor">0, or what the last call returned.</param>
    /// <param name="budget">Entries.</param>
    /// <param name="liveAtMs">Show only what clients see at this time; <see cref="Everything"/> for tombstones too.</param>
    /// <param name="visitor">Must not change the table.</param>
    /// <returns>Where to go on; 0 when the walk is complete.</returns>
    public ulong Scan<TVisitor>(ulong cursor, int budget, long liveAtMs, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        var buckets = Math.Max(budget, 1) * BucketsPerEntry;
        var partition = (int)(cursor & (Partitions - 1));
        var within = cursor >> PartitionBits;
        while (budget > 0 && buckets-- > 0)
        {
            within = _partitions[partition].Visit(within, liveAtMs, ref visitor, out var visited);
            budget -= visited;
            if (within == 0 && ++partition == Partitions)
                return 0;
        }
        return (within << PartitionBits) | (uint)partition;
    }

    /// <summary>
    /// Turns entries whose expiry has passed into tombstones of the same version, from <paramref name="cursor"/> on, in at
    /// most <paramref name="buckets"/> buckets; partitions without an expiry cost one.
    /// </summary>
    /// <returns>Where to go on; 0 when the walk is complete.</returns>
    public ulong Expire(ulong cursor, int buckets, long nowMs, ref int expired)
    {
        var partition = (int)(cursor & (Partitions - 1));
        var within = cursor >> PartitionBits;
        while (buckets-- > 0)
        {
            within = _partitions[partition].Expiring == 0 ? 0 : _partitions[partition].Expire(within, nowMs, ref expired);
            if (within == 0 && ++partition == Partitions)
                return 0;
        }
        return (within << PartitionBits) | (uint)partition;
    }

    /// <summary>
    /// Walks on through one partition as <see cref="Scan"/> does with <see cref="Everything"/>, and shows the entries of some of
    /// its slots.
    /// </summary>
    /// <param name="partition">From 0 to 63.</param>
    /// <param name="slots">Which slots.</param>
    /// <param name="cursor">0, or what the last call for this partition returned.</param>
    /// <param name="budget">Entries, those of other slots included.</param>
    /// <param name="visitor">Must not change the table.</param>
    /// <returns>Where to go on in the partition; 0 when it is complete.</returns>
    public ulong ScanSlots<TVisitor>(int partition, SlotSet slots, ulong cursor, int budget, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(slots);
        var walked = _partitions[partition];
        var buckets = Math.Max(budget, 1) * BucketsPerEntry;
        var showsAll = slots.IsFull;
        while (budget > 0 && buckets-- > 0)
        {
            cursor = showsAll
                ? walked.Visit(cursor, Everything, ref visitor, out var visited)
                : walked.VisitSlots(cursor, slots, ref visitor, out visited);
            if (cursor == 0)
                return 0;
            budget -= visited;
        }
        return cursor;
    }

    /// <summary>
    /// Removes tombstones, deleted or expired, that were stamped up to <paramref name="upToClock"/>, from <paramref name="cursor"/>
    /// on, in at most <paramref name="buckets"/> buckets; partitions without a tombstone cost one. Whoever calls it knows that no
    /// older entry of these keys can come any more.
    /// </summary>
    /// <returns>Where to go on; 0 when the walk is complete.</returns>
    public ulong Collect(ulong cursor, int buckets, ulong upToClock, ref int collected)
    {
        var partition = (int)(cursor & (Partitions - 1));
        var within = cursor >> PartitionBits;
        while (buckets-- > 0)
        {
            within = _partitions[partition].Tombstones == 0 ? 0 : _partitions[partition].Collect(within, upToClock, ref collected);
            if (within == 0 && ++partition == Partitions)
                return 0;
        }
        return (within << PartitionBits) | (uint)partition;
    }
}
