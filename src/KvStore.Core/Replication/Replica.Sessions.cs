using KvStore.Core.Log;
using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <content>
/// Sessions: comparing tables and receiving what differs. One mechanism for joining, for gaps that no backlog reaches, and for
/// anti-entropy: a replica that has next to nothing receives the whole table, every other one only the slots whose digests
/// differ. This file says when and with whom; there is at most one session in which a replica receives.
/// </content>
/// <remarks>
/// Both ways: who was the receiver and still differs afterwards invites the donor to receive in its turn. An invited session
/// does not invite, so that tables which differ for other reasons, as under writes, do not keep each other busy.
/// </remarks>
public sealed partial class Replica
{
    /// <summary>A request that nothing answers is made this often before the session is given up.</summary>
    private const int MaxSessionAttempts = 3;

    /// <summary>
    /// A table that has less than this part of the donor's is not worth comparing: digests of all slots are a quarter of a
    /// megabyte, and a sixteenth is little to receive twice.
    /// </summary>
    private const int WorthComparing = 16;

    private const string RepairWaiting = "waiting";
    private const string RepairFailed = "failed";
    private const string RepairDone = "done";

    private Session? _session;
    private ulong _sessions;
    private ulong _intervals;
    private long _nextIntervalMs;

    /// <summary>True while this replica receives entries, or can't serve before it has.</summary>
    public bool IsTransferring => _session is { } session && (session.HasReceived || session.Reason == SessionReason.Loading);

    /// <summary>The session under way; null when there is none.</summary>
    public SessionView? CurrentSession => _session is not { } s
        ? null
        : new SessionView(s.Donor, _peers.GetValueOrDefault(s.Donor)?.Member ?? "", s.Reason, s.IsWhole, s.Percent, s.Slots, s.Entries, s.Changed);

    /// <summary>Peers that a session is to be had with, behind the one under way.</summary>
    public int SessionsDue => _peers.Values.Count(static p => p.Wanted != SessionReason.None);

    /// <summary>The sessions that were asked for last, one for each peer, ordered by name.</summary>
    public IReadOnlyList<RepairView> Repairs =>
        [.. _peers.Values.Where(static p => p.Repair is not null).Select(View).OrderBy(static v => v.Peer, StringComparer.Ordinal)];

    /// <summary>Has a session with every peer that serves, one after the other; with how many.</summary>
    public int Repair()
    {
        var peers = 0;
        foreach (var peer in Serving())
        {
            Want(peer, SessionReason.Requested);
            peer.EntriesSent = 0;
            peer.Repair = new RepairView(peer.Name, RepairWaiting, 0, 0, 0, 0);
            peers++;
        }
        StartDueSession();
        return peers;
    }

    private RepairView View(Peer peer)
    {
        var view = peer.Repair! with { Sent = peer.EntriesSent };
        if (view.Phase == RepairDone)
            return view;
        // The session is had all the same when the peer is heard again; a client that watches need not wait for that.
        if (!IsReachable(peer) || _elapsedMs - peer.HeardMs >= _settings.SilenceMs)
            return view with { Phase = RepairFailed };
        return _session is { } session && session.Donor == peer.Replica
            ? view with { Phase = session.HasReceived ? "exchanging" : "comparing", Percent = session.Percent, Slots = session.Slots, Received = session.Entries }
            : view;
    }

    private static void Want(Peer peer, SessionReason reason)
    {
        if (peer.Wanted < reason)
            peer.Wanted = reason;
    }

    private void OnRepairInvite(RepairInvite invite)
    {
        if (!_peers.TryGetValue(invite.Replica, out var peer))
            return;
        Want(peer, SessionReason.Invited);
        StartDueSession();
    }

    private void CheckInterval()
    {
        if (_settings.AntiEntropyIntervalMs == 0 || !Ready || _elapsedMs < _nextIntervalMs)
            return;
        var isFirst = _nextIntervalMs == 0;
        // Replicas that were started together should not all be at it together.
        var jitter = (long)(ByteHash.Mix(StartId ^ 0x9e3779b97f4a7c15, ++_intervals ^ 0xd6e8feb86659fd93) % 1024);
        _nextIntervalMs = _elapsedMs + _settings.AntiEntropyIntervalMs - (_settings.AntiEntropyIntervalMs / 4 * jitter / 1024);
        if (!isFirst && Serving().OrderBy(static p => p.LastSession).ThenBy(static p => p.Replica).FirstOrDefault() is { } peer)
            Want(peer, SessionReason.Periodic);
    }

    private IEnumerable<Peer> Serving() => _peers.Values.Where(p => p.Ready && IsReachable(p) && !IsApart(p));

    private void StartDueSession()
    {
        if (!Ready || !IsRegistered || _session is not null)
            return;
        var due = Serving()
            .Where(p => p.Wanted != SessionReason.None && p.RetryMs <= _elapsedMs && IsAgreed(p.Replica))
            .OrderByDescending(static p => p.Wanted)
            .ThenBy(static p => p.LastSession)
            .ThenBy(static p => p.Replica)
            .FirstOrDefault();
        if (due is not null)
            StartSession(due, due.Wanted);
    }

    private void StartSession(Peer donor, SessionReason reason)
    {
        donor.Wanted = SessionReason.None;
        var isWhole = !Ready && _table.Count * WorthComparing <= donor.Entries;
        _session = new Session(donor.Replica, ++_sessions, reason, isWhole, _registry.Hash);
        Counters.SessionsStarted++;
        if (!isWhole)
        {
            CompareSlots(_session, new SessionLane(), DigestRequest.Root);
            return;
        }
        // Little was here, and it is not known whether the donor has it.
        _session.HasMore = _table.Count > 0;
        var lanes = Math.Clamp(_settings.TransferWindow, 1, Table.Partitions);
        for (var i = 0; i < lanes; i++)
        {
            var lane = new SessionLane();
            lane.Receive(Table.Partitions * i / lanes, (Table.Partitions * (i + 1) / lanes) - 1, SlotSet.All);
            _session.Lanes.Add(lane);
            Request(_session, lane);
        }
    }

    /// <summary>Claims what the donor held, where everything has been compared and merged.</summary>
    /// <remarks>
    /// The claim is the last donor's vector, whatever came from others before it: every slot was either equal to that
    /// donor's or has been received from it, so this table dominates all that the donor's did when the session began. That is why
    /// a session which broke off leaves nothing to remember but the entries it brought: only a transfer that was continued with
    /// another donor without comparing would have to claim the least of both vectors.
    /// </remarks>
    private void CompleteIfDone(Session session)
    {
        if (session.Lanes.Count > 0)
            return;
        _session = null;
        Counters.SessionsCompleted++;
        if (session.IsWhole)
            Counters.TransfersCompleted++;
        AdoptCollected();
        Cover(session.Vector!);
        var donor = _peers.GetValueOrDefault(session.Donor);
        if (donor is not null)
        {
            donor.LastSession = session.Id;
            if (session.IsPartial)
                donor.RetryMs = _elapsedMs + SuspectRetryMs;
            else
                donor.GatheredUnder = session.Registry;
            if (!IsComplete)
                _donor = donor.Store;
            if (donor is { Repair: { } repair, Wanted: not SessionReason.Requested })
                donor.Repair = repair with { Phase = RepairDone, Percent = 100, Slots = session.Slots, Received = session.Entries };
        }
        BecomeReady();
        if (session.Reason != SessionReason.Invited && (session.HasMore || session.Floor < _table.Floor))
            Outbox.Send(session.Donor, new RepairInvite(StartId));
        RequestRefills();
        StartDueSession();
    }

    private void Cover(OriginVector vector)
    {
        var advanced = false;
        foreach (var (origin, mark) in vector)
        {
            if (origin == StartId)
                continue;
            var progress = Progress(origin);
            if (mark.Number > progress.Applied)
            {
                advanced = true;
                _acknowledge.Add(origin);
            }
            advanced |= mark.IsClosed && !progress.IsClosed;
            progress.CoverUpTo(mark);
        }
        if (advanced)
            Persist(new CoveredItem(vector));
    }

    private void OnTransferRefused(TransferRefused refused)
    {
        if (_session is { } session && refused.Replica == session.Donor && refused.Transfer == session.Id)
            GiveUp(session);
    }

    private void CheckSession()
    {
        if (_session is not { } session)
            return;
        if (!_peers.ContainsKey(session.Donor))
        {
            GiveUp(session);
            return;
        }
        foreach (var lane in session.Lanes)
        {
            if (lane.UntilMs > _elapsedMs)
                continue;
            if (!lane.IsPausing && ++lane.Attempts >= MaxSessionAttempts)
            {
                GiveUp(session);
                return;
            }
            Request(session, lane);
        }
    }

    /// <summary>What was merged stays, and the next session finds it: it goes on where this one ended, with whatever donor.</summary>
    private void GiveUp(Session session)
    {
        _session = null;
        Counters.SessionsFailed++;
        if (!_peers.TryGetValue(session.Donor, out var donor))
            return;
        donor.FailedTransfers++;
        donor.RetryMs = _elapsedMs + _settings.RequestTimeoutMs;
        if (session.Reason is not (SessionReason.Loading or SessionReason.Periodic))
            Want(donor, session.Reason);
    }
}
