namespace KvStore.Actors.Membership.Downing;

/// <summary>
/// A side with at least so many members stays. It needs no more than twice as many less one in the cluster, or two sides
/// could both be large enough; where there are more, all go.
/// </summary>
internal sealed record StaticQuorum(int QuorumSize, string? Role) : DowningStrategy
{
    public override DowningVerdict Decide(SplitView view)
    {
        var counted = view.Count(Role);
        if (counted.Count > (QuorumSize * 2) - 1)
            return DowningVerdict.DownAll;
        if (!view.IndirectlyConnected.IsEmpty)
            return DowningVerdict.DownIndirectlyConnected;
        return counted.Count(m => !view.IsUnreachable(m)) >= QuorumSize ? DowningVerdict.DownUnreachable : DowningVerdict.DownReachable;
    }

    public override string ToString() => "static-quorum";
}
