using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>Digests: what replicas compare, and the check in the background that they are of what is really there.</content>
public sealed partial class Replica
{
    // 20,000 buckets a second are five milliseconds of it, and a million keys are gone over within a minute.
    private const int ScrubBucketsPerTick = 2_000;

    // A small table is gone over within a tick. Memory does not change by itself so often that ten times a second would find more.
    private const int ScrubPauseTicks = 10;

    private int _scrubPause;

    /// <summary>The last slot whose records were found to be other than they were written; -1 for none.</summary>
    public int LastMismatchedSlot => _table.LastMismatch;

    /// <summary>Every entry at or below this version is absent.</summary>
    public VersionStamp Floor => _table.Floor;

    /// <summary>Equal on two replicas exactly when their contents are, tombstones included.</summary>
    public UInt128 Digest() => _table.Digest();

    /// <summary>The digest of the 256 slots of a partition, from 0 to 63.</summary>
    public UInt128 PartitionDigest(int partition) => _table.PartitionDigest(partition);

    /// <summary>The digest of a slot, from 0 to 16383.</summary>
    public UInt128 SlotDigest(int slot) => _table.SlotDigest(slot);

    /// <summary>Walks on over the entries of a slot, tombstones included.</summary>
    /// <param name="slot">From 0 to 16383.</param>
    /// <param name="cursor">0, or what the last call for this slot returned.</param>
    /// <param name="budget">About how many entries to pass, those of the other slots of its partition included.</param>
    /// <param name="visitor">Must not change the replica.</param>
    /// <returns>Where to go on; 0 when the slot is complete.</returns>
    public ulong ScanSlot<TVisitor>(int slot, ulong cursor, int budget, ref TVisitor visitor)
        where TVisitor : IEntryVisitor
    {
        var slots = new SlotSet();
        slots.Add(slot);
        return _table.ScanSlots(slot / Table.SlotsPerPartition, slots, cursor, budget, ref visitor);
    }

    private void Scrub()
    {
        CheckSuspects();
        if (_scrubPause > 0)
        {
            _scrubPause--;
            return;
        }
        if (_table.Scrub(ScrubBucketsPerTick))
            _scrubPause = ScrubPauseTicks;
        Counters.DigestMismatches = _table.Mismatches;
    }
}
