using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>
/// Memory that has changed by itself. The scrub finds the slot, and not what was there: a peer has that. The entries of a suspect
/// slot are given to nobody who serves; the peer's bytes take their place where the versions are equal, and where the version here is one
/// that the peer would have to know and does not: its clock is at or below the mark of its origin in the vector that the peer held
/// before it read the slot. What the peer can't know yet, and was not written after the slot had become suspect, leaves it suspect.
/// <para>
/// Where the slot is suspect on both sides each has the other's newer entries, keeps its own bytes of what both have, and it stays so on
/// both. One that does not serve yet needs what it lacks: it takes that, and the suspicion with it.
/// </para>
/// </content>
public sealed partial class Replica
{
    /// <summary>
    /// After a session that left a slot suspect the next peer is asked so much later: what was in doubt was under way, most likely,
    /// and where every peer's is suspect, nobody is helped by more haste.
    /// </summary>
    private const long SuspectRetryMs = 10_000;

    private long _nextSuspectMs;

    /// <summary>The slots whose entries can't be trusted until a session has gone over them, in order.</summary>
    public IReadOnlyList<int> SuspectSlots => _table.SuspectSlots;

    private void CheckSuspects()
    {
        if (_table.SuspectSlots.Count == 0 || !Ready || _session is not null || _elapsedMs < _nextSuspectMs)
            return;
        if (Serving().OrderBy(static p => p.LastSession).ThenBy(static p => p.Replica).FirstOrDefault() is not { } peer)
            return;
        _nextSuspectMs = _elapsedMs + SuspectRetryMs;
        Want(peer, SessionReason.Suspect);
        StartDueSession();
    }

    /// <summary>A record that its key does not lead to: its key has rotted. Looked for only where something is known to have.</summary>
    private bool IsStray(ReadOnlySpan<byte> key) => _table.SuspectSlots.Count > 0 && !_table.TryGet(key, out _);

    /// <summary>Takes out of <paramref name="differing"/> what the donor can't be asked for, and says what is to be repaired.</summary>
    private void WeighSuspects(Session session, SessionLane lane, DigestReply reply, SlotSet differing)
    {
        bool IsCompared(int slot) => slot / Table.SlotsPerPartition == reply.Partition && reply.Slots.Contains(slot);
        foreach (var slot in reply.Suspects.Where(IsCompared))
        {
            if (_table.IsSuspect(slot))
            {
                Counters.SuspectSlotsShared++;
            }
            else if (Ready && differing.Contains(slot))
            {
                differing.Remove(slot);
                Counters.SlotsSkipped++;
                session.Skip();
            }
        }
        foreach (var slot in _table.SuspectSlots.Where(s => IsCompared(s) && !reply.Suspects.Contains(s)))
        {
            if (differing.Contains(slot))
                (lane.Repair ??= new SlotRepair(reply.Vector)).Slots.Add(slot);
            else
                Trust(slot);
        }
    }

    private void Trust(int slot)
    {
        _table.Trust(slot);
        Counters.SuspectSlotsRepaired++;
    }

    /// <summary>As <see cref="Merge"/>, where slots of either side are suspect.</summary>
    private bool MergeSuspect(Session session, SessionLane lane, TransferChunk chunk, in EntryRecord record)
    {
        var slot = Slot.Of(record.Key);
        if (chunk.Suspects.Contains(slot))
        {
            lane.Repair?.InDoubt.Add(slot);
            // Which of two equal versions with unequal bytes has rotted, nothing here tells; what this one's own scrub found sound is.
            if (IsComplete && _table.TryGet(record.Key, out var mine) && mine.Version == record.Version)
                return false;
            if (_table.IsSuspect(slot))
                return Merge(record);
            if (Ready)
            {
                // It has become suspect since the digests were read.
                session.Skip();
                return false;
            }
            _table.Suspect(slot);
            return Merge(record);
        }
        if (lane.Repair is not { } repair || !repair.Slots.Contains(slot))
        {
            var rotten = Counters.RottenEntries;
            return Merge(record) || Counters.RottenEntries > rotten;
        }
        repair.Shown.Add(KeyHash(record.Key));
        return Restore(repair, slot, chunk.Vector, record);
    }

    /// <summary>Takes a sound entry into a suspect slot; true when the table is another now.</summary>
    private bool Restore(SlotRepair repair, int slot, OriginVector theirs, in EntryRecord record)
    {
        if (!_table.TryGet(record.Key, out var mine))
            return RestoreAbsent(repair, slot, theirs, record);
        if (mine.Version > record.Version)
        {
            if (!IsRefuted(repair, mine.Version))
            {
                if (!_table.IsNewerThanSuspicion(slot, mine.Version))
                    repair.InDoubt.Add(slot);
                return false;
            }
            _table.Restore(record.Key, record.Entry);
            Counters.RottenEntries++;
            return true;
        }
        var rotten = Counters.RottenEntries;
        return Merge(record) || Counters.RottenEntries > rotten;
    }

    /// <summary>
    /// The key may be absent because its record has rotted beyond recognition, so that it is no sign of a deletion which was collected. A donor
    /// that held all that was collected shows the newest of what is at or below the watermark: no deleted value is among it.
    /// </summary>
    private bool RestoreAbsent(SlotRepair repair, int slot, OriginVector theirs, in EntryRecord record)
    {
        if (!IsCollected(record) || record.Kind != RecordKind.Value)
            return Merge(record);
        if (theirs.CoversCollected(_collected))
            return Apply(record, out _);
        Counters.Refused++;
        repair.InDoubt.Add(slot);
        return false;
    }

    /// <summary>Whether a version can't be: nothing so new was ever here, or the donor would have to know it, and shows something older.</summary>
    private bool IsRefuted(SlotRepair repair, VersionStamp version) =>
        _table.IsImpossible(version) || version.Clock <= repair.Held[version.StartId].Clock;

    /// <summary>The donor has shown all that it has in the slots: what it has not shown may have to go, and what is in no doubt is sound.</summary>
    private void CompleteRepair(SessionLane lane, ulong collectedClock)
    {
        if (lane.Repair is not { } repair)
            return;
        var judge = new Judge(this, repair, collectedClock);
        Counters.RottenEntries += _table.Sift(lane.Last, repair.Slots, ref judge);
        for (var slot = lane.Last * Table.SlotsPerPartition; slot < (lane.Last + 1) * Table.SlotsPerPartition; slot++)
        {
            if (repair.Slots.Contains(slot) && !repair.InDoubt.Contains(slot))
                Trust(slot);
        }
    }

    /// <summary>Lets stay what the donor has shown, or could not.</summary>
    private readonly struct Judge(Replica replica, SlotRepair repair, ulong collectedClock) : IEntryJudge
    {
        public bool MayStay(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (repair.Shown.Contains(replica.KeyHash(key)))
                return true;
            // The donor has collected the deletion. It is not for this replica to forget it before it may, and it does no harm.
            if (entry.Kind != EntryKind.Value && entry.Version.Clock <= collectedClock)
                return true;
            if (replica.IsRefuted(repair, entry.Version))
                return false;
            var slot = Slot.Of(key);
            if (!replica._table.IsNewerThanSuspicion(slot, entry.Version))
                repair.InDoubt.Add(slot);
            return true;
        }
    }
}
