using KvStore.Core.Versioning;

namespace KvStore.Core.Storage;

/// <summary>What became of an entry that was offered to the table.</summary>
public enum ApplyOutcome
{
    /// <summary>It is what the key has now.</summary>
    Applied,

    /// <summary>The table had it already.</summary>
    Same,

    /// <summary>The table has a newer one, or the floor is above it.</summary>
    Superseded,

    /// <summary>
    /// The table had other content under the same version, which no sound cluster produces. The greater content hash
    /// stays, so that replicas agree even so.
    /// </summary>
    Diverged,

    /// <summary>As <see cref="Diverged"/>, in a slot whose records can't be trusted: what was offered took the place of what had rotted.</summary>
    Restored,
}

/// <summary>
/// The dictionary: versioned entries and tombstones in 64 partitions, each a range of 256 slots. Last writer wins: an entry
/// is kept when its version is greater, so the order in which entries arrive does not matter. One owner, one thread.
/// </summary>
/// <remarks>By aspect: this file finds and changes one entry; Walks goes over all; Digests tells tables
/// apart; Suspects are the slots that can't be trusted; Eviction says which key to give up when there is too little memory.</remarks>
public sealed unsafe partial class Table : IDisposable
{
    /// <summary>How many partitions; SCAN, digests and transfers walk them in order.</summary>
    public const int Partitions = 64;

    /// <summary>How many of the 16384 slots are in one partition: partition <c>p</c> has those with <c>slot >> 8 == p</c>.</summary>
    public const int SlotsPerPartition = Slot.Count / Partitions;

    /// <summary>As a time for <see cref="Scan"/>: entries of any kind.</summary>
    public const long Everything = long.MinValue;

    private const int PartitionBits = 6;
    private const int SlotsPerPartitionShift = 8;

    private readonly Arena _arena = new();
    private readonly StartIds _startIds = new();
    private readonly Partition[] _partitions = new Partition[Partitions];
    private readonly ulong _seed;
    private VersionStamp _newest;

    /// <summary>Creates an empty table.</summary>
    /// <param name="hashSeed">Secret from clients: it keeps chosen keys from colliding.</param>
    public Table(ulong hashSeed)
    {
        _seed = hashSeed;
        _random = hashSeed;
        for (var i = 0; i < Partitions; i++)
            _partitions[i] = new Partition(_arena, _startIds, hashSeed, first: i << SlotsPerPartitionShift);
    }

    /// <summary>Every entry at or below this version is absent, and none comes back. Raised by FLUSHALL, never lowered.</summary>
    public VersionStamp Floor { get; private set; }

    /// <summary>Entries of any kind.</summary>
    public long Count => Sum(static p => p.Count);

    /// <summary>Entries that are not tombstones; expired ones count until <see cref="Expire"/> finds them.</summary>
    public long Live => Sum(static p => p.Count - p.Tombstones);

    /// <summary>Live entries with an expiry.</summary>
    public long Expiring => Sum(static p => p.Expiring);

    /// <summary>Bytes in records, and bytes held from the system for them.</summary>
    public (long Used, long Reserved) Memory => (_arena.UsedBytes, _arena.ReservedBytes);

    /// <summary>Finds the entry of a key, tombstones included.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out EntryView entry)
    {
        var record = PartitionOf(Slot.Of(key)).Find(key, ByteHash.Of(key, _seed));
        if (record == null)
        {
            entry = default;
            return false;
        }
        entry = Record.View(record, _startIds);
        return true;
    }

    /// <summary>Finds the entry of a partition whose key has this hash under the table's seed, tombstones included.</summary>
    public bool TryFind(int partition, ulong hash, out EntryView entry)
    {
        var record = _partitions[partition].Find(hash);
        if (record == null)
        {
            entry = default;
            return false;
        }
        entry = Record.View(record, _startIds);
        return true;
    }

    /// <summary>Keeps <paramref name="entry"/> if it is newer than what the key has.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry; its value may be the one that the table has for the key.</param>
    /// <param name="previous">The version that the key had; <see cref="VersionStamp.None"/> for none.</param>
    /// <param name="stored">The entry as the table has it now, where the outcome is <see cref="ApplyOutcome.Applied"/>.</param>
    public ApplyOutcome Apply(ReadOnlySpan<byte> key, in EntryView entry, out VersionStamp previous, out EntryView stored)
    {
        previous = VersionStamp.None;
        stored = default;
        if (entry.Version <= Floor)
            return ApplyOutcome.Superseded;
        var hash = ByteHash.Of(key, _seed);
        var slot = Slot.Of(key);
        var partition = PartitionOf(slot);
        var record = partition.Find(key, hash);
        if (_newest < entry.Version)
            _newest = entry.Version;
        if (record == null)
        {
            record = partition.Insert(key, hash, slot, entry);
            record->LastAccess = _accessTime;
            stored = Record.View(record, _startIds);
            return ApplyOutcome.Applied;
        }
        previous = Record.Version(record, _startIds);
        if (previous > entry.Version)
            return ApplyOutcome.Superseded;
        if (previous < entry.Version)
        {
            record = partition.Replace(record, hash, slot, entry);
            record->LastAccess = _accessTime;
            stored = Record.View(record, _startIds);
            return ApplyOutcome.Applied;
        }
        var mine = ContentHash.OfEntry(Record.View(record, _startIds));
        var theirs = ContentHash.OfEntry(entry);
        if (mine == theirs)
            return ApplyOutcome.Same;
        if (IsSuspect(slot))
        {
            partition.Replace(record, hash, slot, entry);
            return ApplyOutcome.Restored;
        }
        if (theirs > mine)
            partition.Replace(record, hash, slot, entry);
        return ApplyOutcome.Diverged;
    }

    /// <summary>Raises the floor and drops what it covers; how many entries.</summary>
    public long RaiseFloor(VersionStamp floor)
    {
        if (floor <= Floor)
            return 0;
        Floor = floor;
        if (_newest > floor)
            return Sum(p => p.DropUpTo(floor));
        // The usual FLUSHALL covers everything: millions of records need not be visited to be forgotten.
        return DropAll();
    }

    /// <summary>Forgets everything, the floor included, for a replica that discards its state and joins anew.</summary>
    public void Clear()
    {
        DropAll();
        Floor = VersionStamp.None;
        _newest = VersionStamp.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

    private Partition PartitionOf(int slot) => _partitions[slot >> SlotsPerPartitionShift];

    private long DropAll()
    {
        var dropped = Sum(static p => p.Clear());
        _arena.Reset();
        _suspects.Clear();
        _suspectSlots = [];
        return dropped;
    }

    private long Sum(Func<Partition, long> part)
    {
        long sum = 0;
        foreach (var partition in _partitions)
            sum += part(partition);
        return sum;
    }
}
