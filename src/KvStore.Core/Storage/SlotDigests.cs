using System.Runtime.InteropServices;

namespace KvStore.Core.Storage;

/// <summary>
/// The digests of one partition's slots: sums modulo 2^128 of <see cref="ContentHash.DigestTerm"/>, kept with every change,
/// so that two replicas find out what differs between them without walking over what does not.
/// </summary>
/// <remarks>
/// A sum that is only ever added to can't notice that a record has changed by itself. A scrub therefore derives the sums anew
/// from the records, a few buckets at a time, and a change in a bucket that it has passed goes into both sums: at its end
/// they are equal, or memory has lied.
/// </remarks>
internal sealed class SlotDigests
{
    private const int SlotMask = Table.SlotsPerPartition - 1;

    private readonly UInt128[] _kept = new UInt128[Table.SlotsPerPartition];
    private UInt128[]? _derived;

    /// <summary>The digest of a slot; which partition it belongs to does not matter.</summary>
    public UInt128 this[int slot] => _kept[slot & SlotMask];

    /// <summary>Where the scrub goes on; without a meaning while there is none.</summary>
    public ulong ScrubCursor { get; private set; }

    public bool IsScrubbing => _derived is not null;

    public UInt128 Sum()
    {
        UInt128 sum = 0;
        foreach (var digest in _kept)
            sum += digest;
        return sum;
    }

    /// <summary>Takes in what a change in the bucket of <paramref name="hash"/> adds: the new term less the old one.</summary>
    public void Add(int slot, ulong hash, UInt128 by)
    {
        _kept[slot & SlotMask] += by;
        if (_derived is not null && BucketCursor.HasPassed(ScrubCursor, hash))
            _derived[slot & SlotMask] += by;
    }

    /// <summary>There are no records any more, and the buckets are those of an empty partition.</summary>
    public void Clear()
    {
        Array.Clear(_kept);
        if (_derived is not null)
            BeginScrub(_derived);
    }

    /// <summary>Starts deriving, from the first bucket.</summary>
    /// <param name="sums">Where to, as many as there are slots; nobody else's until <see cref="EndScrub"/>.</param>
    public void BeginScrub(UInt128[] sums)
    {
        Array.Clear(sums);
        _derived = sums;
        ScrubCursor = 0;
    }

    /// <summary>Takes in the term of a record of the bucket at <see cref="ScrubCursor"/>.</summary>
    public void Derive(int slot, UInt128 term) => _derived![slot & SlotMask] += term;

    /// <summary>The bucket at <see cref="ScrubCursor"/> is done; false when it was the last.</summary>
    public bool PassBucket(ulong mask)
    {
        ScrubCursor = BucketCursor.Next(ScrubCursor, mask);
        return ScrubCursor != 0;
    }

    /// <summary>A record was taken out whose bucket its key does not tell: a scrub under way begins anew.</summary>
    public void RestartScrub()
    {
        if (_derived is not null)
            BeginScrub(_derived);
    }

    /// <summary>Compares, and keeps what was derived: replicas must compare what is there, not what was.</summary>
    /// <param name="mismatches">The slots that differed, counted within the partition, are added to it.</param>
    public void EndScrub(List<int> mismatches)
    {
        var derived = _derived!;
        _derived = null;
        // As good as always nothing differs, and a small store comes here hundreds of times a second.
        if (MemoryMarshal.AsBytes<UInt128>(_kept).SequenceEqual(MemoryMarshal.AsBytes<UInt128>(derived)))
            return;
        for (var slot = 0; slot < _kept.Length; slot++)
        {
            if (_kept[slot] == derived[slot])
                continue;
            _kept[slot] = derived[slot];
            mismatches.Add(slot);
        }
    }
}
