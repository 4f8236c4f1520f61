namespace KvStore.Core.Replication;

/// <summary>The bounds and intervals of a <see cref="Replica"/>.</summary>
public sealed record ReplicaSettings
{
    /// <summary>The node's name, for people; <c>kv.node.name</c>.</summary>
    public string Name { get; init; } = "node";

    /// <summary>Whether what happens is to be written to a log.</summary>
    public bool Durable { get; init; }

    /// <summary>
    /// A client's write that finds more than this in <see cref="Replica.MemoryBytes"/> is refused, or evicts; 0 for no limit;
    /// <c>kv.limits.memory</c>.
    /// </summary>
    public long MemoryLimitBytes { get; init; }

    /// <summary>What such a write does; <c>kv.limits.eviction</c>.</summary>
    public EvictionPolicy Eviction { get; init; }

    /// <summary>The longest key and value that the owner takes from a client, for comparison with the peers'; 0 where it has no such limit.</summary>
    public (int Key, int Value) LongestBytes { get; init; }

    /// <summary>What all nodes should have the same.</summary>
    public WriteLimits Limits => new(MemoryLimitBytes, Eviction, LongestBytes.Key, LongestBytes.Value);

    /// <summary>A message of mutations or of a transfer is closed at this size; one record may exceed it.</summary>
    public int MessageBytes { get; init; } = 256 * 1024;

    /// <summary>Mutations kept for refills, in bytes over all origins; <c>kv.replication.backlog</c>.</summary>
    public long BacklogBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>One refill answer is about this large: the asker asks on when it has applied it, which is the flow control.</summary>
    public int RefillBytes { get; init; } = 1024 * 1024;

    /// <summary>How often a <see cref="ReplicaStatus"/> is sent; what was lost is noticed within two of these.</summary>
    public long StatusIntervalMs { get; init; } = 500;

    /// <summary>A request that brought nothing for this long is made again, of another replica if there is one.</summary>
    public long RequestTimeoutMs { get; init; } = 2_000;

    /// <summary>
    /// A node whose wall clock is further than this from the clocks of most of its live peers refuses client writes: its versions would
    /// beat, or lose to, all others for as long; <c>kv.replication.max-drift</c>.
    /// </summary>
    public long MaxDriftMs { get; init; } = 60_000;

    /// <summary>The last conflicts are kept, this many at most.</summary>
    public int ConflictsKept { get; init; } = 16_384;

    /// <summary>
    /// How long a loading replica waits for members that are in the cluster but silent or unreachable, before it decides
    /// without them. It is the time a downing provider takes, so that a member that is really gone has left by then.
    /// </summary>
    public long SilenceMs { get; init; } = 20_000;

    /// <summary>
    /// How often tables are compared with a peer's, the next one each time; 0 for never. Replicas that agree exchange a
    /// kilobyte, so a minute costs nothing, and what slipped past everything else is gone within one for each peer.
    /// </summary>
    public long AntiEntropyIntervalMs { get; init; } = 60_000;

    /// <summary>
    /// A session that nobody waits for rests this long behind every <see cref="MessageBytes"/>, so that it leaves time and
    /// bandwidth to clients. It is looked at ten times a second: with any pause but 0 a megabyte or two a second move.
    /// </summary>
    public long RepairPauseMs { get; init; } = 50;

    /// <summary>How many pieces are asked for ahead, so that donor, network and receiver work at the same time; 1 to 64.</summary>
    public int TransferWindow { get; init; } = 4;
}

/// <summary>Counts since the start of the process.</summary>
public sealed class ReplicaCounters
{
    /// <summary>Mutations accepted here and published.</summary>
    public long Published { get; internal set; }

    /// <summary>Mutations received from other origins, repeated ones included.</summary>
    public long Received { get; internal set; }

    /// <summary>Received mutations that changed the table.</summary>
    public long Applied { get; internal set; }

    /// <summary>Received mutations that lost to a newer version, or had been received before.</summary>
    public long Superseded { get; internal set; }

    /// <summary>Mutations that replaced a version which their origin had not seen: concurrent writes.</summary>
    public long Conflicts { get; internal set; }

    /// <summary>Equal versions with unequal contents: a broken invariant.</summary>
    public long Diverged { get; internal set; }

    /// <summary>Slots whose records were found to be other than they were written: memory has changed by itself.</summary>
    public long DigestMismatches { get; internal set; }

    /// <summary>Suspect slots that a session has shown to be as they should be, or made so.</summary>
    public long SuspectSlotsRepaired { get; internal set; }

    /// <summary>Suspect slots that nothing could be taken for in a session, since the donor's were suspect too.</summary>
    public long SuspectSlotsShared { get; internal set; }

    /// <summary>Entries of suspect slots that were set back to what a peer has, or removed since they could not have been written.</summary>
    public long RottenEntries { get; internal set; }

    /// <summary>Slots passed over in sessions because the donor's were suspect.</summary>
    public long SlotsSkipped { get; internal set; }

    /// <summary>Messages of mutations dropped because too many ranges were open beyond a gap.</summary>
    public long Dropped { get; internal set; }

    /// <summary>Refills asked of others.</summary>
    public long RefillsRequested { get; internal set; }

    /// <summary>Refill messages sent to others.</summary>
    public long RefillsSent { get; internal set; }

    /// <summary>Sessions begun as the receiver.</summary>
    public long SessionsStarted { get; internal set; }

    /// <summary>Sessions completed as the receiver, those that found nothing included.</summary>
    public long SessionsCompleted { get; internal set; }

    /// <summary>Sessions given up: the donor went, refused or did not answer.</summary>
    public long SessionsFailed { get; internal set; }

    /// <summary>Whole tables received.</summary>
    public long TransfersCompleted { get; internal set; }

    /// <summary>Slots found to differ from a donor's.</summary>
    public long SlotsDiffering { get; internal set; }

    /// <summary>Pieces received in sessions.</summary>
    public long PiecesReceived { get; internal set; }

    /// <summary>Pieces sent in sessions.</summary>
    public long PiecesSent { get; internal set; }

    /// <summary>Entries received in sessions.</summary>
    public long TransferredEntries { get; internal set; }

    /// <summary>Entries that donors have listed, so that only those that were wanted had to be sent.</summary>
    public long ListedEntries { get; internal set; }

    /// <summary>Keys deleted to make room for a write.</summary>
    public long Evicted { get; internal set; }

    /// <summary>Entries among them that changed the table.</summary>
    public long RepairedEntries { get; internal set; }

    /// <summary>Entries sent in sessions.</summary>
    public long EntriesSent { get; internal set; }

    /// <summary>Tombstones removed because every registered replica had synced the deletion.</summary>
    public long Collected { get; internal set; }

    /// <summary>Entries refused outside of the numbered stream because they are older than what was collected.</summary>
    public long Refused { get; internal set; }

    /// <summary>Mutations of an origin that is gone which no registered replica holds: too late to be taken.</summary>
    public long Late { get; internal set; }

    /// <summary>New mutations older than what was collected. Collection makes them impossible; not 0 is a defect.</summary>
    public long BelowCollected { get; internal set; }

    /// <summary>How often this replica gave up all it had to join anew.</summary>
    public long Discards { get; internal set; }

    /// <summary>Mutations accepted here that no peer had acknowledged when they were discarded.</summary>
    public long Lost { get; internal set; }

    /// <summary>Overwrites that came to light outside of the numbered stream, and may have been conflicts.</summary>
    public long PossibleConflicts { get; internal set; }

    /// <summary>Entries whose expiry was found to have passed.</summary>
    public long Expired { get; internal set; }
}
