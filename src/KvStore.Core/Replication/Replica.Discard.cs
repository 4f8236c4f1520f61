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
    /// <summary>Intervals of statuses for which a replica may lag behind what is collected: one that has just joined catches up in them.</summary>
    private const int BehindIntervals = 6;

    // Up to which clock the tables had collected from which the entries of a replica that loads have come; null while it has none.
    private ulong? _loadedFrom;

    /// <summary>Why this replica gave up what it had the last time, for the log; null where it never has.</summary>
    public string? DiscardReason { get; private set; }

    /// <summary>Judges a peer's claim of what is collected: taken over where this table covers it.</summary>
    private void OnCollected(ReplicaStatus status, Peer peer)
    {
        if (!Ready || !_registry.IsCurrent(status.Replica))
            return;
        if (status.Applied[StartId].Clock == Closed)
        {
            LeaveBehind("the others have closed it as an origin");
            return;
        }
        var mine = Vector();
        var isForeign = HoldsForeign(mine, status.Collected, status.CollectedClock, status.Applied)
            || HoldsForeign(status.Applied, _collected, _collectedClock, mine)
            || HoldsClosed(status);
        var isCovered = mine.Covers(status.Collected);
        if (isCovered && !isForeign)
        {
            peer.AheadSinceMs = 0;
            Adopt(status.Collected, status.CollectedClock);
            return;
        }
        if (peer.AheadSinceMs == 0)
            peer.AheadSinceMs = Math.Max(_elapsedMs, 1);
        var eitherMayGo = isForeign || !status.Applied.Covers(_collected);
        var isSmaller = (_table.Count, status.Replica).CompareTo((status.Entries, StartId)) < 0;
        if (status.Ready && (isSmaller || !eitherMayGo) && _elapsedMs - peer.AheadSinceMs >= BehindIntervals * _settings.StatusIntervalMs)
            LeaveBehind(isForeign ? $"it and '{status.Name}' began apart, and that one has more" : $"'{status.Name}' has collected what it lacks");
    }

    // Of an origin that is gone nobody knows when it was registered: it counts where the other side does not take what this one has.
    private bool HoldsForeign(OriginVector held, OriginVector collected, ulong watermark, OriginVector? lacks)
    {
        foreach (var (origin, mark) in held)
        {
            var counts = _registry.IsCurrent(origin) || (lacks is not null && mark.Number > lacks[origin].Number);
            if (mark.Number > 0 && counts && IsForeign(origin, collected, watermark))
                return true;
        }
        return false;
    }

    /// <summary>Whether one has closed an origin of which the other has more: they cannot both have been asked.</summary>
    private bool HoldsClosed(ReplicaStatus status)
    {
        foreach (var (origin, progress) in _origins)
        {
            var theirs = status.Applied[origin];
            if (theirs.Clock == Closed && progress.Clock == Closed && theirs.Number != progress.Applied)
                return true;
            if (theirs.Clock == Closed && progress.Clock != Closed && (progress.Applied > theirs.Number || progress.HoldsBeyond))
                return true;
            if (theirs.Clock != Closed && progress.Clock == Closed && (progress.Applied < theirs.Number || status.Open.Contains(origin)))
                return true;
        }
        return false;
    }

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
        (_synced, _syncing) = (OriginVector.Empty, null);
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

    /// <summary>
    /// Whether what the donor sends may be merged. A replica with a table that has served must cover what the donor has collected, or it
    /// would keep what the donor no longer has. One that loads begins with nothing, and begins again if what it has came from
    /// a table that had collected up to elsewhere: a deletion that was removed between two pieces would not come, while an older value
    /// might have, from a message on its way. The others cease to collect as soon as they know this one to be registered.
    /// </summary>
    private bool MayMerge(Session session, OriginVector theirs, OriginVector collected, ulong collectedClock)
    {
        var isFirst = session.Vector is null;
        if (isFirst)
            (session.Collected, session.CollectedClock) = (collected, collectedClock);
        if (IsComplete)
        {
            var mine = Vector();
            var isForeign = HoldsForeign(mine, collected, collectedClock, lacks: null) || HoldsForeign(theirs, _collected, _collectedClock, lacks: null);
            if (mine.Covers(collected) && !isForeign)
                return true;
            // Of two that serve, their statuses judge which has to go.
            if (Ready)
                GiveUp(session);
            else
                LeaveBehind();
            return false;
        }
        if (isFirst && _loadedFrom != collectedClock)
        {
            Reset();
            _loadedFrom = collectedClock;
        }
        if (_loadedFrom == collectedClock)
            return true;
        _session = null;
        if (_peers.TryGetValue(session.Donor, out var donor))
            StartSession(donor, session.Reason);
        return false;
    }

    private void AdoptCollected(Session session)
    {
        if (Ready || session.CollectedClock == 0)
            return;
        Adopt(loaded.Vector, loaded.Clock);
        _persistedClock = _collectedClock;
        Persist(new CollectedItem(_collected, _collectedClock));
    }
}
