namespace KvStore.Core.Replication;

/// <content>
/// Gaps: publishing may lose messages, and every one that it loses is asked for by its number, of the origin while it is
/// there, else of any peer that holds more. What lies beyond a gap that no replica can fill reaches the others in sessions, and the gap
/// ends when the origin is closed; the number stays where it is, since a replica that is away may come back with what is missing.
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
            return;
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
        Outbox.Send(request.Replica, new RefillEnd(StartId, request.Origin, request.From, sent, Ready ? AppliedOf(request.Origin) : 0));
    }

    private void OnRefillEnd(RefillEnd end)
    {
        if (!_origins.TryGetValue(end.Origin, out var progress) || !_refills.TryGetValue(end.Origin, out var refill))
            return;
        // What was asked for earlier may have been filled since, and its answer is late.
        if (refill.Donor != end.Replica || refill.From != end.From)
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
        else if (_session is null && IsAgreed(peer.Replica))
            StartSession(peer, SessionReason.Loading);
        StartDueSession();
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
    }
}
