using KvStore.Core.Log;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>
/// Snapshots, taken slice by slice between batches. What changes meanwhile is in the log behind the snapshot's beginning, and replaying
/// it is harmless, so that the two together are exact.
/// </content>
public sealed partial class Replica
{
    private byte[] _slice = [];

    // While slices are taken nothing goes that the snapshot's claims do not name as collected: the log is replayed from before them, and
    // an old value in it that had lost to a tombstone would find nothing in its way.
    private ulong _snapshotClock = OriginMark.ClosedClock;

    /// <summary>
    /// True when the table was given up since the snapshot began, or all up to a new floor was dropped: slices from now on lack what its
    /// claims are about, and the log that says why may not be synced when the snapshot is. It must not be published, unless the last slice
    /// was taken before.
    /// </summary>
    public bool IsSnapshotVoid { get; private set; }

    /// <summary>
    /// What a snapshot that begins now will hold at its end: claims about everything applied so far, all of which must be written. To be
    /// appended behind the last slice, since no vector may be there before its data.
    /// </summary>
    public IReadOnlyList<LogItem> SnapshotClaims()
    {
        _snapshotClock = _collectedClock;
        IsSnapshotVoid = false;
        var claims = new List<LogItem>
        {
            new FloorItem(_table.Floor),
            new CoveredItem(Vector()),
            new CeilingItem(Math.Max(_ceilingAsked, _clock.Last)),
            new CollectedItem(_collected, _collectedClock),
            new RegistryItem(_registry.Bytes),
        };
        // A folder whose contents were never given up is the store that its identity says.
        if (Store != Folder)
            claims.Insert(0, new IdentityItem(Store, GivesUp: false));
        foreach (var (origin, progress) in _origins)
            claims.AddRange(progress.Beyond.Select(r => new BeyondItem(origin, r.First, r.Last, r.Clock)));
        if (IsComplete)
            claims.Add(new ReadyItem());
        else if (_loadedFrom is { } loaded)
            claims.Add(new LoadingItem(loaded.Vector, loaded.Clock));
        return claims;
    }

    /// <summary>Entries from <paramref name="cursor"/> on.</summary>
    /// <param name="cursor">0 to begin; moved on; 0 when the walk is complete.</param>
    /// <param name="maxBytes">About how many; one record may exceed it.</param>
    /// <returns>The entries; valid until the next slice.</returns>
    public EntriesItem SnapshotSlice(ref ulong cursor, int maxBytes)
    {
        var writer = new SliceWriter(this);
        do
            cursor = _table.Scan(cursor, budget: 64, Table.Everything, ref writer);
        while (cursor != 0 && writer.Length < maxBytes);
        if (cursor == 0)
            EndSnapshot();
        return new EntriesItem(writer.Count, _slice.AsMemory(0, writer.Length));
    }

    /// <summary>
    /// No more slices are taken, since there are none or since the snapshot came to nothing: what waited for it may be collected. One that
    /// failed unsaid would hold deletions on this replica alone, which its peers would offer to repair for ever.
    /// </summary>
    public void EndSnapshot() => _snapshotClock = OriginMark.ClosedClock;

    private void RaiseFloor(VersionStamp floor)
    {
        if (_table.RaiseFloor(floor) > 0)
            IsSnapshotVoid = true;
    }

    private struct SliceWriter(Replica replica) : IEntryVisitor
    {
        public int Length { get; private set; }

        public int Count { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (replica.IsStray(key))
                return;
            var size = EntryRecord.MaxSize(key.Length, entry.Value.Length);
            if (replica._slice.Length - Length < size)
                Array.Resize(ref replica._slice, Math.Max(replica._slice.Length * 2, Length + size));
            Length += new EntryRecord((RecordKind)entry.Kind, entry.Version, default, entry.ExpiresAtMs, key, entry.Value).Write(replica._slice.AsSpan(Length), origin: 0);
            Count++;
        }
    }
}
