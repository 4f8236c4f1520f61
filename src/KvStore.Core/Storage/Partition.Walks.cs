using System.Buffers.Binary;
using KvStore.Core.Versioning;

namespace KvStore.Core.Storage;

/// <content>Walks, a bucket at a time where they may be long.</content>
internal sealed unsafe partial class Partition
{
    /// <summary>
    /// Visits the bucket at <paramref name="cursor"/> and says which is next, in the order of <see cref="BucketCursor"/>; 0 when
    /// all were visited.
    /// </summary>
    public ulong Visit<TVisitor>(ulong cursor, long liveAtMs, ref TVisitor visitor, out int visited)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        visited = 0;
        var mask = (ulong)_buckets.Length - 1;
        for (var link = _buckets[cursor & mask]; link != 0; link = RecordAt(link)->Next)
        {
            var entry = Record.View(RecordAt(link), startIds);
            if (liveAtMs == Table.Everything || entry.IsLive(liveAtMs))
                visitor.Visit(Record.Key(RecordAt(link)), entry);
            visited++;
        }
        return BucketCursor.Next(cursor, mask);
    }

    /// <summary>As <see cref="Visit"/>, for entries of any kind in some of the slots.</summary>
    public ulong VisitSlots<TVisitor>(ulong cursor, SlotSet slots, ref TVisitor visitor, out int visited)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        visited = 0;
        var mask = (ulong)_buckets.Length - 1;
        for (var link = _buckets[cursor & mask]; link != 0; link = RecordAt(link)->Next)
        {
            var key = Record.Key(RecordAt(link));
            if (slots.Contains(Slot.Of(key)))
                visitor.Visit(key, Record.View(RecordAt(link), startIds));
            visited++;
        }
        return BucketCursor.Next(cursor, mask);
    }

    /// <summary>Turns what has expired in one bucket into tombstones of the same version; the next bucket, 0 at the end.</summary>
    public ulong Expire(ulong cursor, long nowMs, ref int expired)
    {
        var mask = (ulong)_buckets.Length - 1;
        var link = _buckets[cursor & mask];
        Span<byte> valueHash = stackalloc byte[sizeof(ulong)];
        while (link != 0)
        {
            var record = RecordAt(link);
            link = record->Next;
            if (!record->HasExpiry || record->Kind != EntryKind.Value)
                continue;
            var entry = Record.View(record, startIds);
            if (entry.IsLive(nowMs))
                continue;
            BinaryPrimitives.WriteUInt64LittleEndian(valueHash, ContentHash.OfValue(entry.Value));
            var tombstone = new EntryView(entry.Version, EntryKind.Expired, entry.ExpiresAtMs, valueHash);
            Rewrite(record, Hash(Record.Key(record)), tombstone);
            expired++;
        }
        return BucketCursor.Next(cursor, mask);
    }

    /// <summary>Removes the tombstones of one bucket that were stamped up to <paramref name="upToClock"/>; the next bucket, 0 at the end.</summary>
    public ulong Collect(ulong cursor, ulong upToClock, ref int collected)
    {
        var mask = (ulong)_buckets.Length - 1;
        ref var link = ref _buckets[cursor & mask];
        while (link != 0)
        {
            var record = RecordAt(link);
            if (record->Kind == EntryKind.Value || record->Clock > upToClock)
            {
                link = ref record->Next;
                continue;
            }
            Remove(ref link);
            collected++;
        }
        return BucketCursor.Next(cursor, mask);
    }

    /// <summary>Drops every record at or below <paramref name="floor"/>; how many.</summary>
    public int DropUpTo(VersionStamp floor)
    {
        var dropped = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            ref var link = ref _buckets[i];
            while (link != 0)
            {
                var record = RecordAt(link);
                if (Record.Version(record, startIds) > floor)
                {
                    link = ref record->Next;
                    continue;
                }
                Remove(ref link);
                dropped++;
            }
        }
        if (Count == 0)
            Clear();
        return dropped;
    }

    /// <summary>
    /// Goes on deriving the digests from the records, by one bucket, or begins with it. False when it was the last: then
    /// <see cref="SlotDigests.EndScrub"/> follows.
    /// </summary>
    /// <param name="sums">Where to, at the beginning.</param>
    /// <param name="cost">What that took, in buckets of small records.</param>
    public bool Scrub(UInt128[] sums, out int cost)
    {
        const int bytesPerBucket = 1024;
        if (!Digests.IsScrubbing)
            Digests.BeginScrub(sums);
        cost = 1;
        if (Count == 0 && Digests.ScrubCursor == 0)
            return false;
        var mask = (ulong)_buckets.Length - 1;
        for (var link = _buckets[Digests.ScrubCursor & mask]; link != 0; link = RecordAt(link)->Next)
        {
            var key = Record.Key(RecordAt(link));
            var entry = Record.View(RecordAt(link), startIds);
            Digests.Derive(Slot.Of(key), ContentHash.DigestTerm(key, entry));
            cost += entry.Value.Length / bytesPerBucket;
        }
        return Digests.PassBucket(mask);
    }
}
