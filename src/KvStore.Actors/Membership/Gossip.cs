using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

/// <summary>
/// The cluster as one node knows it: the members, who cannot reach whom, who has seen this version, and which
/// incarnations were removed. Immutable. A version names one content: whoever changes the content increments
/// its own counter of the version, and nobody else has seen the result yet.
/// </summary>
/// <remarks>
/// A removed incarnation stays as a tombstone, because a node that was away still carries it as a member, and a merge would bring
/// it back. The number beside a tombstone is the time of its removal on the clock of the node that holds the gossip; in a
/// message it is its age instead, since the clocks of two nodes have nothing in common.
/// </remarks>
internal sealed partial class Gossip
{
    /// <summary>
    /// Removed incarnations remembered at most; the oldest goes first. A node that restarts every minute for four hours fits,
    /// and the tombstones stay below 20 KB in a message.
    /// </summary>
    public const int MaxTombstones = 256;

    public static readonly Gossip Empty = new([], [], Reachability.Empty, VectorClock.Empty, ImmutableSortedDictionary<UniqueAddress, long>.Empty);

    public static readonly ImmutableSortedSet<Member> NoMembers = ImmutableSortedSet.Create(Member.Ordering);

    public Gossip(
        ImmutableSortedSet<Member> members,
        ImmutableSortedSet<UniqueAddress> seen,
        Reachability reachability,
        VectorClock version,
        ImmutableSortedDictionary<UniqueAddress, long> tombstones)
    {
        Members = members.WithComparer(Member.Ordering);
        Seen = seen;
        Reachability = reachability;
        Version = version;
        Tombstones = tombstones;
    }

    public ImmutableSortedSet<Member> Members { get; }

    public ImmutableSortedSet<UniqueAddress> Seen { get; }

    public Reachability Reachability { get; }

    public VectorClock Version { get; }

    public ImmutableSortedDictionary<UniqueAddress, long> Tombstones { get; }

    /// <summary>Where removed incarnations were, and no member is.</summary>
    public IReadOnlyCollection<Address> RemovedAddresses =>
        Tombstones.IsEmpty ? [] : [.. Tombstones.Keys.Select(static node => node.Address).Except(Members.Select(static m => m.Address)).Order(Member.AddressOrdering)];

    public bool IsSingleton => Members.Count == 1;

    public Member? Find(UniqueAddress node) => Members.TryGetValue(Member.Removed(node), out var member) ? member : null;

    public Member? FindByAddress(Address address) => Members.FirstOrDefault(m => m.Address == address);

    public bool HasMember(UniqueAddress node) => Find(node) is not null;

    public Gossip Put(Member member) => With(members: Members.Remove(member).Add(member));

    public Gossip WithReachability(Reachability reachability) => With(reachability: reachability);

    public Gossip SeenBy(UniqueAddress node) => Seen.Contains(node) ? this : With(seen: Seen.Add(node));

    public Gossip MergeSeen(Gossip other) => With(seen: Seen.Union(other.Seen), tombstones: MergeTombstones(other));

    /// <summary>A new version by that author, which nobody else has seen.</summary>
    public Gossip Authored(UniqueAddress author) => With(seen: [author], version: Version.Increment(author));

    /// <summary>Marks a member as Down. It has not seen that yet; when it has, it is gone.</summary>
    public Gossip MarkAsDown(Member member)
    {
        var down = Put(member.Copy(MemberStatus.Down));
        return down.With(seen: down.Seen.Remove(member.UniqueAddress));
    }

    /// <summary>Removes an incarnation for good.</summary>
    public Gossip Remove(UniqueAddress node, long nowMs) =>
        With(
            members: Members.Remove(Member.Removed(node)),
            seen: Seen.Remove(node),
            reachability: Reachability.Remove(node),
            version: Version.Prune(node),
            tombstones: Bounded(Tombstones.SetItem(node, nowMs)));

    /// <summary>
    /// What both know together. It does not depend on the order. Nobody has seen it; the caller compares it with both sides
    /// and decides whether it is one of them or a new version.
    /// </summary>
    public Gossip Merge(Gossip other)
    {
        var tombstones = MergeTombstones(other);
        var members = NoMembers.ToBuilder();
        foreach (var member in Members.Concat(other.Members))
        {
            if (tombstones.ContainsKey(member.UniqueAddress))
                continue;
            if (members.TryGetValue(member, out var known))
                members.Remove(known);
            members.Add(known is null ? member : Member.HighestPriorityOf(known, member));
        }
        var merged = members.ToImmutable();
        var version = tombstones.Keys.Aggregate(Version.Merge(other.Version), static (v, node) => v.Prune(node));
        var reachability = Reachability.Merge(other.Reachability, node => merged.Contains(Member.Removed(node)));
        return new Gossip(merged, [], reachability, version, tombstones);
    }

    /// <summary>True when one side holds as a member what the other knows to be removed.</summary>
    public bool ContradictsRemovals(Gossip other) =>
        Members.Any(m => other.Tombstones.ContainsKey(m.UniqueAddress)) || other.Members.Any(m => Tombstones.ContainsKey(m.UniqueAddress));

    /// <summary>The same members with the same statuses, and the same verdicts; who has seen it does not matter.</summary>
    public bool SameContent(Gossip other) =>
        Members.Count == other.Members.Count
        && Members.All(m => other.Find(m.UniqueAddress) is { } theirs && theirs.Status == m.Status && theirs.UpNumber == m.UpNumber)
        && Reachability.SameAs(other.Reachability);

    /// <summary>Turns times of removal into ages and back: both are <c>now - x</c>.</summary>
    public Gossip RebaseTombstones(long nowMs) =>
        Tombstones.IsEmpty ? this : With(tombstones: Tombstones.ToImmutableSortedDictionary(static t => t.Key, t => nowMs - t.Value));

    public Gossip ForgetTombstonesBefore(long removedBeforeMs) =>
        Tombstones.Values.All(t => t >= removedBeforeMs)
            ? this
            : With(tombstones: Tombstones.Where(t => t.Value >= removedBeforeMs).ToImmutableSortedDictionary());

    public override string ToString() =>
        $"Gossip(members = [{string.Join(", ", Members)}], seen = [{string.Join(", ", Seen.Select(s => s.Address))}], version = {Version})";

    private static ImmutableSortedDictionary<UniqueAddress, long> Bounded(ImmutableSortedDictionary<UniqueAddress, long> tombstones)
    {
        while (tombstones.Count > MaxTombstones)
            tombstones = tombstones.Remove(tombstones.MinBy(static t => t.Value).Key);
        return tombstones;
    }

    private ImmutableSortedDictionary<UniqueAddress, long> MergeTombstones(Gossip other)
    {
        if (other.Tombstones.IsEmpty)
            return Tombstones;
        var merged = Tombstones.ToBuilder();
        foreach (var (node, removedMs) in other.Tombstones)
        {
            // The earlier time wins, so that a tombstone passed around cannot stay young for ever.
            if (!merged.TryGetValue(node, out var known) || removedMs < known)
                merged[node] = removedMs;
        }
        return Bounded(merged.ToImmutable());
    }

    private Gossip With(
        ImmutableSortedSet<Member>? members = null,
        ImmutableSortedSet<UniqueAddress>? seen = null,
        Reachability? reachability = null,
        VectorClock? version = null,
        ImmutableSortedDictionary<UniqueAddress, long>? tombstones = null) =>
        new(members ?? Members, seen ?? Seen, reachability ?? Reachability, version ?? Version, tombstones ?? Tombstones);
}
