using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

internal sealed partial class MembershipMachine
{
    /// <summary>How often seeds, and the member that is to let this node in, are asked again. Akka's period.</summary>
    private const long AskAgainMs = 1000;

    /// <summary>Nodes refused while this one was in no cluster, to be told when it is; more than start at the same moment.</summary>
    private const int MaxRefused = 64;

    /// <summary>Successors waiting for their predecessors' removal: as many as restart at the same moment.</summary>
    private const int MaxSuccessors = 64;

    /// <summary>A successor that stopped asking is not let in any more; longer than several of its retries.</summary>
    private const long SuccessorPatienceMs = 20_000;

    /// <summary>Addresses asked beside those that were configured; more members than a cluster has.</summary>
    private const int MaxSeeds = 256;

    private readonly SortedSet<Address> _refused = [];
    private readonly SortedDictionary<Address, Successor> _successors = [];
    private ImmutableArray<Address> _seeds = [];
    private ImmutableHashSet<Address> _unansweredSeeds = [];
    private Address? _joinTarget;
    private bool _isReturning;
    private long _askAgainAtMs;
    private long _joinDeadlineMs;

    /// <summary>
    /// Joins through seeds. The first in the list may form a new cluster: at once when all others answer that they are in
    /// none, else after the seed-node timeout. Every other node asks until one of them is in a cluster.
    /// </summary>
    public void JoinSeedNodes(IReadOnlyList<Address> seeds, long nowMs)
    {
        if (_phase is not (Phase.Idle or Phase.Seeding) || seeds.Count == 0)
            return;
        _seeds = [.. seeds.Distinct()];
        BeginSeeding(nowMs);
        Settle(nowMs);
    }

    /// <summary>
    /// Joins again after an earlier incarnation was downed: through seeds or former members, whoever is in a cluster. It
    /// never founds a new one by the lapse of time, since the others may live on out of reach. Only when all of them are there and in no
    /// cluster (a decision that spared nobody), the first seed, or the lowest address where there are no seeds, begins it anew.
    /// </summary>
    public void Rejoin(IReadOnlyList<Address> seeds, IEnumerable<Address> formerMembers, long nowMs)
    {
        if (_phase != Phase.Idle)
            return;
        var others = seeds.Count > 0 ? formerMembers : formerMembers.Append(Self.Address);
        _seeds = [.. seeds.Concat(others.Order(Member.AddressOrdering)).Distinct()];
        _isReturning = true;
        BeginSeeding(nowMs);
        Settle(nowMs);
    }

    /// <summary>Asks these too, from the next round on; without effect on a member, and on one that nobody has told to join.</summary>
    public void AskAlso(IEnumerable<Address> others)
    {
        if (_phase is not (Phase.Seeding or Phase.Joining))
            return;
        Address[] added = [.. others.Where(other => other != Self.Address && !_seeds.Contains(other)).Distinct().Take(Math.Max(0, MaxSeeds - _seeds.Length))];
        _seeds = [.. _seeds, .. added];
        if (_phase == Phase.Seeding)
            _unansweredSeeds = _unansweredSeeds.Union(added);
    }

    /// <summary>Gives up joining; without effect on a member.</summary>
    public void StopJoining()
    {
        if (_phase is Phase.Seeding or Phase.Joining)
            _phase = Phase.Idle;
    }

    /// <summary>Joins through one member; through itself, it forms a new cluster and is Up at once.</summary>
    public void Join(Address address, long nowMs)
    {
        if (_phase is Phase.Member or Phase.Ended)
        {
            Note($"Ignoring join to [{address}]: this node is or was a member already");
            return;
        }
        BeginJoining(address, nowMs);
        Settle(nowMs);
    }

    private void BeginSeeding(long nowMs)
    {
        var others = _seeds.Where(seed => seed != Self.Address).ToImmutableHashSet();
        if (others.IsEmpty)
        {
            BeginJoining(Self.Address, nowMs);
            return;
        }
        _phase = Phase.Seeding;
        _unansweredSeeds = others;
        _joinDeadlineMs = nowMs + _settings.SeedNodeTimeoutMs;
        AskSeeds(nowMs);
    }

    private void BeginJoining(Address target, long nowMs)
    {
        if (target == Self.Address)
        {
            Note($"Node [{Self.Address}] is joining itself and forming a new cluster");
            _phase = Phase.Member;
            Author(_gossip.Put(Member.Create(Self, _roles, _settings.AppVersion)));
            BeginMembership(nowMs);
            return;
        }
        _phase = Phase.Joining;
        _joinTarget = target;
        _joinDeadlineMs = nowMs + _settings.RetryUnsuccessfulJoinAfterMs;
        AskToJoin(nowMs);
    }

    private void AskSeeds(long nowMs)
    {
        _askAgainAtMs = nowMs + AskAgainMs;
        foreach (var seed in _seeds)
        {
            // The first seed asks on only those that have not answered; the others wait for an Ack from anyone.
            if (seed != Self.Address && (!IsFirstSeed || _unansweredSeeds.Contains(seed)))
                Send(seed, new InitJoin(Self));
        }
    }

    private bool IsFirstSeed => _seeds.Length > 0 && _seeds[0] == Self.Address;

    private void AskToJoin(long nowMs)
    {
        _askAgainAtMs = nowMs + AskAgainMs;
        Send(_joinTarget!, new JoinMessage(Self, _roles, _settings.AppVersion));
    }

    private void TickJoining(long nowMs)
    {
        if (_phase == Phase.Seeding && _isReturning && nowMs >= _joinDeadlineMs)
        {
            // Who was in no cluster then may be in one now.
            BeginSeeding(nowMs);
        }
        else if (_phase == Phase.Seeding && IsFirstSeed && nowMs >= _joinDeadlineMs)
        {
            Note("Couldn't join other seed nodes, will join myself");
            BeginJoining(Self.Address, nowMs);
        }
        else if (_phase == Phase.Joining && nowMs >= _joinDeadlineMs)
        {
            Note($"Nobody welcomed this node at [{_joinTarget}], beginning again");
            if (_seeds.IsEmpty)
                BeginJoining(_joinTarget!, nowMs);
            else
                BeginSeeding(nowMs);
        }
        else if (nowMs >= _askAgainAtMs)
        {
            if (_phase == Phase.Seeding)
                AskSeeds(nowMs);
            else
                AskToJoin(nowMs);
        }
    }

    private void OnInitJoin(InitJoin init)
    {
        if (_phase == Phase.Member && !Gossip.MayBeIgnoredWhenUnreachable(SelfMember.Status))
        {
            Send(init.From.Address, new InitJoinAck(Self.Address));
            return;
        }
        if (_refused.Count < MaxRefused)
            _refused.Add(init.From.Address);
        Send(init.From.Address, new InitJoinNack(Self.Address));
    }

    private void OnInitJoinAck(InitJoinAck ack, long nowMs)
    {
        if (_phase == Phase.Seeding)
            BeginJoining(ack.From, nowMs);
    }

    private void OnInitJoinNack(InitJoinNack nack, long nowMs)
    {
        if (_phase != Phase.Seeding || !IsFirstSeed)
            return;
        _unansweredSeeds = _unansweredSeeds.Remove(nack.From);
        if (_unansweredSeeds.IsEmpty)
            BeginJoining(Self.Address, nowMs);
    }

    private void OnWelcome(Welcome welcome, long nowMs)
    {
        if (_phase != Phase.Joining || welcome.From.Address != _joinTarget || !welcome.Gossip.HasMember(Self))
            return;
        Note($"Welcome from [{welcome.From.Address}]");
        _phase = Phase.Member;
        Adopt(welcome.Gossip.RebaseTombstones(nowMs).SeenBy(Self));
        _talkBackTo = welcome.From;
        BeginMembership(nowMs);
    }

    private void BeginMembership(long nowMs)
    {
        // Everything is due at the first tick: the first heartbeats and the first round of gossip need not wait.
        _gossipAtMs = _leaderAtMs = _heartbeatAtMs = _reapAtMs = nowMs;
        _heardOfUpMs = nowMs;
        foreach (var address in _refused)
            Send(address, new InitJoinAck(Self.Address));
        _refused.Clear();
    }

    // It was let in, lost before the welcome reached it, and removed: as what it is now it is never let in again, and has to know.
    private void TellRemoved(UniqueAddress node, long nowMs)
    {
        Note($"Ignoring join of [{node}]: this incarnation was removed");
        SendGossip(node, nowMs);
    }

    private void OnJoin(JoinMessage join, long nowMs)
    {
        var node = join.Node;
        if (_phase != Phase.Member)
            return;
        if (node.Address.Protocol != Self.Address.Protocol || node.Address.System != Self.Address.System)
            Warn($"[{node.Address}] tried to join, but this is the actor system [{Self.Address.Protocol}://{Self.Address.System}]: ignored");
        else if (node.Address == Self.Address && node != Self)
            Warn($"Another node claims this node's address [{node.Address}] with the uid {node.Uid}: ignored");
        else if (Gossip.MayBeIgnoredWhenUnreachable(SelfMember.Status))
            Note($"Ignoring join of [{node.Address}]: this member is {SelfMember.Status}");
        else if (_gossip.Tombstones.ContainsKey(node))
            TellRemoved(node, nowMs);
        else if (_gossip.FindByAddress(node.Address) is not { } known)
            Admit(node, join, nowMs);
        else if (known.UniqueAddress != node)
            Supersede(known, join, nowMs);
        else if (node != Self)
            Send(node.Address, new Welcome(Self, _gossip.RebaseTombstones(nowMs)));
    }

    private void Admit(UniqueAddress node, JoinMessage join, long nowMs)
    {
        Note($"Node [{node.Address}] is joining, roles [{string.Join(',', join.Roles.Order(StringComparer.Ordinal))}]");
        Author(_gossip.Put(Member.Create(node, join.Roles, join.AppVersion)));
        Send(node.Address, new Welcome(Self, _gossip.RebaseTombstones(nowMs)));
    }

    /// <summary>
    /// A restarted node has taken its predecessor's address, so the predecessor is certainly dead. The successor is let in as
    /// soon as the predecessor is removed, without waiting for its next attempt.
    /// </summary>
    private void Supersede(Member predecessor, JoinMessage join, long nowMs)
    {
        if (_successors.ContainsKey(join.Node.Address) || _successors.Count < MaxSuccessors)
            _successors[join.Node.Address] = new Successor(join, nowMs + SuccessorPatienceMs);
        if (_gossip.Reachability.StatusOf(Self, predecessor.UniqueAddress) != ReachabilityStatus.Terminated)
        {
            Note($"New incarnation of [{predecessor.Address}] is joining; the one with uid {predecessor.UniqueAddress.Uid} will be removed");
            Author(_gossip.WithReachability(_gossip.Reachability.Terminated(Self, predecessor.UniqueAddress)));
        }
        MarkAsDown(predecessor);
    }

    private void AdmitSuccessors(long nowMs)
    {
        if (_successors.Count == 0)
            return;
        foreach (var (address, successor) in _successors.ToArray())
        {
            if (nowMs < successor.DeadlineMs && _gossip.FindByAddress(address) is { } known && known.UniqueAddress != successor.Join.Node)
                continue;
            _successors.Remove(address);
            if (nowMs < successor.DeadlineMs)
                OnJoin(successor.Join, nowMs);
        }
    }

    private sealed record Successor(JoinMessage Join, long DeadlineMs);
}
