namespace KvStore.Actors.Membership;

/// <summary>What everyone may see of the cluster. Immutable; the daemon replaces it, any thread reads it.</summary>
internal sealed record ClusterView(ClusterEvent.CurrentClusterState State, Member SelfMember, bool IsMember, bool IsTerminated)
{
    /// <summary>What it is a view of.</summary>
    public Gossip Gossip { get; init; } = Gossip.Empty;
}
