namespace KvStore.Core.Storage;

/// <summary>
/// A chained hash table over one range of slots. Buckets hold links: an address in the low 48 bits and 16 bits of the hash
/// above, so that most records that do not match are passed without being compared.
/// </summary>
/// <remarks>
/// A table of millions of keys that doubled at once would stop the store for tens of milliseconds; the
/// <see cref="Table"/> has 64 of these, each of which doubles on its own.
/// By aspect: this file finds and changes one record; Walks goes over all of them; Rot sorts out what can't be trusted; Eviction
/// picks one at random.
/// </remarks>
/// <param name="arena">Where records lie.</param>
/// <param name="startIds">What the indices in versions stand for.</param>
/// <param name="seed">Of the hash that finds records.</param>
/// <param name="first">The first slot of the range.</param>
internal sealed unsafe partial class Partition(Arena arena, StartIds startIds, ulong seed, int first)
{
    private const int InitialBuckets = 16;
    private const ulong AddressMask = (1UL << 48) - 1;

    private ulong[] _buckets = NewBuckets(arena, InitialBuckets, replaced: 0);

    /// <summary>Of the slots in this range.</summary>
    public SlotDigests Digests { get; } = new();

    /// <summary>Records of any kind.</summary>
    public int Count { get; private set; }

    /// <summary>Deleted and expired ones among them.</summary>
    public int Tombstones { get; private set; }

    /// <summary>Bytes in those.</summary>
    public long TombstoneBytes { get; private set; }

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

    /// <summary>A record whose key has this hash; two of one partition have it once in 2^64 pairs.</summary>
    public Record* Find(ulong hash)
    {
        for (var link = Bucket(hash); link != 0; link = RecordAt(link)->Next)
        {
            if (((link ^ hash) & ~AddressMask) == 0 && Hash(Record.Key(RecordAt(link))) == hash)
                return RecordAt(link);
        }
        return null;
    }

    /// <summary>Adds a record for a key that has none. When it was last accessed is for the caller to say.</summary>
    public Record* Insert(ReadOnlySpan<byte> key, ulong hash, int slot, in EntryView entry)
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
        Digests.Add(slot, hash, ContentHash.DigestTerm(key, entry));
        return record;
    }

    /// <summary>Gives the key of <paramref name="record"/> another entry, in place where it fits. The value may be the old record's.</summary>
    public Record* Replace(Record* record, ulong hash, int slot, in EntryView entry)
    {
        var key = ContentHash.OfKey(Record.Key(record));
        var change = ContentHash.Term(key, entry) - ContentHash.Term(key, Record.View(record, startIds));
        record = Rewrite(record, hash, entry);
        Digests.Add(slot, hash, change);
        return record;
    }

    /// <summary>Forgets every record; the arena gives their memory back.</summary>
    public int Clear()
    {
        var dropped = Count;
        _buckets = NewBuckets(arena, InitialBuckets, _buckets.Length);
        Count = 0;
        Tombstones = 0;
        TombstoneBytes = 0;
        Expiring = 0;
        Digests.Clear();
        return dropped;
    }

    /// <summary>As <see cref="Replace"/>, where the digest does not change.</summary>
    private Record* Rewrite(Record* record, ulong hash, in EntryView entry)
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
        moved->LastAccess = record->LastAccess;
        LinkTo(record, hash) = Link(moved, hash);
        arena.Free((byte*)record, record->Size);
        Tally(moved, +1);
        return moved;
    }

    /// <summary>Takes out the record that <paramref name="link"/> leads to.</summary>
    private void Remove(ref ulong link)
    {
        var record = RecordAt(link);
        var key = Record.Key(record);
        Digests.Add(Slot.Of(key), Hash(key), -ContentHash.DigestTerm(key, Record.View(record, startIds)));
        Tally(record, -1);
        Count--;
        link = record->Next;
        arena.Free((byte*)record, record->Size);
    }

    private static ulong[] NewBuckets(Arena arena, int count, int replaced)
    {
        arena.BucketBytes += (count - replaced) * sizeof(ulong);
        return new ulong[count];
    }

    private static Record* RecordAt(ulong link) => (Record*)(link & AddressMask);

    private static ulong Link(Record* record, ulong hash) => (ulong)record | (hash & ~AddressMask);

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
        {
            Tombstones += by;
            TombstoneBytes += by * Arena.Capacity(record->Size);
        }
        else if (record->HasExpiry)
        {
            Expiring += by;
        }
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = NewBuckets(arena, old.Length * 2, old.Length);
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
