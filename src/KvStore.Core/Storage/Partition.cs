using System.Buffers.Binary;
using KvStore.Core.Versioning;

namespace KvStore.Core.Storage;

/// <summary>
/// A chained hash table over one range of slots. Buckets hold links: an address in the low 48 bits and 16 bits of the hash
/// above, so that most records that do not match are passed without being compared.
/// </summary>
/// <remarks>
/// A table of millions of keys that doubled at once would stop the store for tens of milliseconds; the
/// <see cref="Table"/> has 64 of these, each of which doubles on its own.
/// </remarks>
internal sealed unsafe class Partition(Arena arena, StartIds startIds, ulong seed)
{
    private const int InitialBuckets = 16;
    private const ulong AddressMask = (1UL << 48) - 1;

    private ulong[] _buckets = new ulong[InitialBuckets];

    /// <summary>Records of any kind.</summary>
    public int Count { get; private set; }

    /// <summary>Deleted and expired ones among them.</summary>
    public int Tombstones { get; private set; }

    /// <summary>Values with an expiry that has not been found to have passed.</summary>
    public int Expiring { get; private set; }

    public Record* Find(ReadOnlySpan<byte> key, ulong hash)
    {
        for (var link = Bucket(hash); link != 0; link = RecordAt(link)->Next)
        {
            if (((link ^ hash) & ~AddressMask) == 0 && Record.Key(RecordAt(link)).SequenceEqual(key))
                return RecordAt(link);
        }
        return null;
    }

    /// <summary>Adds a record for a key that has none.</summary>
    public Record* Insert(ReadOnlySpan<byte> key, ulong hash, in EntryView entry)
    {
        if (Count == _buckets.Length)
            Grow();
        var record = (Record*)arena.Allocate(Record.SizeOf(key.Length, entry.Value.Length, entry.ExpiresAtMs != 0));
        Record.SetKey(record, key);
        Record.SetEntry(record, entry, startIds.IndexOf(entry.Version.StartId));
        ref var bucket = ref Bucket(hash);
        record->Next = bucket;
        bucket = Link(record, hash);
        Count++;
        Tally(record, +1);
        return record;
    }

    /// <summary>Gives the key of <paramref name="record"/> another entry, in place where it fits. The value may be the old record's.</summary>
    public Record* Replace(Record* record, ulong hash, in EntryView entry)
    {
        var key = Record.Key(record);
        var size = Record.SizeOf(key.Length, entry.Value.Length, entry.ExpiresAtMs != 0);
        var startIndex = startIds.IndexOf(entry.Version.StartId);
        Tally(record, -1);
        if (Arena.Capacity(size) == Arena.Capacity(record->Size))
        {
            Record.SetEntry(record, entry, startIndex);
            Tally(record, +1);
            return record;
        }
        var moved = (Record*)arena.Allocate(size);
        Record.SetKey(moved, key);
        Record.SetEntry(moved, entry, startIndex);
        moved->Next = record->Next;
        LinkTo(record, hash) = Link(moved, hash);
        arena.Free((byte*)record, record->Size);
        Tally(moved, +1);
        return moved;
    }

    /// <summary>
    /// Visits the bucket at <paramref name="cursor"/> and says which is next; 0 when all were visited. The cursor counts
    /// with its bits reversed, so that buckets which split while a walk is under way are neither missed nor, where they
    /// were done, visited again (as Redis's dictScan, by Pieter Noordhuis).
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
        return Next(cursor, mask);
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
            Replace(record, Hash(Record.Key(record)), tombstone);
            expired++;
        }
        return Next(cursor, mask);
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
                link = record->Next;
                Tally(record, -1);
                arena.Free((byte*)record, record->Size);
                Count--;
                dropped++;
            }
        }
        if (Count == 0)
            _buckets = new ulong[InitialBuckets];
        return dropped;
    }

    /// <summary>Forgets every record; the arena gives their memory back.</summary>
    public int Clear()
    {
        var dropped = Count;
        _buckets = new ulong[InitialBuckets];
        Count = 0;
        Tombstones = 0;
        Expiring = 0;
        return dropped;
    }

    private static Record* RecordAt(ulong link) => (Record*)(link & AddressMask);

    private static ulong Link(Record* record, ulong hash) => (ulong)record | (hash & ~AddressMask);

    private static ulong Next(ulong cursor, ulong mask) => Reverse(Reverse(cursor | ~mask) + 1);

    private static ulong Reverse(ulong bits)
    {
        bits = ((bits >> 1) & 0x5555555555555555) | ((bits & 0x5555555555555555) << 1);
        bits = ((bits >> 2) & 0x3333333333333333) | ((bits & 0x3333333333333333) << 2);
        bits = ((bits >> 4) & 0x0F0F0F0F0F0F0F0F) | ((bits & 0x0F0F0F0F0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(bits);
    }

    private ulong Hash(ReadOnlySpan<byte> key) => ByteHash.Of(key, seed);

    private ref ulong Bucket(ulong hash) => ref _buckets[hash & ((ulong)_buckets.Length - 1)];

    private ref ulong LinkTo(Record* record, ulong hash)
    {
        ref var link = ref Bucket(hash);
        while (RecordAt(link) != record)
            link = ref RecordAt(link)->Next;
        return ref link;
    }

    private void Tally(Record* record, int by)
    {
        if (record->Kind != EntryKind.Value)
            Tombstones += by;
        else if (record->HasExpiry)
            Expiring += by;
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = new ulong[old.Length * 2];
        foreach (var head in old)
        {
            var link = head;
            while (link != 0)
            {
                var record = RecordAt(link);
                var next = record->Next;
                ref var bucket = ref Bucket(Hash(Record.Key(record)));
                record->Next = bucket;
                bucket = link;
                link = next;
            }
        }
    }
}
