namespace KvStore.Actors.Membership.Downing;

/// <summary>
/// The side with the oldest member stays. With <see cref="DownIfAlone"/> an oldest member that is alone against two or more goes
/// instead, or its crash would take the whole cluster with it.
/// </summary>
internal sealed record KeepOldest(bool DownIfAlone, string? Role) : DowningStrategy
{
    public override DowningVerdict Decide(SplitView view)
    {
        if (!view.IndirectlyConnected.IsEmpty)
            return DowningVerdict.DownIndirectlyConnected;
        var counted = view.Count(Role);
        if (counted.Count == 0)
            return DowningVerdict.DownAll;
        if (!IsKept(view, counted, counted))
            return DowningVerdict.DownReachable;
        // The oldest may be Exiting on the other side already, and whoever is joining here may be company for it there.
        var staying = view.Count(Role, withoutPossiblyExiting: true);
        var company = view.Count(Role, withPossiblyUp: DownIfAlone, withoutPossiblyExiting: true);
        return staying.Count > 0 && IsKept(view, staying, company) ? DowningVerdict.DownUnreachable : DowningVerdict.DownAll;
    }

    public override string ToString() => "keep-oldest";

    private bool IsKept(SplitView view, IReadOnlyList<Member> candidates, IReadOnlyList<Member> company)
    {
        var isElsewhere = view.IsUnreachable(candidates.Order(Member.AgeOrdering).First());
        var there = company.Count(view.IsUnreachable);
        var here = company.Count - there;
        if (isElsewhere)
            return DownIfAlone && there == 1 && here >= 2;
        return !(DownIfAlone && here == 1 && there >= 2);
    }
}
