using KvStore.Actors.Remoting;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;

namespace KvStore.Simulator;

/// <summary>What has to be hit by many seeds together.</summary>
/// <param name="Name">What it is counted under.</param>
/// <param name="Meaning">What has happened when it is.</param>
internal record CoverageTarget(string Name, string Meaning);

/// <summary>A target that something counts already.</summary>
internal sealed record CountedTarget<T>(string Name, string Meaning, Func<T, long> Count) : CoverageTarget(Name, Meaning);

/// <summary>A target that shows in what a node logs.</summary>
/// <param name="Name">What it is counted under.</param>
/// <param name="Meaning">What has happened when it is.</param>
/// <param name="Fragment">A part of the line.</param>
internal sealed record LoggedTarget(string Name, string Meaning, string Fragment) : CoverageTarget(Name, Meaning);

/// <summary>The declared list of what has to be hit. A simulator that never takes one of these paths says nothing about it.</summary>
internal static class CoverageTargets
{
    /// <summary>Of the replication.</summary>
    public static IReadOnlyList<CountedTarget<ReplicaCounters>> Replica { get; } =
    [
        new("write published", "A mutation was accepted and sent to the others.", static c => c.Published),
        new("mutation applied", "Another's mutation changed the table.", static c => c.Applied),
        new("mutation superseded", "One came that was older than what was there, or had come before.", static c => c.Superseded),
        new("conflict", "A mutation replaced a version which its origin had not seen.", static c => c.Conflicts),
        new("possible conflict", "An overwrite came to light outside of the numbered stream.", static c => c.PossibleConflicts),
        new("ranges dropped", "So many ranges were open beyond a gap that a message was dropped.", static c => c.Dropped),
        new("refill asked", "A gap was found, and its numbers asked for.", static c => c.RefillsRequested),
        new("refill sent", "What another lacked was found in the backlog.", static c => c.RefillsSent),
        new("session started", "Two replicas began to compare their tables.", static c => c.SessionsStarted),
        new("session completed", "They came to the end of it.", static c => c.SessionsCompleted),
        new("session failed", "The donor went, refused or did not answer.", static c => c.SessionsFailed),
        new("slot differed", "A digest differed from the donor's.", static c => c.SlotsDiffering),
        new("entry repaired", "A session changed an entry.", static c => c.RepairedEntries),
        new("table transferred", "A whole table was received.", static c => c.TransfersCompleted),
        new("entry refused", "An entry outside of the stream was older than what was collected.", static c => c.Refused),
        new("mutation late", "A mutation of an origin that is gone came when no replica held it.", static c => c.Late),
        new("tombstone collected", "Every registered replica had synced a deletion.", static c => c.Collected),
        new("key expired", "An expiry was found to have passed.", static c => c.Expired),
        new("replica discarded", "A replica gave up what it had, to join anew.", static c => c.Discards),
        new("write lost in a discard", "It had accepted writes that nobody else had.", static c => c.Lost),
    ];

    /// <summary>Of the log of one start.</summary>
    public static IReadOnlyList<CountedTarget<LogCounters>> Log { get; } =
    [
        new("log synced", "A sync of the log succeeded.", static c => c.Syncs),
        new("log write failed", "A write of the log failed, and was repeated.", static c => c.FailedWrites),
        new("segment begun", "A log file was full, and the next one begun.", static c => c.SegmentsBegun),
        new("segment deleted", "A log file went behind a snapshot.", static c => c.SegmentsDeleted),
        new("snapshot published", "A snapshot was complete, and took its name.", static c => c.Snapshots),
        new("snapshot failed", "A snapshot failed or was abandoned.", static c => c.SnapshotsFailed),
    ];

    /// <summary>Of what a start found.</summary>
    public static IReadOnlyList<CountedTarget<RecoveryReport>> Recovery { get; } =
    [
        new("recovered", "A start read its data folder to the end.", static r => r.WasEmpty ? 0 : 1),
        new("recovered from a snapshot", "It began with a snapshot.", static r => r.Snapshot is null ? 0 : 1),
        new("recovered several segments", "It read more than one log file.", static r => r.Segments > 1 ? 1 : 0),
        new("torn tail cut", "It cut what a crash had left of the last write.", static r => r.Cuts.Count),
        new("hole cut", "It cut what a power cut had left in any order, whole records included.", static r => r.CutHole ? 1 : 0),
        new("recovered after a clean stop", "The log ended with the mark of a stop in order.", static r => r.StoppedCleanly ? 1 : 0),
    ];

    /// <summary>Of the remoting of one start.</summary>
    public static IReadOnlyList<CountedTarget<RemotingCounters>> Remoting { get; } =
    [
        new("message sent", "A node sent another a message.", static c => c.MessagesOut),
    ];

    /// <summary>Of a disk.</summary>
    public static IReadOnlyList<CountedTarget<DiskCounters>> Disk { get; } =
    [
        new("disk sync failed", "A sync was made to fail.", static c => c.FailedSyncs),
        new("disk full", "A write found no space.", static c => c.FullWrites),
        new("disk stalled", "A request took a stall's time.", static c => c.Stalls),
        new("disk crash in a write", "A process ended in the middle of a write.", static c => c.CrashesInWrites),
        new("disk request interrupted", "A kill came while the disk was at work.", static c => c.InterruptedRequests),
        new("disk request dropped", "A kill found a request waiting.", static c => c.DroppedRequests),
        new("disk creation in part", "A kill left a new file with a part of its head.", static c => c.PartialCreations),
        new("disk publication in part", "A kill left a snapshot synced, and without its name.", static c => c.PartialPublications),
        new("disk power cut", "A disk lost its power.", static c => c.PowerCuts),
        new("disk write lost", "A power cut took a write away.", static c => c.WritesLost),
        new("disk write torn", "It left a write in part.", static c => c.TornWrites),
        new("disk name lost", "It took back a creation, a renaming or a deletion.", static c => c.NamesLost),
        new("disk bit rotten", "A bit was flipped.", static c => c.RottenBits),
    ];

    /// <summary>Of the network.</summary>
    public static IReadOnlyList<CountedTarget<NetworkCounters>> Network { get; } =
    [
        new("message lost", "A message was lost.", static c => c.Lost),
        new("message duplicated", "A message of the store came twice.", static c => c.Duplicated),
        new("message reordered", "A message could overtake another.", static c => c.Reordered),
        new("message clogged", "A message waited in a clogged way.", static c => c.Clogged),
        new("message cut", "A message was lost in a cut way.", static c => c.Cut),
        new("message to nobody", "Nobody listened where a message arrived.", static c => c.Unreachable),
    ];

    /// <summary>Of the store and the engine, where a line of the log is all that tells.</summary>
    public static IReadOnlyList<LoggedTarget> Logged { get; } =
    [
        new("resolver keeps its side", "The resolver downed those that could not be reached.", "decides DownUnreachable"),
        new("resolver downs its side", "The resolver downed the side that it was on.", "decides DownReachable"),
        new("resolver downs the indirectly connected", "Connections contradicted each other.", "decides DownIndirectlyConnected"),
        new("resolver downs all", "Nothing could be known to be safe.", "decides DownAll"),
        new("rejoins by itself", "A node that was downed asked to be let in again.", "will ask to be let in again"),
        new("peer restarted", "A node saw another come back as a new incarnation.", "was restarted, its uid is"),
        new("message of a past incarnation", "A message came from one that is no longer in the cluster.", "that incarnation is no longer in the cluster"),
        new("peer unreachable at its address", "A connection could not be made.", "cannot be reached, and is tried again"),
        new("writes refused", "The log could not be written, and clients were told.", "MISCONF the log can't be written"),
        new("writes taken again", "The log could be written again.", "the log can be written again"),
        new("receives what was missed", "A replica that served received a table.", "receiving what was missed"),
        new("loads from a peer", "A replica loaded before it served.", "loading: receiving the data set"),
        new("left behind", "A replica found that the others had gone on without it.", "this node was left behind"),
    ];

    /// <summary>As <see cref="Logged"/>, of what comes once in hundreds of seeds: counted, and not missed where it did not.</summary>
    public static IReadOnlyList<LoggedTarget> Rare { get; } =
    [
        new("lesser cluster joins the greater", "A split had left two clusters, and one gave way.", "the lesser of two: joining the other"),
    ];

    /// <summary>Of the membership, as a store saw it, and what it is called there.</summary>
    public static IReadOnlyList<CoverageTarget> Membership { get; } =
    [
        new("member joined", "A member was let in."),
        new("member up", "A member became up."),
        new("member leaving", "A member was about to leave."),
        new("member exiting", "A member left."),
        new("member down", "A member was downed."),
        new("member removed", "A member was removed."),
        new("member unreachable", "A member did not answer."),
        new("member reachable", "One that had not answered did again."),
    ];

    /// <summary>Of clients.</summary>
    public static IReadOnlyList<CoverageTarget> Clients { get; } =
    [
        new("operation Ok", "A command was answered."),
        new("operation Failed", "A command was answered by an error that says that nothing was changed."),
        new("operation Unknown", "A command was not answered, or so that it may or may not have been applied."),
    ];

    /// <summary>Of the checks: one that never looks at anything finds nothing.</summary>
    public static IReadOnlyList<CoverageTarget> Checks { get; } =
    [
        new("check promised keys looked for after a recovery", "What a machine had acknowledged was looked for when it came back."),
        new("check promised keys looked for in the end", "What had been acknowledged was looked for when all had come to rest."),
        new("check promises ended by a discard", "A replica that gave up what it had was not held to what it had acknowledged."),
        new("check writes that were refused and have left nothing", "A write that was refused was looked for, everywhere."),
        new("check keys of one node found linearizable", "The history of a key that one node alone served was searched to the end."),
    ];

    /// <summary>Of what the faults lead to.</summary>
    public static IReadOnlyList<CoverageTarget> Aftermath { get; } =
    [
        new("killed in the middle of a write", "A process ended there."),
        new("a damaged folder was refused", "A start refused a damaged data folder, and its disk was replaced."),
        new("cluster begun anew", "No node was in a cluster, and an operator started the first seed again."),
    ];

    /// <summary>All of them, faults first.</summary>
    public static IReadOnlyList<CoverageTarget> All { get; } =
    [
        .. Enum.GetValues<FaultKind>().Select(static kind => new CoverageTarget(Coverage.NameOf(kind), "It happened.")),
        .. Aftermath, .. Network, .. Disk, .. Log, .. Recovery, .. Replica, .. Membership, .. Logged, .. Remoting, .. Clients, .. Checks,
    ];
}
