namespace KvStore.Core.Replication;

/// <summary>A peer as this replica sees it, for people.</summary>
/// <param name="Replica">Its start id.</param>
/// <param name="Member">Its cluster member.</param>
/// <param name="Name">Its name.</param>
/// <param name="Ready">False while it loads.</param>
/// <param name="Reachable">False while the cluster cannot reach it.</param>
/// <param name="Acknowledged">The last mutation of ours that it holds, with all before it.</param>
/// <param name="SilentMs">Milliseconds since it was heard.</param>
/// <param name="Gateway">Where clients reach it, <c>host:port</c>; empty where they do not.</param>
public sealed record PeerView(ulong Replica, string Member, string Name, bool Ready, bool Reachable, long Acknowledged, long SilentMs, string Gateway)
{
    /// <summary>When its process started, in Unix milliseconds by its own clock.</summary>
    public long StartedMs { get; init; }
}

/// <content>The others: who is there, and what they hold.</content>
public sealed partial class Replica
{
    /// <summary>
    /// How many buckets one tick looks at for expired keys. Ten ticks a second make about 100,000 buckets a second, so that a
    /// million keys are passed in ten seconds at well under a percent of a core.
    /// </summary>
    private const int ExpiryBucketsPerTick = 10_000;

    private readonly Dictionary<ulong, Peer> _peers = [];
    private readonly Dictionary<string, OtherMember> _members = new(StringComparer.Ordinal);
    private bool _selfUp;
    private long _nextStatusMs;

    // What peers compare is what they were told.
    private long _entriesTold;
    private ulong _expiryCursor;

    /// <summary>The peers, ordered by member.</summary>
    public IReadOnlyList<PeerView> Peers =>
        [.. _peers.Values
            .Select(p => new PeerView(p.Replica, p.Member, p.Name, p.Ready, IsReachable(p), p.Acknowledged, _elapsedMs - p.HeardMs, p.Gateway) { StartedMs = p.StartedMs })
            .OrderBy(static p => p.Member, StringComparer.Ordinal)];

    /// <summary>The cluster has a member, this process or another, that is up and reachable.</summary>
    public void MemberUp(string member)
    {
        if (member == Member)
            _selfUp = true;
        else
            OtherMemberUp(member);
        SendStatus();
        PublishStatus();
    }

    private void OtherMemberUp(string member)
    {
        var isBack = _members.TryGetValue(member, out var known) && !known.Reachable;
        _members[member] = new OtherMember(Reachable: true, _elapsedMs);
        if (!isBack)
            return;
        foreach (var peer in _peers.Values.Where(p => p.Member == member))
            Want(peer, SessionReason.Returned);
    }

    /// <summary>
    /// The cluster had judged this process dead, and takes it in again as another member. The data, the start id and whether it serves
    /// stay: only the name by which its peers find its member is new. <see cref="MemberUp"/> with that name follows.
    /// </summary>
    public void Rename(string member)
    {
        _members.Remove(member);
        Member = member;
    }

    /// <summary>The cluster cannot reach a member; it may come back.</summary>
    public void MemberUnreachable(string member)
    {
        if (_members.ContainsKey(member))
            _members[member] = new OtherMember(Reachable: false, _elapsedMs);
    }

    /// <summary>A member is gone from the cluster and does not come back as the same.</summary>
    public void MemberRemoved(string member)
    {
        // Out of the cluster it serves on if it did, but one that was still loading must not take the silence for an empty cluster.
        if (member == Member)
            _selfUp = false;
        _members.Remove(member);
        foreach (var peer in _peers.Values.Where(p => p.Member == member).ToList())
            RemovePeer(peer);
    }

    private void RemovePeer(Peer peer)
    {
        _peers.Remove(peer.Replica);
        // One that came and went without a word leaves nothing that could be missing.
        if (_origins.TryGetValue(peer.Replica, out var progress) && progress is { Known: 0, HoldsBeyond: false, IsClosed: false } && IsGone(peer.Replica))
            _origins.Remove(peer.Replica);
    }

    /// <summary>Time has passed; called about ten times a second.</summary>
    public void Tick()
    {
        if (_elapsedMs >= _nextStatusMs)
            SendStatus();
        CheckSession();
        if (Ready)
            EnsureRegistered();
        else
            Load();
        ForgetPredecessors();
        CheckRefusal();
        RequestRefills();
        KeepCeilingAhead();
        CheckInterval();
        CloseGone();
        StartDueSession();
        Collect();
        var expired = 0;
        _expiryCursor = _table.Expire(_expiryCursor, ExpiryBucketsPerTick, NowMs, ref expired);
        Counters.Expired += expired;
        Scrub();
    }

    private void SendStatus()
    {
        _nextStatusMs = _elapsedMs + _settings.StatusIntervalMs;
        if (_members.Count > 0)
            Outbox.Broadcast(CurrentStatus());
    }

    /// <summary>
    /// The way of mutations, walked once before there are any: the first message on a way is the slowest, since code is compiled and
    /// connections are made for it, and it should not be a client's first write that waits for that.
    /// </summary>
    private void PublishStatus()
    {
        if (Ready)
            Outbox.Publish(CurrentStatus());
    }

    private ReplicaStatus CurrentStatus() => new(StartId, Member, _settings.Name, Ready, _entriesTold = _table.Count, Vector())
    {
        Complete = IsComplete || IsRecovering,
        Store = Store,
        Synced = Synced,
        // Of contents that were given up, and of those that are not complete, nothing is claimed.
        Collected = IsComplete ? _collected : OriginVector.Empty,
        CollectedClock = IsComplete ? _collectedClock : 0,
        Registry = SyncedRegistry.Hash,
        NowMs = NowMs,
        StartedMs = _startedMs,
        Open = HeldBeyond,
        Generation = _registry.Generation,
        Gateway = Gateway,
        Limits = _settings.Limits,
    };

    private void OnStatus(ReplicaStatus status)
    {
        // A status may come before its sender's member is up, or be late and outlive it: a peer made of that would never be removed.
        if (status.Replica == StartId || !_members.ContainsKey(status.Member))
            return;
        if (!_peers.TryGetValue(status.Replica, out var peer))
        {
            // A process that was started again on the same member address is another replica.
            foreach (var old in _peers.Values.Where(p => p.Member == status.Member).ToList())
                RemovePeer(old);
            _peers.Add(status.Replica, peer = new Peer(status.Replica, status.Member));
        }
        var before = peer.Vector;
        var isNews = _elapsedMs - peer.HeardMs >= _settings.StatusIntervalMs / 2;
        var hasBegun = status.Ready && !peer.Ready;
        peer.Note(status);
        NoteClocks(peer, status);
        peer.HeardMs = _elapsedMs;
        if (IsApart(peer))
        {
            OnApart(peer);
            return;
        }
        // A status comes twice a second, and a published copy may come right behind it: that one says nothing about what is late.
        if (isNews)
            NoteMissed(before, status.Applied);
        if (Ready && hasBegun)
            Want(peer, SessionReason.Returned);
        ObserveMarks(status);
        peer.Acknowledged = Math.Max(peer.Acknowledged, Math.Min(status.Applied[StartId].Number, _pending.Last));
        NoteRegistered(status);
        peer.UnregisteredSinceMs = peer.Ready && !_registry.IsCurrent(peer.Replica) ? peer.UnregisteredSinceMs ?? _elapsedMs : null;
        OnCollected(status);
        if (!Ready)
            Load();
        RequestRefills();
    }

    /// <summary>
    /// A status may overtake mutations that are still on their way, so only what its sender held at the status before is
    /// taken as missed if it is not here by now.
    /// </summary>
    private void NoteMissed(OriginVector before, OriginVector now)
    {
        foreach (var (origin, mark) in now)
        {
            if (origin != StartId && mark.Number > 0)
                Progress(origin).Announce(Math.Min(mark.Number, before[origin].Number));
        }
    }

    private void ObserveMarks(ReplicaStatus status)
    {
        // An origin that has written nothing yet has a clock all the same, which tombstones wait for.
        Progress(status.Replica);
        foreach (var (origin, mark) in status.Applied)
        {
            if (_origins.TryGetValue(origin, out var progress))
                progress.ObserveMark(mark);
        }
    }

    private bool IsReachable(Peer peer) => _members.TryGetValue(peer.Member, out var member) && member.Reachable;

    private readonly record struct OtherMember(bool Reachable, long SinceMs);
}
