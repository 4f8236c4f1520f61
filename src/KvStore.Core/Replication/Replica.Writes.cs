using KvStore.Core.Log;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>What clients write: stamped, applied, numbered and queued in one step.</content>
public sealed partial class Replica
{
    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; it may be the one that the table has for the key.</param>
    /// <param name="expiresAtMs">Unix milliseconds from which it reads as absent; 0 for never.</param>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expiresAtMs = 0) =>
        Write(key, new EntryView(Stamp(), EntryKind.Value, expiresAtMs, value));

    /// <summary>Deletes a key; false, and nothing is written, when clients do not see it.</summary>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        if (!TryGet(key, out _))
            return false;
        Write(key, new EntryView(Stamp(), EntryKind.Deleted, 0, []));
        return true;
    }

    /// <summary>
    /// Gives a key another expiry, 0 for none, as a new version of the whole entry; a time that has passed deletes. False
    /// when clients do not see the key.
    /// </summary>
    public bool SetExpiry(ReadOnlySpan<byte> key, long expiresAtMs)
    {
        if (!TryGet(key, out var entry))
            return false;
        if (expiresAtMs != 0 && expiresAtMs <= NowMs)
            return Delete(key);
        Set(key, entry.Value, expiresAtMs);
        return true;
    }

    /// <summary>Removes everything: raises the floor above all that this replica has seen.</summary>
    public void FlushAll()
    {
        var floor = Stamp();
        RaiseFloor(floor);
        Queue(new EntryRecord(RecordKind.Floor, floor, VersionStamp.None, 0, [], []));
    }

    private VersionStamp Stamp()
    {
        var clock = _clock.Tick(NowMs);
        if (_settings.Durable && clock >= _ceiling)
            throw new CorruptStateException($"A write was executed at clock {clock:x}, and the ceiling that is on disk is {_ceiling:x}: a later start could stamp it again.");
        _stampedMs = _elapsedMs;
        return new VersionStamp(clock, StartId);
    }

    private void Write(ReadOnlySpan<byte> key, in EntryView entry)
    {
        var outcome = _table.Apply(key, entry, out var replaced, out var stored);
        if (outcome != ApplyOutcome.Applied)
            throw new CorruptStateException($"The clock stamped {entry.Version}, and the table or its floor is above it: {outcome}.");
        if (replaced == VersionStamp.None)
            replaced = Absent;
        RememberWrite(key, entry.Version, replaced);
        Queue(new EntryRecord((RecordKind)entry.Kind, entry.Version, replaced, entry.ExpiresAtMs, key, stored.Value));
    }

    private void Queue(in EntryRecord record)
    {
        _pending.Add(record);
        Counters.Published++;
        if (_pending.Length >= _settings.MessageBytes)
            PublishPending();
    }

    private void PublishPending()
    {
        if (_pending.Take() is not { } message)
            return;
        _backlog.Add(message);
        PersistNow(new MutationsItem(message));
        Outbox.Publish(message, afterWrite: true);
    }
}
