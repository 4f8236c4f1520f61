namespace KvStore.Actors.Membership;

public sealed partial class Member
{
    /// <summary>Orders addresses by host and port; the lowest reachable one leads.</summary>
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create(static (x, y) =>
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var order = string.CompareOrdinal(x.Host ?? "", y.Host ?? "");
        return order != 0 ? order : Nullable.Compare(x.Port, y.Port);
    });

    /// <summary>Orders members by incarnation, host and port first.</summary>
    internal static readonly IComparer<Member> Ordering = Comparer<Member>.Create(static (x, y) =>
    {
        var order = AddressOrdering.Compare(x.Address, y.Address);
        if (order == 0)
            order = x.UniqueAddress.Uid.CompareTo(y.UniqueAddress.Uid);
        return order != 0 ? order : x.Address.CompareTo(y.Address);
    });

    /// <summary>Orders members from the oldest to the youngest.</summary>
    public static readonly IComparer<Member> AgeOrdering = Comparer<Member>.Create(static (x, y) =>
    {
        if (x.Equals(y))
            return 0;
        if (x.IsOlderThan(y))
            return -1;
        return y.IsOlderThan(x) ? 1 : Ordering.Compare(x, y);
    });

    /// <summary>
    /// Orders members by how fit they are to lead: those that are going or not yet there come last, and only among the
    /// equally fit does the address decide.
    /// </summary>
    internal static readonly IComparer<Member> LeaderStatusOrdering = Comparer<Member>.Create(static (x, y) =>
    {
        var order = Unfitness(x.Status).CompareTo(Unfitness(y.Status));
        return order != 0 ? order : Ordering.Compare(x, y);
    });

    /// <summary>
    /// Which of two views of one incarnation wins a merge: the one further along its life, since no status is ever taken back.
    /// </summary>
    public static Member HighestPriorityOf(Member m1, Member m2)
    {
        ArgumentNullException.ThrowIfNull(m1);
        ArgumentNullException.ThrowIfNull(m2);
        if (m1.Status == m2.Status)
            return m1.IsOlderThan(m2) ? m1 : m2;
        return Progress(m1.Status) > Progress(m2.Status) ? m1 : m2;
    }

    private static int Progress(MemberStatus status) => status switch
    {
        MemberStatus.Joining => 0,
        MemberStatus.WeaklyUp => 1,
        MemberStatus.Up => 2,
        MemberStatus.Leaving => 3,
        MemberStatus.Exiting => 4,
        MemberStatus.Down => 5,
        _ => 6,
    };

    private static int Unfitness(MemberStatus status) => status switch
    {
        MemberStatus.Down => 4,
        MemberStatus.Exiting => 3,
        MemberStatus.Joining => 2,
        MemberStatus.WeaklyUp => 1,
        _ => 0,
    };
}
