using System.Collections.Immutable;

namespace KvStore.Actors.Membership.Downing;

/// <summary>That an observer does not reach a subject.</summary>
internal readonly record struct Doubt(UniqueAddress Observer, UniqueAddress Subject);

/// <summary>
/// A cluster with somebody unreachable, as one side of it sees it: whom a strategy counts, who is out of reach, and whose word for
/// that contradicts itself. Immutable.
/// </summary>
/// <remarks>
/// Who is Down counts as unreachable, and its own doubts count no longer. Who counts follows Akka: Up and Leaving members. A member
/// that is Joining or WeaklyUp here may have become Up on the other side, and one that is Leaving here may be Exiting there,
/// so a careful strategy decides a second time with those counted in and out.
/// </remarks>
internal sealed class SplitView
{
    private readonly ImmutableSortedSet<UniqueAddress> _unreachable;
    private readonly ImmutableArray<Doubt> _doubts;
    private readonly ImmutableSortedSet<UniqueAddress> _seen;

    public SplitView(
        IEnumerable<Member> members,
        ImmutableSortedSet<UniqueAddress> unreachable,
        IEnumerable<Doubt> doubts,
        ImmutableSortedSet<UniqueAddress> seen)
    {
        Members = members.ToImmutableSortedSet(Member.Ordering);
        _unreachable = unreachable;
        _doubts = [.. doubts];
        _seen = seen;
        var subjects = _doubts.Select(static d => d.Subject).ToHashSet();
        ContradictingObservers = [.. _doubts.Select(static d => d.Observer).Where(subjects.Contains)];
        HeardOfSomehow = [.. _doubts.Where(d => _seen.Contains(d.Subject)).SelectMany(static d => new[] { d.Observer, d.Subject })];
        IndirectlyConnected = ContradictingObservers.Union(HeardOfSomehow);
    }

    public ImmutableSortedSet<Member> Members { get; }

    /// <summary>
    /// Those that do not reach somebody, or are not reached by somebody, although gossip gets to them on other ways. A clean split and
    /// a crash make none: there nobody is both observer and subject, and no subject has seen the gossip that doubts it.
    /// </summary>
    public ImmutableSortedSet<UniqueAddress> IndirectlyConnected { get; }

    /// <summary>Whom a decision may mark as Down: everybody who is not Down or Exiting already.</summary>
    public IEnumerable<Member> Downable => Members.Where(static m => m.Status is not (MemberStatus.Down or MemberStatus.Exiting));

    /// <summary>False when nobody who counts is out of reach: who is Down, Exiting or not yet Up holds nothing up.</summary>
    public bool HasUnreachableWhoCount => Count(role: null).Any(IsUnreachable);

    public bool HasUnreachableBeyondTheIndirectlyConnected => _unreachable.Any(node => !IndirectlyConnected.Contains(node));

    private ImmutableSortedSet<UniqueAddress> ContradictingObservers { get; }

    private ImmutableSortedSet<UniqueAddress> HeardOfSomehow { get; }

    public static SplitView Of(Gossip gossip, UniqueAddress self)
    {
        var reachability = gossip.ReachabilityWithoutDownedObservers;
        var down = gossip.Members.Where(static m => m.Status == MemberStatus.Down).Select(static m => m.UniqueAddress);
        return new SplitView(
            gossip.Members,
            reachability.AllUnreachable.Union(down).Where(node => node != self && gossip.HasMember(node)).ToImmutableSortedSet(),
            reachability.Rows.SelectMany(static row => row.Value.Verdicts.Keys.Select(subject => new Doubt(row.Key, subject))),
            gossip.Seen);
    }

    public bool IsUnreachable(Member member) => _unreachable.Contains(member.UniqueAddress);

    /// <summary>The members that count, from the lowest address; with those that may be Up, or without those that may be gone, on the other side.</summary>
    public IReadOnlyList<Member> Count(string? role, bool withPossiblyUp = false, bool withoutPossiblyExiting = false) =>
        [.. Members.Where(m => (string.IsNullOrEmpty(role) || m.HasRole(role)) && m.Status switch
        {
            MemberStatus.Up => true,
            MemberStatus.Leaving => !withoutPossiblyExiting,
            MemberStatus.Joining or MemberStatus.WeaklyUp => withPossiblyUp,
            _ => false,
        })];

    /// <summary>What remains of the split when the indirectly connected do not doubt each other.</summary>
    public SplitView WithoutDoubtsAmongIndirectlyConnected()
    {
        var kept = _doubts
            .Where(d => !(ContradictingObservers.Contains(d.Observer) && ContradictingObservers.Contains(d.Subject)))
            .Where(d => !(HeardOfSomehow.Contains(d.Observer) && HeardOfSomehow.Contains(d.Subject)))
            .ToArray();
        return new SplitView(Members, kept.Select(static d => d.Subject).ToImmutableSortedSet(), kept, _seen);
    }
}
