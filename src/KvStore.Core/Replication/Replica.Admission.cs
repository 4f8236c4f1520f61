using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>Which answers of a donor a receiver takes: those of a table that knows the same registry, and lacks no deletion that was collected.</content>
public sealed partial class Replica
{
    /// <summary>
    /// Whether what the donor sends may be merged; where it knows another registry, what it sends is asked for again. A replica that loads
    /// begins with nothing, and begins again if what it has came from a table that had collected up to elsewhere: a deletion that was
    /// removed between two pieces would not come, while an older value might have, from a message on its way. The others cease to
    /// collect as soon as they know this one to be registered.
    /// </summary>
    private bool MayMerge(Session session, ulong registry, OriginVector theirs, OriginVector collected, ulong collectedClock)
    {
        if (registry != _registry.Hash)
            return false;
        if (IsComplete)
        {
            // One of the two has lost something, and finds it out by a status.
            if (Vector().CoversCollected(collected) && theirs.CoversCollected(_collected))
                return true;
            GiveUp(session);
            return false;
        }
        if (session.Vector is null)
        {
            // Whatever the donor, or another that has heard it, has drawn so far, this replica writes above.
            _clock.Observe(collectedClock);
            _clock.Observe(theirs[session.Donor].Clock);
            if (_loadedFrom?.Clock != collectedClock || HoldsMoreOfClosed(theirs))
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
        if (_peers.TryGetValue(session.Donor, out var donor) && IsAgreed(donor.Replica))
            StartSession(donor, session.Reason);
        return false;
    }

    /// <summary>
    /// Whether something is held of an origin that the donor has closed without it: this replica took it before the donor knew it to be
    /// registered, and so before the donor asked for it.
    /// </summary>
    private bool HoldsMoreOfClosed(OriginVector theirs)
    {
        foreach (var (origin, mark) in theirs)
        {
            if (mark.IsClosed && _origins.TryGetValue(origin, out var held) && (held.Applied > mark.Number || held.HoldsBeyond))
                return true;
        }
        return false;
    }
}
