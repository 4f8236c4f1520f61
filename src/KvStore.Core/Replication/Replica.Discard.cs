using KvStore.Core.Log;
using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <content>
/// A replica that does not hold what the others have collected has been left behind: it was forgotten, or it has lost data. What
/// it has of deleted keys it cannot tell from what is new, so it gives up all and joins as one that comes for the first time.
/// <para>
/// In two steps, since there may be nobody to join: first it stops serving, under another start id (others may have closed the old
/// one), and keeps its table; the table goes when the first piece of another replica's has come. Where two have left each other
/// behind, the one with more entries stays; and where all have stopped serving, the one with most begins again. What it is that
/// leaves one behind stands in Replica.Apart.
/// </para>
/// </content>
public sealed partial class Replica
{
    /// <summary>Why this replica gave up what it had the last time, for the log; null where it never has.</summary>
    public string? DiscardReason { get; private set; }

    /// <summary>The first step: it no longer serves, and is another origin from now on.</summary>
    private void LeaveBehind(string why)
    {
        DiscardReason = why;
        Counters.Discards++;
        PublishPending();
        var replicated = _peers.Values.Select(static p => p.Acknowledged).DefaultIfEmpty().Max();
        Counters.Lost += Math.Max(0, _pending.Last - replicated);
        Ready = false;
        IsComplete = false;
        _loadedFrom = null;
        _session = null;
        _refills.Clear();
        BeginOrigin();
        SendStatus();
    }

    /// <summary>The mutations of the old identity stay what they are; what is accepted from now on is another origin's.</summary>
    private void BeginOrigin()
    {
        Progress(StartId).CoverUpTo(new OriginMark(_pending.Last, _clock.Last));
        var next = ByteHash.Mix(StartId ^ 0x9e3779b97f4a7c15, _clock.Tick(NowMs));
        StartId = next == 0 ? 1 : next;
        _origins.Remove(StartId);
        _pending = new PendingMutations(StartId);
        foreach (var peer in _peers.Values)
            peer.Acknowledged = 0;
    }

    /// <summary>The second step: a table begins to come, and what is here goes.</summary>
    private void Reset()
    {
        if (_table.Count > 0 || _table.Floor != default || _collectedClock > 0 || _origins.Values.Any(static p => p.Mark.Number > 0))
        {
            _backlog = new Backlog(_settings.BacklogBytes);
            Persist(new ResetItem());
            Persist(new RegistryItem(_registry.Bytes));
        }
        Clear();
        _acknowledge.Clear();
        (_synced, _syncing, _unclaimed) = (OriginVector.Empty, null, null);
    }

    private void Clear()
    {
        _table.Clear();
        _origins.Clear();
        (_collected, _collectedClock, _persistedClock, _walkCursor, _expiryCursor) = (OriginVector.Empty, 0, 0, 0, 0);
        _snapshotClock = Closed;
        IsSnapshotVoid = true;
        IsComplete = false;
        _loadedFrom = null;
    }

    private void AdoptCollected()
    {
        if (IsComplete || _loadedFrom is not { Clock: > 0 } loaded)
            return;
        Adopt(loaded.Vector, loaded.Clock);
        _persistedClock = _collectedClock;
        Persist(new CollectedItem(_collected, _collectedClock));
    }
}
