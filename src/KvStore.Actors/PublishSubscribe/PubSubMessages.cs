using System.Collections.Immutable;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>What the registries of two nodes say to each other. Any of them may be lost, doubled or late.</summary>
internal interface IPubSubMessage : IControlMessage;

/// <summary>
/// How much of each node's bucket the sender knows. The receiver answers with what the sender lacks, and, unless this is an answer
/// itself, with its own status where it lacks something. If it is lost, the next second brings another.
/// </summary>
internal sealed record PubSubStatus(UniqueAddress From, ImmutableArray<BucketDigest> Digests, bool IsReply) : IPubSubMessage;

/// <summary>Changes of some buckets. What does not fit is asked for with the next status.</summary>
internal sealed record PubSubDelta(UniqueAddress From, ImmutableArray<BucketDelta> Buckets) : IPubSubMessage;

/// <summary>Up to which change a bucket is known, and up to which of its removals are forgotten.</summary>
internal readonly record struct BucketDigest(UniqueAddress Owner, long Version, long PrunedBelow);

/// <summary>
/// The changes of one bucket after <see cref="Base"/>, up to and including <see cref="Upto"/>. A full one begins the bucket
/// anew, for a receiver so far behind that the removals which it missed are forgotten.
/// </summary>
internal sealed record BucketDelta(UniqueAddress Owner, long Base, long Upto, long PrunedBelow, bool IsFull, bool HasMore, ImmutableArray<BucketChange> Changes);

/// <summary>The owner's change number <see cref="Version"/>: the key is there, or is no longer.</summary>
internal readonly record struct BucketChange(RegistryKey Key, long Version, bool IsPresent);

/// <summary>What the registry wants sent, on the control lane.</summary>
internal readonly record struct PubSubSend(UniqueAddress To, IPubSubMessage Message);

/// <summary>What governs the registry; keys below <c>akka.cluster.pub-sub</c>, with Akka.NET's defaults.</summary>
internal sealed record PubSubSettings
{
    public static readonly PubSubSettings Default = new();

    /// <summary><c>gossip-interval</c>, for the timer that calls <c>GossipTick</c>.</summary>
    public long GossipIntervalMs { get; init; } = 1000;

    /// <summary><c>removed-time-to-live</c>: how long removals are remembered.</summary>
    public long RemovedTimeToLiveMs { get; init; } = 120_000;

    /// <summary><c>max-delta-elements</c></summary>
    public int MaxDeltaElements { get; init; } = 3000;
}
