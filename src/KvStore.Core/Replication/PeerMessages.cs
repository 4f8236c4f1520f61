namespace KvStore.Core.Replication;

/// <summary>
/// What replicas say to each other. Any of these may be lost, duplicated or overtaken by another; none may be needed for
/// more than speed. A replica is named by its start id.
/// </summary>
public abstract record PeerMessage;

/// <summary>
/// Mutations <paramref name="First"/> … <paramref name="First"/> + <paramref name="Count"/> − 1 of an origin. Published to
/// all when they are accepted, and sent to one replica as a refill. If it is lost, the gap shows in the numbers.
/// </summary>
/// <param name="Origin">The replica that accepted and numbered them.</param>
/// <param name="First">Number of the first, from 1.</param>
/// <param name="Count">How many; at least 1.</param>
/// <param name="Records">As many <see cref="EntryRecord"/>s; checked when it was decoded, never changed afterwards.</param>
public sealed record Mutations(ulong Origin, long First, int Count, ReadOnlyMemory<byte> Records) : PeerMessage
{
    /// <summary>Number of the last one.</summary>
    public long Last => First + Count - 1;
}

/// <summary>
/// "I hold everything of <paramref name="Origin"/> up to <paramref name="Applied"/>." Sent to that origin. Cumulative, so that one that is
/// lost is made good by the next.
/// </summary>
public sealed record Acknowledge(ulong Replica, ulong Origin, long Applied) : PeerMessage;

/// <summary>
/// The heartbeat of a replica: sent to every member twice a second. It tells a peer what it has missed, who has it, and how
/// far a replica is that still loads. If it is lost, all of that is learned half a second later.
/// </summary>
/// <param name="Replica">The sender's start id.</param>
/// <param name="Member">The sender's cluster member, <c>address#uid</c>.</param>
/// <param name="Name">The sender's <c>kv.node.name</c>.</param>
/// <param name="Ready">False while it loads.</param>
/// <param name="Entries">How many entries it holds, tombstones included.</param>
/// <param name="Applied">Its vector; its own entry is the last number it has given.</param>
public sealed record ReplicaStatus(ulong Replica, string Member, string Name, bool Ready, long Entries, OriginVector Applied) : PeerMessage
{
    /// <summary>True when its table was complete once, before a restart perhaps: then it may be the first to serve again.</summary>
    public bool Complete { get; init; }

    /// <summary>The identity of the data that it holds: it outlives the process where there is a data folder.</summary>
    public ulong Store { get; init; }

    /// <summary>As <see cref="Applied"/>, of what a power cut would leave.</summary>
    public OriginVector Synced { get; init; } = OriginVector.Empty;

    /// <summary>What every replica of the registry had synced when tombstones were last collected.</summary>
    public OriginVector Collected { get; init; } = OriginVector.Empty;

    /// <summary>Tombstones up to this clock are collected.</summary>
    public ulong CollectedClock { get; init; }

    /// <summary>A hash of the replica registry that it knows: where it differs from the receiver's, the two exchange them.</summary>
    public ulong Registry { get; init; }

    /// <summary>Its wall clock, in Unix milliseconds.</summary>
    public long NowMs { get; init; }

    /// <summary>When its process started, in Unix milliseconds by its own clock.</summary>
    public long StartedMs { get; init; }

    /// <summary>The generation of its registry; 0 while it knows none.</summary>
    public ulong Generation { get; init; }

    /// <summary>Origins that are gone or away, and of which the sender has something beyond the number in <see cref="Applied"/>.</summary>
    public IReadOnlyCollection<ulong> Open { get; init; } = [];

    /// <summary>Where clients reach it, <c>host:port</c>; empty where they do not.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>What it lets its clients write.</summary>
    public WriteLimits Limits { get; init; }
}

/// <summary>"Send me the mutations of <paramref name="Origin"/> from <paramref name="From"/> on." Repeated if nothing comes.</summary>
public sealed record RefillRequest(ulong Replica, ulong Origin, long From) : PeerMessage;

/// <summary>
/// Ends the answer to a <see cref="RefillRequest"/>. Without it, or one that was lost, the asker asks again.
/// </summary>
/// <param name="Replica">Who answers.</param>
/// <param name="Origin">As in the request.</param>
/// <param name="From">As in the request.</param>
/// <param name="Sent">How many mutations were sent; 0 when the backlog does not reach back that far.</param>
/// <param name="Applied">What the sender's table holds of that origin: whether a transfer from it would help.</param>
public sealed record RefillEnd(ulong Replica, ulong Origin, long From, long Sent, long Applied) : PeerMessage;

/// <summary>
/// Who may hold data, as the sender knows it: sent where a status shows that the receiver knows something else. If it is lost, the
/// next status shows it again.
/// </summary>
public sealed record RegistryUpdate(ulong Replica, ReplicaRegistry Registry) : PeerMessage;
