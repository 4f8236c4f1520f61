using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Membership;

/// <summary>
/// What governs membership. Each property names its HOCON key below <c>akka.cluster</c>; the defaults are Akka.NET's.
/// All times are milliseconds.
/// </summary>
internal sealed record MembershipSettings
{
    public static readonly MembershipSettings Default = new();

    /// <summary><c>app-version</c></summary>
    public AppVersion AppVersion { get; init; } = AppVersion.Zero;

    /// <summary><c>gossip-interval</c></summary>
    public long GossipIntervalMs { get; init; } = 1000;

    /// <summary><c>gossip-different-view-probability</c>: how often a round prefers a peer that has not seen this version.</summary>
    public double GossipDifferentViewProbability { get; init; } = 0.8;

    /// <summary><c>leader-actions-interval</c>: a leader also acts at once when it learns of convergence; this is the fallback.</summary>
    public long LeaderActionsIntervalMs { get; init; } = 1000;

    /// <summary><c>seed-node-timeout</c>: how long the first seed waits for the others before it forms a cluster by itself.</summary>
    public long SeedNodeTimeoutMs { get; init; } = 5000;

    /// <summary><c>retry-unsuccessful-join-after</c>: when a join that nobody welcomed begins again with the seeds.</summary>
    public long RetryUnsuccessfulJoinAfterMs { get; init; } = 10_000;

    /// <summary><c>unreachable-nodes-reaper-interval</c></summary>
    public long UnreachableReaperIntervalMs { get; init; } = 1000;

    /// <summary><c>prune-gossip-tombstones-after</c>: how long removed incarnations are remembered.</summary>
    public long TombstoneTimeToLiveMs { get; init; } = 24L * 3600 * 1000;

    /// <summary><c>min-nr-of-members</c>: nobody becomes Up before that many have joined.</summary>
    public int MinNrOfMembers { get; init; } = 1;

    /// <summary><c>failure-detector.heartbeat-interval</c></summary>
    public long HeartbeatIntervalMs { get; init; } = 1000;

    /// <summary><c>failure-detector.threshold</c></summary>
    public double FailureThreshold { get; init; } = 8.0;

    /// <summary><c>failure-detector.max-sample-size</c></summary>
    public int MaxSampleSize { get; init; } = 1000;

    /// <summary><c>failure-detector.min-std-deviation</c></summary>
    public long MinStdDeviationMs { get; init; } = 100;

    /// <summary><c>failure-detector.acceptable-heartbeat-pause</c></summary>
    public long AcceptableHeartbeatPauseMs { get; init; } = 3000;

    /// <summary><c>failure-detector.expected-response-after</c>: a node that never answered is judged as if it had answered then.</summary>
    public long ExpectedResponseAfterMs { get; init; } = 1000;

    /// <summary><c>failure-detector.monitored-by-nr-of-members</c></summary>
    public int MonitoredByNrOfMembers { get; init; } = 9;

    /// <summary><c>downing-provider-class</c> and <c>split-brain-resolver</c>; null where nobody but an operator downs.</summary>
    public SplitBrainSettings? SplitBrain { get; init; }
}
