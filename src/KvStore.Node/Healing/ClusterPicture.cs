using KvStore.Core.Storage;

namespace KvStore.Node.Healing;

/// <summary>
/// A cluster as one of its nodes sees it, small enough to be told to another: what the two of a split are compared by.
/// </summary>
/// <param name="Members">Its members, ordered; empty for a node that is in no cluster.</param>
/// <param name="IsSettled">All members are Up and reachable, and each is one live registered replica: all of them see this same picture.</param>
/// <param name="Replicas">The stores of its live registered replicas, ordered.</param>
/// <param name="SinceMs">When the oldest process among those started, in Unix milliseconds by its own clock; decides who is older, and nothing else.</param>
/// <param name="Sees">The identities of the other clusters of this database that its node has heard lately.</param>
internal sealed record ClusterPicture(
    IReadOnlyList<PicturedMember> Members, bool IsSettled, IReadOnlyList<ulong> Replicas, long SinceMs, IReadOnlyList<ulong> Sees)
{
    private const ulong HashSeed = 0x9e3779b97f4a7c15;

    /// <summary>Equal for two pictures exactly when they are of one cluster in one state, whoever sees it.</summary>
    public ulong Id => ByteHash.Of(HealingCodec.EncodeState(this), HashSeed);

    /// <summary>True when the two have an address or a replica in common: then they are no two clusters, or not yet.</summary>
    public bool Overlaps(ClusterPicture other) =>
        Members.Any(m => other.Members.Any(o => o.Address == m.Address)) || Replicas.Any(other.Replicas.Contains);
}

/// <summary>One member: its address as text, and which incarnation it is.</summary>
internal readonly record struct PicturedMember(string Address, int Uid);
