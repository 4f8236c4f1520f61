namespace KvStore.Actors.Membership.Downing;

/// <summary>Whom the resolver wants marked as Down, and why.</summary>
internal sealed record DowningDecision(DowningVerdict Verdict, IReadOnlyList<Member> Nodes, string Reason);

/// <summary>
/// Ends a split: once the view has stood still for <c>stable-after</c> with somebody unreachable, it says who is to be marked as Down.
/// Gossip and the time go in, a decision comes out. It runs on every node, but only the leader of a side decides, so that a side has one
/// word; the sides come to complementary decisions because the strategy makes them so.
/// </summary>
/// <remarks>
/// A view that never stands still (links that come and go) is dangerous too, since the sides may decide on different views. So
/// when changes of reachability go on for <c>stable-after</c> and <c>down-all-when-unstable</c> together, all go; that
/// decision everybody makes, leader or not. Not thread-safe.
/// </remarks>
internal sealed class SplitBrainResolver(UniqueAddress self, SplitBrainSettings settings)
{
    private Gossip _before = Gossip.Empty;
    private long _stableSinceMs = long.MinValue;
    private long? _unstableSinceMs;

    /// <summary>What is to be done about this view now; null while there is nothing to decide, or not yet.</summary>
    /// <param name="gossip">The cluster as this node knows it.</param>
    /// <param name="isLeader">Whether this node leads its side.</param>
    /// <param name="nowMs">Does not run backwards.</param>
    public DowningDecision? Decide(Gossip gossip, bool isLeader, long nowMs)
    {
        if (_stableSinceMs == long.MinValue)
            _stableSinceMs = nowMs;
        if (!ReferenceEquals(gossip, _before))
            Observe(gossip, nowMs);
        if (_unstableSinceMs is { } sinceMs && settings.DownAllWhenUnstableMs > 0 && nowMs - sinceMs > settings.StableAfterMs + settings.DownAllWhenUnstableMs)
            return Act(SplitView.Of(gossip, self), DowningVerdict.DownAll, $"reachability has kept changing for {nowMs - sinceMs} ms", nowMs);
        if (!isLeader || nowMs - _stableSinceMs < settings.StableAfterMs || IsNotIn(gossip) || IsWhole(gossip))
            return null;
        var view = SplitView.Of(gossip, self);
        return Act(view, settings.Strategy.Decide(view), $"stable for {nowMs - _stableSinceMs} ms", nowMs);
    }

    private bool IsWhole(Gossip gossip) => !gossip.Members.Any(m => m.UniqueAddress != self && IsLost(gossip, m));

    private bool IsNotIn(Gossip gossip) => gossip.Find(self)?.Status is null or MemberStatus.Joining;

    private DowningDecision? Act(SplitView view, DowningVerdict verdict, string circumstance, long nowMs)
    {
        var nodes = settings.Strategy.NodesToDown(view, verdict);
        if (nodes.Count == 0)
            return null;
        _stableSinceMs = nowMs;
        _unstableSinceMs = null;
        var itself = nodes.Any(m => m.UniqueAddress == self) ? ", this node among them" : "";
        return new DowningDecision(
            verdict,
            nodes,
            $"The split-brain resolver ({settings.Strategy}, {circumstance}) decides {verdict}: downing [{string.Join(", ", nodes.Select(static m => m.Address))}]{itself}");
    }

    private void Observe(Gossip gossip, long nowMs)
    {
        var hasReachabilityChanged = gossip.Members.Any(m => m.UniqueAddress != self && IsLost(gossip, m) != (_before.Find(m.UniqueAddress) is { } known && IsLost(_before, known)));
        // Who joins, leaves or has been removed changes nothing that a strategy has not been careful about.
        if (hasReachabilityChanged || gossip.Members.Any(m => m.Status is MemberStatus.Up or MemberStatus.Exiting && _before.Find(m.UniqueAddress)?.Status != m.Status))
            _stableSinceMs = nowMs;
        if (hasReachabilityChanged)
            _unstableSinceMs ??= nowMs;
        _before = gossip;
        if (_unstableSinceMs is not null && !SplitView.Of(gossip, self).HasUnreachableWhoCount)
            _unstableSinceMs = null;
    }

    private static bool IsLost(Gossip gossip, Member member) =>
        member.Status == MemberStatus.Down || !gossip.ReachabilityWithoutDownedObservers.IsReachable(member.UniqueAddress);
}
