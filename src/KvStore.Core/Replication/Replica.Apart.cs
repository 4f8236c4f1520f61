using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>
/// Whether two tables may be made one. What a replica has collected binds those that were asked, and tables that grew from one; a table
/// that lacks what was collected, or that began apart, must not be merged with it: deletions are missing that nobody has any more.
/// </content>
public sealed partial class Replica
{
    /// <summary>Intervals of statuses for which a replica may lag behind what is collected: one that has just joined catches up in them.</summary>
    private const int BehindIntervals = 6;

    // What the tables had collected from which the entries of a replica that loads have come; null while it has none.
    private (OriginVector Vector, ulong Clock)? _loadedFrom;

    /// <summary>Judges a peer's claim of what is collected: taken over where this table covers it.</summary>
    private void OnCollected(ReplicaStatus status, Peer peer)
    {
        // What is still being read from disk is neither behind nor covered.
        if (!IsComplete || IsRecovering || !_registry.IsCurrent(status.Replica))
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
        if (!isForeign && mine.Covers(status.Collected))
        {
            peer.ApartSinceMs = 0;
            Adopt(status.Collected, status.CollectedClock);
            return;
        }
        if (peer.ApartSinceMs == 0)
            peer.ApartSinceMs = Math.Max(_elapsedMs, 1);
        var eitherMayGo = isForeign || !status.Applied.Covers(_collected);
        var isSmaller = (_table.Count, status.Replica).CompareTo((status.Entries, StartId)) < 0;
        var mayGo = isSmaller || !eitherMayGo || !Ready;
        if (status.Ready && mayGo && _elapsedMs - peer.ApartSinceMs >= BehindIntervals * _settings.StatusIntervalMs)
            LeaveBehind(isForeign ? $"it and '{status.Name}' began apart, and that one has more" : $"'{status.Name}' has collected what it lacks");
    }

    /// <summary>Whether an origin may have written at or below a watermark that was drawn without it.</summary>
    private bool IsForeign(ulong origin, OriginVector collected, ulong watermark) =>
        watermark > 0 && collected[origin].Clock < watermark && !(_registry.FindCurrent(origin) is { } entry && entry.Clock > watermark);

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

    /// <summary>
    /// Whether what the donor sends may be merged. A replica with a table that has served must cover what the donor has collected, or it
    /// would keep what the donor no longer has. One that loads begins with nothing, and begins again if what it has came from
    /// a table that had collected up to elsewhere: a deletion that was removed between two pieces would not come, while an older value
    /// might have, from a message on its way. The others cease to collect as soon as they know this one to be registered.
    /// </summary>
    private bool MayMerge(Session session, OriginVector theirs, OriginVector collected, ulong collectedClock)
    {
        if (IsComplete)
            return MayMix(session, theirs, collected, collectedClock);
        if (session.Vector is null)
        {
            // Whatever the donor, or another that has heard it, has drawn so far, this replica writes above.
            _clock.Observe(collectedClock);
            _clock.Observe(theirs[session.Donor].Clock);
            if (_loadedFrom?.Clock != collectedClock)
            {
                Reset();
                Persist(new LoadingItem(collected, collectedClock));
            }
            // Of one watermark two donors may know unlike vectors; only that of the last is covered at the end.
            _loadedFrom = (collected, collectedClock);
        }
        if (_loadedFrom?.Clock == collectedClock)
            return true;
        _session = null;
        if (_peers.TryGetValue(session.Donor, out var donor))
            StartSession(donor, session.Reason);
        return false;
    }

    private bool MayMix(Session session, OriginVector theirs, OriginVector collected, ulong collectedClock)
    {
        var mine = Vector();
        var isForeign = HoldsForeign(mine, collected, collectedClock, lacks: null) || HoldsForeign(theirs, _collected, _collectedClock, mine);
        if (mine.Covers(collected) && !isForeign)
            return true;
        // Their statuses judge which of the two has to go.
        GiveUp(session);
        return false;
    }
}
