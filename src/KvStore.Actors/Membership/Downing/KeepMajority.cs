namespace KvStore.Actors.Membership.Downing;

/// <summary>
/// The side with more members stays; of two equal ones that with the lowest address. Where a cluster falls into more than two
/// parts, none may be greater than all others together, and then all go.
/// </summary>
internal sealed record KeepMajority(string? Role) : DowningStrategy
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
        // Members may have changed their status while the cluster split: this side at its weakest against the other at its strongest.
        var here = view.Count(Role, withoutPossiblyExiting: true);
        var isKept = here.Count > 0 && IsKept(view, here, view.Count(Role, withPossiblyUp: true));
        return isKept ? DowningVerdict.DownUnreachable : DowningVerdict.DownAll;
    }

    public override string ToString() => "keep-majority";

    private static bool IsKept(SplitView view, IReadOnlyList<Member> here, IReadOnlyList<Member> there)
    {
        var reachable = here.Count(m => !view.IsUnreachable(m));
        var unreachable = there.Count(view.IsUnreachable);
        return reachable == unreachable ? !view.IsUnreachable(here[0]) : reachable > unreachable;
    }
}
