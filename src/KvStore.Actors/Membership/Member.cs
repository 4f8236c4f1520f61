using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

/// <summary>
/// A node as the cluster sees it. Two members are equal when they are the same incarnation, whatever their status, so that a
/// set holds each incarnation once. Shape and rules are Akka.NET's <c>Akka.Cluster.Member</c>.
/// </summary>
public sealed partial class Member : IComparable<Member>, IComparable, IEquatable<Member>
{
    /// <summary>The up number of a member that is not Up yet: younger than any that is.</summary>
    internal const int NotYetUp = int.MaxValue;

    private Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles, AppVersion appVersion)
    {
        UniqueAddress = uniqueAddress;
        UpNumber = upNumber;
        Status = status;
        Roles = roles;
        AppVersion = appVersion;
    }

    /// <summary>The incarnation.</summary>
    public UniqueAddress UniqueAddress { get; }

    /// <summary>Where the node is.</summary>
    public Address Address => UniqueAddress.Address;

    /// <summary>Where the member stands in its life.</summary>
    public MemberStatus Status { get; }

    /// <summary>The roles that the node joined with.</summary>
    public ImmutableHashSet<string> Roles { get; }

    /// <summary>The version of the program that the node said it runs when it joined; <c>akka.cluster.app-version</c>.</summary>
    public AppVersion AppVersion { get; }

    /// <summary>Counts the members in the order in which they became Up; decides who is older.</summary>
    internal int UpNumber { get; }

    internal static Member Create(UniqueAddress node, IEnumerable<string> roles, AppVersion? appVersion = null) =>
        new(node, NotYetUp, MemberStatus.Joining, roles.ToImmutableHashSet(StringComparer.Ordinal), appVersion ?? AppVersion.Zero);

    internal static Member Create(UniqueAddress node, int upNumber, MemberStatus status, ImmutableHashSet<string> roles, AppVersion? appVersion = null) =>
        new(node, upNumber, status, roles, appVersion ?? AppVersion.Zero);

    /// <summary>A stand-in for an incarnation that is not in the cluster, to look sets up with.</summary>
    internal static Member Removed(UniqueAddress node) => new(node, NotYetUp, MemberStatus.Removed, [], AppVersion.Zero);

    /// <summary>True when the node joined with that role.</summary>
    public bool HasRole(string role) => Roles.Contains(role);

    /// <summary>True when this member became Up before <paramref name="other"/>; the address decides where neither did.</summary>
    public bool IsOlderThan(Member other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return UpNumber == other.UpNumber ? AddressOrdering.Compare(Address, other.Address) < 0 : UpNumber < other.UpNumber;
    }

    /// <summary>This member with another status.</summary>
    /// <exception cref="InvalidOperationException">No member may go from its status to that one.</exception>
    public Member Copy(MemberStatus status)
    {
        if (status == Status)
            return this;
        if (!IsAllowed(Status, status))
            throw new InvalidOperationException($"Invalid member status transition {Status} -> {status}");
        return new Member(UniqueAddress, UpNumber, status, Roles, AppVersion);
    }

    /// <summary>This member as Up, with its place in the order of age.</summary>
    public Member CopyUp(int upNumber) => new Member(UniqueAddress, upNumber, Status, Roles, AppVersion).Copy(MemberStatus.Up);

    /// <inheritdoc/>
    public int CompareTo(Member? other) => other is null ? 1 : Ordering.Compare(this, other);

    int IComparable.CompareTo(object? obj) =>
        obj is Member other ? CompareTo(other) : throw new ArgumentException("A Member can be compared with another Member only.", nameof(obj));

    /// <inheritdoc/>
    public bool Equals(Member? other) => other is not null && UniqueAddress.Equals(other.UniqueAddress);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Member);

    /// <inheritdoc/>
    public override int GetHashCode() => UniqueAddress.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(',', Roles.Order(StringComparer.Ordinal))}], upNumber={UpNumber})";

    private static bool IsAllowed(MemberStatus from, MemberStatus to) => from switch
    {
        MemberStatus.Joining => to is MemberStatus.WeaklyUp or MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.WeaklyUp => to is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Up => to is MemberStatus.Leaving or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Leaving => to is MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Exiting => to is MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Down => to is MemberStatus.Removed,
        _ => false,
    };
}
