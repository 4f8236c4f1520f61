namespace KvStore.Core.Storage;

/// <content>
/// Digests, by which replicas tell whether, and where, they differ: sums modulo 2^128 of every entry's
/// <see cref="ContentHash.DigestTerm"/>, kept with every change. A tombstone has a term too.
/// </content>
public sealed unsafe partial class Table
{
    private readonly List<int> _mismatched = [];
    private UInt128[]? _scrubSums;
    private int _scrubbed;

    /// <summary>Slots whose records were found to be other than they were written: memory has changed by itself.</summary>
    public long Mismatches { get; private set; }

    /// <summary>The last slot that was found so; -1 for none.</summary>
    public int LastMismatch { get; private set; } = -1;

    /// <summary>The digest of one of the 16384 slots.</summary>
    public UInt128 SlotDigest(int slot) => PartitionOf(slot).Digests[slot];

    /// <summary>The sum of the digests of a partition's slots.</summary>
    /// <param name="partition">From 0 to 63.</param>
    public UInt128 PartitionDigest(int partition) => _partitions[partition].Digests.Sum();

    /// <summary>The sum of all digests, and a term for the floor: equal on two replicas exactly when their contents are.</summary>
    public UInt128 Digest()
    {
        var sum = ContentHash.DigestTerm([], new EntryView(Floor, EntryKind.Deleted, 0, []));
        foreach (var partition in _partitions)
            sum += partition.Digests.Sum();
        return sum;
    }

    /// <summary>
    /// Goes on deriving digests from the records, partition after partition; where a slot differs from what was kept, it is
    /// counted in <see cref="Mismatches"/> and suspect, and what was derived is kept from then on, so that peers see the difference.
    /// Exact though the table changes between two calls.
    /// </summary>
    /// <param name="buckets">What to spend; a large value counts as several.</param>
    /// <returns>True when the last partition was completed; the next call begins with the first.</returns>
    public bool Scrub(int buckets)
    {
        _scrubSums ??= new UInt128[SlotsPerPartition];
        while (buckets > 0)
        {
            var hasMore = _partitions[_scrubbed].Scrub(_scrubSums, out var cost);
            buckets -= cost;
            if (!hasMore && CompleteScrub())
                return true;
        }
        return false;
    }

    private bool CompleteScrub()
    {
        _mismatched.Clear();
        _partitions[_scrubbed].Digests.EndScrub(_mismatched);
        foreach (var slot in _mismatched)
        {
            Mismatches++;
            LastMismatch = (_scrubbed << SlotsPerPartitionShift) | slot;
            Suspect(LastMismatch);
        }
        _scrubbed = (_scrubbed + 1) % Partitions;
        return _scrubbed == 0;
    }
}
