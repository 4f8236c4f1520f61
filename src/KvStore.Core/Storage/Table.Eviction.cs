namespace KvStore.Core.Storage;

/// <content>How much memory there is in use, and which key to give up when it is too much.</content>
public sealed unsafe partial class Table
{
    /// <summary>
    /// Keys that are drawn to find one that was not used for long: as many as Redis draws. Exact order of use would cost two
    /// links for each key and a write to three keys for each read.
    /// </summary>
    private const int LruSamples = 5;

    /// <summary>Draws, those that found no key included.</summary>
    private const int MaxDraws = 4 * LruSamples;

    /// <summary>Buckets that one draw may look at: it must not become a walk where next to nothing can be chosen.</summary>
    private const int MaxProbes = 256;

    /// <summary>Access times count units of 256 ms: 4 bytes of them tell 17 years apart in either direction.</summary>
    private const int AccessUnitShift = 8;

    private static readonly long DigestBytes = (Partitions + 1) * SlotsPerPartition * (long)sizeof(UInt128);

    private uint _accessTime;
    private ulong _random;

    /// <summary>Bytes in records, after rounding up, and in what finds and digests them.</summary>
    public long MemoryBytes => _arena.UsedBytes + _arena.BucketBytes + DigestBytes;

    /// <summary>Those of them that are in tombstones.</summary>
    public long TombstoneBytes => Sum(static p => p.TombstoneBytes);

    /// <summary>Sets the time that accesses are noted with, in Unix milliseconds.</summary>
    public void Advance(long nowMs) => _accessTime = (uint)(nowMs >> AccessUnitShift);

    /// <summary>As <see cref="TryGet"/>, and notes that the key was used.</summary>
    public bool TryRead(ReadOnlySpan<byte> key, out EntryView entry)
    {
        var record = PartitionOf(Slot.Of(key)).Find(key, ByteHash.Of(key, _seed));
        if (record == null)
        {
            entry = default;
            return false;
        }
        // A line of memory that is not written to need not be written back.
        if (record->LastAccess != _accessTime)
            record->LastAccess = _accessTime;
        entry = Record.View(record, _startIds);
        return true;
    }

    /// <summary>
    /// Draws some live keys at random and chooses the one that was not used for longest. The same calls on a table of the same
    /// seed choose the same keys.
    /// </summary>
    /// <param name="nowMs">When they are live, in Unix milliseconds.</param>
    /// <param name="mustFree">Only keys whose deletion frees memory at once: a tombstone may be as large as a small value.</param>
    /// <param name="key">The key; the span is good until the next change.</param>
    /// <returns>False when none was found.</returns>
    public bool SampleLeastRecentlyUsed(long nowMs, bool mustFree, out ReadOnlySpan<byte> key)
    {
        key = default;
        var live = Live;
        if (live == 0)
            return false;
        Record* oldest = null;
        var samples = 0;
        for (var draws = 0; draws < MaxDraws && samples < LruSamples; draws++)
        {
            var partition = PartitionOfLive((long)(NextRandom() % (ulong)live));
            var record = partition.Sample(NextRandom(), MaxProbes, nowMs, mustFree);
            if (record == null)
                continue;
            samples++;
            if (oldest == null || IdleUnits(record) > IdleUnits(oldest))
                oldest = record;
        }
        if (oldest == null)
            return false;
        key = Record.Key(oldest);
        return true;
    }

    /// <summary>The partition that has the live entry of this number, so that each entry has the same chance.</summary>
    private Partition PartitionOfLive(long number)
    {
        foreach (var partition in _partitions)
        {
            number -= partition.Count - partition.Tombstones;
            if (number < 0)
                return partition;
        }
        throw new CorruptStateException("The partitions hold fewer live entries than the table.");
    }

    // Negative where the clock was set back since: such a record counts as just used.
    private int IdleUnits(Record* record) => (int)(_accessTime - record->LastAccess);

    // Vigna's weyl sequence through the mixer, as wyrand.
    private ulong NextRandom()
    {
        _random += 0x9e3779b97f4a7c15;
        return ByteHash.Mix(_random, _random ^ 0xe7037ed1a0b428db);
    }
}
