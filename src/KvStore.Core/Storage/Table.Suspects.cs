using KvStore.Core.Versioning;

namespace KvStore.Core.Storage;

/// <summary>Says which records of slots that can't be trusted stay.</summary>
public interface IEntryJudge
{
    /// <summary>Called once for each record that its key leads to; the spans are good during the call.</summary>
    bool MayStay(ReadOnlySpan<byte> key, in EntryView entry);
}

/// <content>
/// Suspect slots: memory has changed one of their records by itself, and which one, or what it was, nothing here can tell. They
/// stay so until somebody who has compared them with another table says otherwise.
/// </content>
public sealed unsafe partial class Table
{
    private readonly Dictionary<int, VersionStamp> _suspects = [];
    private int[] _suspectSlots = [];

    /// <summary>The suspect slots, from 0 to 16383, in order. Never changed: another list takes its place.</summary>
    public IReadOnlyList<int> SuspectSlots => _suspectSlots;

    /// <summary>True when what is in the slot can't be trusted.</summary>
    public bool IsSuspect(int slot) => _suspects.Count > 0 && _suspects.ContainsKey(slot);

    /// <summary>True when the partition, from 0 to 63, has a suspect slot.</summary>
    public bool HasSuspects(int partition) => Array.Exists(_suspectSlots, s => s >> SlotsPerPartitionShift == partition);

    /// <summary>
    /// True when an entry of a suspect slot that has <paramref name="version"/> came after the slot had become suspect, and is therefore
    /// as it was written.
    /// </summary>
    public bool IsNewerThanSuspicion(int slot, VersionStamp version) =>
        _suspects.TryGetValue(slot, out var newest) && version > newest && version <= _newest;

    /// <summary>True when no entry of this version, or of a newer one, has ever been in the table.</summary>
    public bool IsImpossible(VersionStamp version) => version > _newest;

    /// <summary>What is in the slot can't be trusted from now on; once suspect, it stays so as of the first time.</summary>
    public void Suspect(int slot)
    {
        if (_suspects.TryAdd(slot, _newest))
            ListSuspects();
    }

    /// <summary>What is in the slot is what it should be.</summary>
    public void Trust(int slot)
    {
        if (_suspects.Remove(slot))
            ListSuspects();
    }

    /// <summary>Gives a key of a suspect slot an entry that is older than what it seems to have.</summary>
    public void Restore(ReadOnlySpan<byte> key, in EntryView entry)
    {
        var (hash, slot) = (ByteHash.Of(key, _seed), Slot.Of(key));
        var partition = PartitionOf(slot);
        var record = partition.Find(key, hash);
        if (record == null || !IsSuspect(slot))
            throw new CorruptStateException($"An entry of slot {slot} was to be set back, and there is none or the slot is sound.");
        partition.Replace(record, hash, slot, entry);
    }

    /// <summary>
    /// Removes from some slots of a partition the records that no key leads to, and those that <paramref name="judge"/> does not let stay.
    /// It walks over the whole partition at once: memory does not rot so often that this would be worth doing in pieces.
    /// </summary>
    /// <returns>How many were removed.</returns>
    public int Sift<TJudge>(int partition, SlotSet slots, ref TJudge judge)
        where TJudge : IEntryJudge, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(slots);
        return _partitions[partition].Sift(slots, ref judge);
    }

    private void ListSuspects()
    {
        _suspectSlots = [.. _suspects.Keys];
        Array.Sort(_suspectSlots);
    }
}
