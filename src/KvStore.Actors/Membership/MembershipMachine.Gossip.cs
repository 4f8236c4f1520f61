namespace KvStore.Actors.Membership;

internal sealed partial class MembershipMachine
{
    /// <summary>
    /// To how many peers a change of this node's own goes at once. In a cluster up to this size everybody knows after one round
    /// trip; in a larger one the periodic rounds carry it further.
    /// </summary>
    private const int EagerFanOut = 8;

    private readonly List<UniqueAddress> _targets = [];
    private long _gossipAtMs;
    private bool _authored;
    private UniqueAddress? _talkBackTo;
    private VectorClock? _toldLeader;

    private void TickGossip(long nowMs)
    {
        if (nowMs >= _gossipAtMs)
        {
            // Three times as often while something is under way, so that agreement does not take seconds.
            var isSettled = IsConverged && _gossip.Members.All(static m => m.Status is MemberStatus.Up);
            _gossipAtMs = nowMs + (isSettled ? _settings.GossipIntervalMs : Math.Max(1, _settings.GossipIntervalMs / 3));
            GossipToSomebody(nowMs);
        }
        if (nowMs >= _leaderAtMs)
        {
            _leaderAtMs = nowMs + _settings.LeaderActionsIntervalMs;
            _gossip = _gossip.ForgetTombstonesBefore(nowMs - _settings.TombstoneTimeToLiveMs);
            CleanUpConfirmed();
        }
    }

    private void GossipToSomebody(long nowMs)
    {
        if (_random.NextDouble() < _settings.GossipDifferentViewProbability)
        {
            CollectTargets(unseenOnly: true);
            if (_targets.Count > 0)
            {
                SendGossip(_targets[_random.Next(_targets.Count)], nowMs);
                return;
            }
        }
        CollectTargets(unseenOnly: false);
        if (_targets.Count == 0)
            return;
        var peer = _targets[_random.Next(_targets.Count)];
        if (_gossip.Seen.Contains(peer))
            Send(peer.Address, new GossipStatus(Self, _gossip.Version, SeenHash(_gossip)));
        else
            SendGossip(peer, nowMs);
    }

    private void CollectTargets(bool unseenOnly)
    {
        _targets.Clear();
        foreach (var member in _gossip.Members)
        {
            if (_gossip.IsValidTarget(Self, member.UniqueAddress) && !(unseenOnly && _gossip.Seen.Contains(member.UniqueAddress)))
                _targets.Add(member.UniqueAddress);
        }
    }

    private void SendGossip(UniqueAddress to, long nowMs) =>
        Send(to.Address, new GossipEnvelope(Self, to, _gossip.RebaseTombstones(nowMs)));

    private void OnGossipStatus(GossipStatus status, long nowMs)
    {
        if (_phase != Phase.Member || IsFromStranger(status.From, nowMs))
            return;
        NoteHeard(status.From, nowMs);
        switch (status.Version.CompareTo(_gossip.Version))
        {
            case VersionOrder.Same when status.SeenHash == SeenHash(_gossip):
                break;
            case VersionOrder.After:
                // The sender compares this with its own version and answers with the gossip.
                Send(status.From.Address, new GossipStatus(Self, _gossip.Version, SeenHash(_gossip)));
                break;
            default:
                SendGossip(status.From, nowMs);
                break;
        }
    }

    private void OnGossip(GossipEnvelope envelope, long nowMs)
    {
        if (_phase is not (Phase.Member or Phase.Joining or Phase.Seeding) || envelope.To != Self)
            return;
        if (envelope.Gossip.Tombstones.ContainsKey(Self))
        {
            MayReturn = !_isGoing;
            FormerMembers = FormerMembers.Add(envelope.From.Address);
            End($"[{envelope.From.Address}] says that this incarnation was removed from the cluster");
            return;
        }
        if (_phase != Phase.Member || IsFromStranger(envelope.From, nowMs) || !envelope.Gossip.HasMember(Self))
            return;
        NoteHeard(envelope.From, nowMs);
        var remote = envelope.Gossip.RebaseTombstones(nowMs);
        var order = _gossip.ContradictsRemovals(remote) ? VersionOrder.Concurrent : remote.Version.CompareTo(_gossip.Version);
        var senderKnowsMore = false;
        switch (order)
        {
            case VersionOrder.Same:
                Adopt(remote.MergeSeen(_gossip));
                break;
            case VersionOrder.Before:
                senderKnowsMore = true;
                break;
            case VersionOrder.After:
                Adopt(remote.MergeSeen(Forgetful(_gossip)));
                break;
            default:
                senderKnowsMore = AdoptMerged(remote);
                break;
        }
        // The sender should learn that this node has seen it, or what it lacks.
        if (senderKnowsMore || !remote.Seen.Contains(Self))
            _talkBackTo = envelope.From;
        if (!_gossip.Seen.Contains(Self))
            _gossip = _gossip.SeenBy(Self);
    }

    /// <summary>Joins two views of which neither contains the other. Returns true when the sender lacks something.</summary>
    private bool AdoptMerged(Gossip remote)
    {
        var merged = remote.Merge(_gossip);
        if (merged.Version.Equals(_gossip.Version) && merged.SameContent(_gossip))
        {
            Adopt(_gossip.MergeSeen(Forgetful(remote)));
            return true;
        }
        if (merged.Version.Equals(remote.Version) && merged.SameContent(remote))
        {
            Adopt(remote.MergeSeen(Forgetful(_gossip)));
            return false;
        }
        // Pruning removed authors can leave the merge with the version of one side and more than its content. That would be two
        // contents under one version, and nobody would ever notice, so it becomes a version of its own.
        if (merged.Version.Equals(_gossip.Version) || merged.Version.Equals(remote.Version))
            Author(merged);
        else
            Adopt(merged);
        return true;
    }

    /// <summary>Its tombstones alone: those who have seen another version have not seen this one.</summary>
    private static Gossip Forgetful(Gossip gossip) =>
        new(gossip.Members, [], gossip.Reachability, gossip.Version, gossip.Tombstones);

    /// <summary>
    /// Gossip is taken only from members that this node hears. A removed incarnation that does not know its
    /// fate yet is told, or it would go on for ever as a cluster of its own.
    /// </summary>
    private bool IsFromStranger(UniqueAddress from, long nowMs)
    {
        if (_gossip.HasMember(from))
            return !_gossip.Reachability.IsReachable(Self, from);
        if (_gossip.Tombstones.ContainsKey(from))
            SendGossip(from, nowMs);
        return true;
    }

    /// <summary>What follows from any input: admissions, the leader's duties, and the word spread.</summary>
    private void Settle(long nowMs)
    {
        if (_phase != Phase.Member)
            return;
        AdmitSuccessors(nowMs);
        ActAsLeader(nowMs);
        // A removal by this very node may have made room for a successor.
        AdmitSuccessors(nowMs);
        SpreadTheWord(nowMs);
        FollowOwnStatus();
    }

    private void SpreadTheWord(long nowMs)
    {
        if (_authored || SelfMember.Status == MemberStatus.Down)
        {
            _authored = false;
            CollectTargets(unseenOnly: true);
            while (_targets.Count > EagerFanOut)
                _targets.RemoveAt(_random.Next(_targets.Count));
            foreach (var target in _targets)
                SendGossip(target, nowMs);
            if (_talkBackTo is not null && _targets.Contains(_talkBackTo))
                _talkBackTo = null;
        }
        if (_talkBackTo is not null && _gossip.HasMember(_talkBackTo))
            SendGossip(_talkBackTo, nowMs);
        _talkBackTo = null;
        TellLeader(nowMs);
    }

    /// <summary>
    /// The answers to a change come back to its author, but it is the leader who has to know that all have seen it. Once for each
    /// version is enough; if it is lost, the periodic rounds make up for it.
    /// </summary>
    private void TellLeader(long nowMs)
    {
        if (ReferenceEquals(_toldLeader, _gossip.Version) || _gossip.LeaderOf(Self) is not { } leader || leader.UniqueAddress == Self || !IsConverged)
            return;
        _toldLeader = _gossip.Version;
        SendGossip(leader.UniqueAddress, nowMs);
    }

    private static ulong SeenHash(Gossip gossip)
    {
        // FNV-1a over the incarnations in their order.
        var hash = 14695981039346656037UL;
        foreach (var node in gossip.Seen)
            hash = (hash ^ (uint)node.Uid) * 1099511628211UL;
        return hash;
    }
}
