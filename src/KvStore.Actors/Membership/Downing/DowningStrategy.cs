namespace KvStore.Actors.Membership.Downing;

/// <summary>Which side of a split goes.</summary>
internal enum DowningVerdict : byte
{
    /// <summary>This side stays.</summary>
    DownUnreachable,

    /// <summary>The other side stays, if it decides alike; this one goes.</summary>
    DownReachable,

    /// <summary>Nothing can be known to be safe, so everybody goes.</summary>
    DownAll,

    /// <summary>Those with contradicting connections go, and beside them whoever a split among the rest costs.</summary>
    DownIndirectlyConnected,
}

/// <summary>
/// Decides a split from what this side sees. The sides cannot talk, so each strategy must come to complementary verdicts from views
/// that differ only in who is out of reach. The rules are those of Akka's split brain resolver:
/// https://getakka.net/articles/clustering/split-brain-resolver.html
/// </summary>
internal abstract record DowningStrategy
{
    /// <summary>The verdict on a view with somebody unreachable.</summary>
    public abstract DowningVerdict Decide(SplitView view);

    /// <summary>Who is to be marked as Down by that verdict.</summary>
    public IReadOnlyList<Member> NodesToDown(SplitView view, DowningVerdict verdict) => verdict switch
    {
        DowningVerdict.DownUnreachable => [.. view.Downable.Where(view.IsUnreachable)],
        DowningVerdict.DownReachable => [.. view.Downable.Where(m => !view.IsUnreachable(m))],
        DowningVerdict.DownAll => [.. view.Downable],
        _ => WithTheIndirectlyConnected(view),
    };

    private IReadOnlyList<Member> WithTheIndirectlyConnected(SplitView view)
    {
        var nodes = view.IndirectlyConnected.ToHashSet();
        if (view.HasUnreachableBeyondTheIndirectlyConnected)
        {
            var rest = view.WithoutDoubtsAmongIndirectlyConnected();
            var verdict = Decide(rest);
            // Doubts that still contradict each other: no side can be sure of what the other one sees.
            if (verdict == DowningVerdict.DownIndirectlyConnected)
                return NodesToDown(view, DowningVerdict.DownAll);
            nodes.UnionWith(NodesToDown(rest, verdict).Select(static m => m.UniqueAddress));
        }
        return [.. view.Downable.Where(m => nodes.Contains(m.UniqueAddress))];
    }
}

/// <summary>Nobody survives a split: for those who would rather start everything again.</summary>
internal sealed record DownAllNodes : DowningStrategy
{
    public override DowningVerdict Decide(SplitView view) => DowningVerdict.DownAll;

    public override string ToString() => "down-all";
}
