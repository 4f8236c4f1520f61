using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>
/// From the start of the process to its first answer. A replica without data receives a peer's table. One that has recovered a
/// table which was complete asks a peer only for what it has missed. Where nobody serves, the one with most to give begins.
/// </content>
public sealed partial class Replica
{
    private Peer? _leader;
    private OriginVector _target = OriginVector.Empty;
    private long _readsFromMs;

    // What the tables had collected from which the entries of a replica that loads have come; null while it has none.
    private (OriginVector Vector, ulong Clock)? _loadedFrom;

    /// <summary>
    /// True when the table is one that has served: it lacks what was written since, and nothing else. It may be the first to serve
    /// where nobody does.
    /// </summary>
    public bool IsComplete { get; private set; }

    private void Load()
    {
        HeedForgotten();
        if (!_selfUp || IsRecovering || _session is not null)
            return;
        if (ChooseTransferDonor() is { } donor)
        {
            // Its registry is on its way, it is about to hear that it is not in it any more, or it can't register: then not for long.
            if (!_registry.IsCurrent(donor.Replica))
                return;
            if (!IsComplete && !IsRegistered)
                _donor = donor.Store;
            if ((!EnsureRegistered() && !MayServeReads()) || !IsAgreed(donor.Replica))
                return;
            if (IsComplete)
                CatchUp(donor);
            else
                StartSession(donor, SessionReason.Loading);
        }
        else if (_members.All(m => HasNothingToGive(m.Key, m.Value)) && IsFirstToServe() && (MayStampOrRaise() || MayServeReads()))
        {
            // Of a table that is not complete no vector says what it lacks: it must not pass for one of the generation that it was to load from.
            if (_registry.Generation == 0 || !IsComplete)
                BeginGeneration();
            BecomeReady();
        }
    }

    /// <summary>
    /// What the peer held when it was first seen is asked for by number. Where no backlog reaches back that far,
    /// <see cref="OnRefillEnd"/> begins a session.
    /// </summary>
    private void CatchUp(Peer donor)
    {
        if (_leader is null || !_peers.ContainsValue(_leader) || !_leader.Ready || !IsReachable(_leader))
            (_leader, _target) = (donor, donor.Vector);
        if (Vector().Covers(_target))
        {
            BecomeReady();
            return;
        }
        foreach (var (origin, mark) in _target)
        {
            if (origin != StartId)
                Progress(origin).Announce(mark.Number);
        }
        RequestRefills();
    }

    private Peer? ChooseTransferDonor() =>
        Serving()
            .Where(p => HoldsCollected(p) && !IsLeftOut(p))
            .OrderBy(p => IsAgreed(p.Replica) ? 0 : _registry.IsCurrent(p.Replica) ? 1 : 2)
            .ThenBy(static p => p.FailedTransfers)
            .ThenBy(static p => p.Member, StringComparer.Ordinal)
            .FirstOrDefault();

    // One that serves a table which lacks what was collected here gives that up as soon as another serves.
    private bool HoldsCollected(Peer peer) => !IsComplete || peer.Vector.CoversCollected(_collected);

    /// <summary>
    /// Whether a peer serves a table that can be asked for nothing, as one does that can't register because its disk is full: one that has a
    /// complete table itself does not wait for it for ever.
    /// </summary>
    private bool IsLeftOut(Peer peer) => IsComplete && _elapsedMs - (peer.UnregisteredSinceMs ?? _elapsedMs) >= _settings.SilenceMs;

    /// <summary>
    /// Whether a member need not be waited for: it says that it is loading too, or it has been silent for so long that waiting on
    /// would only keep everybody waiting.
    /// </summary>
    private bool HasNothingToGive(string member, OtherMember state)
    {
        var peer = _peers.Values.FirstOrDefault(p => p.Member == member);
        var isLoadingToo = state.Reachable && peer is not null && (!peer.Ready || IsApart(peer) || !HoldsCollected(peer) || IsLeftOut(peer));
        var isSilent = _elapsedMs - Math.Max(peer?.HeardMs ?? 0, state.SinceMs) >= _settings.SilenceMs;
        return isLoadingToo || isSilent;
    }

    /// <summary>
    /// Where all are loading somebody must begin: one whose table has served before any that was emptied, then the one with
    /// most entries, which is the survivor of an interrupted transfer if there is one, then the lowest start id.
    /// </summary>
    private bool IsFirstToServe() =>
        _peers.Values
            .Where(p => IsReachable(p) && !IsApart(p) && HoldsCollected(p) && !IsLeftOut(p))
            .All(p => (p.Complete, p.Entries, StartId).CompareTo((IsComplete, _table.Count, p.Replica)) < 0);

    /// <summary>
    /// A complete table may be read though this process is not registered, and writes are refused: its disk may be full, so that a registration
    /// can't be stamped, or another live node has its name or its data.
    /// </summary>
    private bool MayServeReads()
    {
        if (!IsComplete)
            return false;
        if (_readsFromMs == 0)
            _readsFromMs = _elapsedMs + _settings.RequestTimeoutMs;
        return HasTwin || _elapsedMs >= _readsFromMs;
    }

    private void BecomeReady()
    {
        if (Ready)
            return;
        IsComplete = true;
        if (!EnsureRegistered() && !MayServeReads())
            return;
        Ready = true;
        _leader = null;
        _target = OriginVector.Empty;
        Persist(new ReadyItem());
        RaiseCeiling();
        CheckRefusal();
        SendStatus();
        PublishStatus();
    }
}
