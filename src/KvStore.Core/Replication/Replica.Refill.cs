namespace KvStore.Core.Replication;

/// <content>
/// Gaps: publishing may lose messages, and every one that it loses is asked for by its number, of the origin while it is
/// there, else of any peer that holds more.
/// </content>
public sealed partial class Replica
{
    private readonly Dictionary<ulong, Refill> _refills = [];

    private void RequestRefill(ulong origin, OriginProgress progress)
    {
        // A replica that loads a whole table gets everything with it; asking for it twice would only delay that.
        if (!Ready && !IsComplete)
            return;
        if (!_refills.TryGetValue(origin, out var refill))
            _refills.Add(origin, refill = new Refill());
        if (refill.UntilMs > _elapsedMs)
            return;
        var donor = ChooseRefillDonor(origin, progress, refill.Attempts++);
        if (donor == 0)
        {
            OnNobodyHasMore(progress, refill);
            return;
        }
        refill.Hole = -1;
        refill.Donor = donor;
        refill.From = progress.Applied + 1;
        refill.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        Counters.RefillsRequested++;
        Outbox.Send(donor, new RefillRequest(StartId, origin, refill.From));
    }

    /// <summary>The origin first; where it is gone or does not answer, those that hold more, in turn.</summary>
    private ulong ChooseRefillDonor(ulong origin, OriginProgress progress, int attempts)
    {
        var candidates = new List<ulong>();
        if (_peers.TryGetValue(origin, out var self) && IsReachable(self))
            candidates.Add(origin);
        foreach (var peer in _peers.Values)
        {
            if (peer.Replica != origin && peer.Ready && IsReachable(peer) && peer.Vector[origin].Number > progress.Applied)
                candidates.Add(peer.Replica);
        }
        return candidates.Count == 0 ? 0 : candidates[attempts % candidates.Count];
    }

    private void OnRefillRequest(RefillRequest request)
    {
        if (request.Origin == StartId)
            PublishPending();
        long sent = 0;
        var bytes = 0;
        foreach (var message in _backlog.From(request.Origin, request.From))
        {
            Outbox.Send(request.Replica, message, afterWrite: true);
            Counters.RefillsSent++;
            sent += message.Count;
            bytes += Backlog.Cost(message);
            if (bytes >= _settings.RefillBytes)
                break;
        }
        Outbox.Send(request.Replica, new RefillEnd(StartId, request.Origin, sent, Ready ? AppliedOf(request.Origin) : 0));
    }

    private void OnRefillEnd(RefillEnd end)
    {
        if (!_origins.TryGetValue(end.Origin, out var progress) || !_refills.TryGetValue(end.Origin, out var refill))
            return;
        if (refill.Donor != end.Replica)
            return;
        if (!progress.HasGap)
        {
            _refills.Remove(end.Origin);
            return;
        }
        if (end.Sent > 0 && progress.Applied >= refill.From)
        {
            refill.Attempts = 0;
            refill.UntilMs = 0;
            RequestRefill(end.Origin, progress);
            return;
        }
        // Asked again with the next status, of the next candidate: an answer that brought nothing must not become a loop.
        refill.UntilMs = _elapsedMs + _settings.StatusIntervalMs;
        if (end.Applied <= progress.Applied || !_peers.TryGetValue(end.Replica, out var peer))
            return;
        if (Ready)
            Want(peer, SessionReason.Gap);
        else if (_session is null)
            StartSession(peer, SessionReason.Loading);
        StartDueSession();
    }

    /// <summary>
    /// A hole that nobody can fill: its origin is gone, and no replica has come further. Two replicas with the same number hold
    /// the same 1 … n, and neither holds n + 1, or its number would be greater: where all numbers are equal, mutation n + 1 is
    /// nowhere. What lies beyond the hole is no gap any more once it is everywhere, which a session with every replica sees to.
    /// </summary>
    /// <remarks>
    /// The vector stays where it is. To say n + 2 because n + 1 is lost would be a lie as soon as a replica that was away, or the
    /// origin itself, comes back with n + 1: it would be refused as held, and tombstones would be collected which it still needs.
    /// Then the gap opens again, with somebody to ask.
    /// </remarks>
    private void OnNobodyHasMore(OriginProgress progress, Refill refill)
    {
        if (!Ready || !_members.All(m => Serving().Any(p => p.Member == m.Key) || HasNothingToGive(m.Key, m.Value)))
            return;
        if (refill.Hole != progress.Inserted)
            (refill.Hole, refill.HoleSession) = (progress.Inserted, _sessions);
        var isEverywhere = true;
        foreach (var peer in Serving().Where(p => p.LastSession <= refill.HoleSession))
        {
            Want(peer, SessionReason.Gap);
            isEverywhere = false;
        }
        if (isEverywhere)
            progress.GiveUp();
    }

    private void RequestRefills()
    {
        foreach (var (origin, progress) in _origins)
        {
            if (progress.HasGap)
                RequestRefill(origin, progress);
        }
    }

    private long AppliedOf(ulong origin) =>
        origin == StartId ? _pending.Last : _origins.TryGetValue(origin, out var progress) ? progress.Applied : 0;

    private sealed class Refill
    {
        public ulong Donor;
        public long From;
        public int Attempts;
        public long UntilMs;

        /// <summary>What had come from beyond the hole when nobody was found to have more, and the last session until then.</summary>
        public long Hole = -1;
        public ulong HoleSession;
    }
}
