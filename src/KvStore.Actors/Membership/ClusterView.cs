namespace KvStore.Actors.Membership;

/// <summary>What everyone may see of the cluster. Immutable; the daemon replaces it, any thread reads it.</summary>
internal sealed record ClusterView(ClusterEvent.CurrentClusterState State, Member SelfMember, bool IsMember, bool IsTerminated);
