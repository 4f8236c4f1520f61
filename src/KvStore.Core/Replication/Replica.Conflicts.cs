using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>
/// Concurrent writes: the later one wins, and the journal keeps what was lost. A mutation says what it replaced where it was stamped.
/// What it replaces here beyond that, its author had not seen. And what loses to a write of this process, this process had not
/// seen when it replaced something older. Whatever loses to the write of a third is judged there.
/// </content>
public sealed partial class Replica
{
    private readonly ConflictJournal _conflicts;
    private readonly OwnWrites _ownWrites = new();

    /// <summary>The last conflicts that came to light here.</summary>
    public ConflictJournal Conflicts => _conflicts;

    /// <summary>The name of the node that has a start id; where the registry no longer knows it, the id in hexadecimal.</summary>
    public string NameOf(ulong startId) =>
        startId == StartId ? _settings.Name : _registry.Entries.FirstOrDefault(e => e.StartId == startId)?.Name ?? $"{startId:x16}";

    /// <summary>
    /// What a new key replaces: nothing that is here, and all that was deleted so thoroughly that nothing of it is left. Without that, a
    /// replica that still has the tombstone would take the write for one that did not know of the deletion.
    /// </summary>
    private VersionStamp Absent
    {
        get
        {
            var collected = _collectedClock == 0 ? VersionStamp.None : new VersionStamp(_collectedClock, ulong.MaxValue);
            return collected > _table.Floor ? collected : _table.Floor;
        }
    }

    private void RememberWrite(ReadOnlySpan<byte> key, VersionStamp version, VersionStamp replaced)
    {
        if (_members.Count > 0)
            _ownWrites.Add(KeyHash(key), version, replaced);
    }

    private void NoteApplied(in EntryRecord record, VersionStamp previous)
    {
        Counters.Applied++;
        if (previous <= record.Replaced)
            return;
        Counters.Conflicts++;
        _conflicts.Add(record.Key, record.Version, previous, NowMs, isPossible: false);
    }

    private void NoteSuperseded(in EntryRecord record, VersionStamp winner)
    {
        Counters.Superseded++;
        // A loser that the own write's predecessor had replaced already is only late.
        if (winner.StartId != StartId || winner <= record.Version || record.Version.StartId == StartId)
            return;
        if (!_ownWrites.TryGetReplaced(KeyHash(record.Key), winner, out var replaced) || replaced >= record.Version)
            return;
        Counters.Conflicts++;
        _conflicts.Add(record.Key, winner, record.Version, NowMs, isPossible: false);
    }

    /// <summary>An entry that came without what it replaced has taken the place of a write of this process.</summary>
    private void NoteOverwritten(in EntryRecord record, VersionStamp previous)
    {
        if (!Ready || previous.StartId != StartId)
            return;
        Counters.PossibleConflicts++;
        _conflicts.Add(record.Key, record.Version, previous, NowMs, isPossible: true);
    }

    private ulong KeyHash(ReadOnlySpan<byte> key) => ByteHash.Of(key, _hashSeed);
}
