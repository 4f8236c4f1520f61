namespace KvStore.Actors.Membership;

internal sealed partial class Gossip
{
    private Reachability? _withoutDownedObservers;
    private Leadership? _leadership;

    /// <summary>The verdicts of those that are not themselves judged dead.</summary>
    public Reachability ReachabilityWithoutDownedObservers =>
        _withoutDownedObservers ??= Members.Any(static m => m.Status == MemberStatus.Down)
            ? Reachability.WithoutObservers(node => Find(node)?.Status == MemberStatus.Down)
            : Reachability;

    /// <summary>Unreachable members that are going anyway do not hold up agreement.</summary>
    public static bool MayBeIgnoredWhenUnreachable(MemberStatus status) => status is MemberStatus.Down or MemberStatus.Exiting;

    /// <summary>
    /// True when everybody who counts has seen this version: each Up or Leaving member, while nobody is unreachable but
    /// those who are Down or Exiting. Only then may the leader act, so that two sides of a partition never act on
    /// different views. Akka's cluster specification, "Gossip convergence".
    /// </summary>
    public bool IsConverged(UniqueAddress self, IReadOnlySet<UniqueAddress> exitingConfirmed)
    {
        foreach (var node in ReachabilityWithoutDownedObservers.AllUnreachable)
        {
            if (node == self || exitingConfirmed.Contains(node))
                continue;
            if (Find(node) is { } member && !MayBeIgnoredWhenUnreachable(member.Status))
                return false;
        }
        return Members.All(m =>
            m.Status is not (MemberStatus.Up or MemberStatus.Leaving)
            || Seen.Contains(m.UniqueAddress)
            || exitingConfirmed.Contains(m.UniqueAddress));
    }

    /// <summary>
    /// Who leads: the reachable member with the lowest address that is Up or Leaving, or the fittest of the others where none
    /// is. Two nodes may disagree for a while; convergence keeps both from acting then.
    /// </summary>
    /// <remarks>Every tick asks for it several times, so it is kept.</remarks>
    public Member? LeaderOf(UniqueAddress self)
    {
        var known = _leadership;
        if (known is null || known.Self != self)
            _leadership = known = new Leadership(self, Fittest(self, static _ => true));
        return known.Leader;
    }

    /// <summary>Who leads among the members with that role.</summary>
    public Member? LeaderOf(UniqueAddress self, string role) => Fittest(self, m => m.HasRole(role));

    /// <summary>True when it makes sense to send gossip there: nobody credible says it is unreachable, or at least this node hears it.</summary>
    public bool IsValidTarget(UniqueAddress self, UniqueAddress node) =>
        node != self
        && HasMember(node)
        && (ReachabilityWithoutDownedObservers.IsReachable(node) || Reachability.IsReachable(self, node));

    private Member? Fittest(UniqueAddress self, Func<Member, bool> isAsked) =>
        Members
            .Where(m => m.Status != MemberStatus.Down && (m.UniqueAddress == self || Reachability.IsReachable(m.UniqueAddress)))
            .Where(isAsked)
            .Min(Member.LeaderStatusOrdering);

    /// <summary>Who leads as that node sees it; in one piece, for any thread may ask.</summary>
    private sealed record Leadership(UniqueAddress Self, Member? Leader);
}
