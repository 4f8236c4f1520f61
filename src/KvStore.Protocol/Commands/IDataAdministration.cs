namespace KvStore.Protocol.Commands;

/// <summary>One member as <c>KVDATA NODES</c> lists it.</summary>
/// <param name="Name">The node's configured name; empty while it is not known.</param>
/// <param name="Address">Where the other nodes reach it, <c>host:port</c>.</param>
/// <param name="Gateway">Where clients reach it, <c>host:port</c>; empty where they do not, or while it is not known.</param>
/// <param name="State"><c>ready</c>, <c>loading</c>, <c>unreachable</c>, or <c>unknown</c> before its first status came.</param>
public sealed record DataNode(string Name, string Address, string Gateway, string State);

/// <summary>How far anti-entropy with one peer is, as <c>KVDATA REPAIR STATUS</c> lists it.</summary>
/// <param name="Peer">The peer's name.</param>
/// <param name="Phase">What it does, in a word: <c>comparing</c>, <c>exchanging</c>, <c>done</c>, <c>failed</c>, …</param>
/// <param name="Percent">How much of the key space is behind it, from 0 to 100.</param>
/// <param name="SlotsDiffering">Slots that were found to differ.</param>
/// <param name="Received">Entries that the peer sent, wanted or not.</param>
/// <param name="Sent">Entries that were sent to the peer.</param>
/// <param name="IsDone">True when nothing more will happen, well or badly.</param>
public sealed record RepairProgress(string Peer, string Phase, int Percent, long SlotsDiffering, long Received, long Sent, bool IsDone);

/// <summary>One replica of the registry, as <c>KVDATA REPLICAS</c> lists it.</summary>
/// <param name="Name">The node's configured name.</param>
/// <param name="StoreId">The identity of its data.</param>
/// <param name="StartId">The process that holds the data, or held it last.</param>
/// <param name="State"><c>live</c>, <c>away</c> or <c>forgotten</c>.</param>
/// <param name="Lag">How many of this node's mutations it has not confirmed; -1 where that is not known.</param>
/// <param name="SinceMs">Since when it is in that state, in unix milliseconds; 0 where that is not known.</param>
public sealed record ReplicaFacts(string Name, ulong StoreId, ulong StartId, string State, long Lag, long SinceMs);

/// <summary>What the section <c>persistence</c> of INFO tells of log and snapshots.</summary>
public sealed record PersistenceFacts
{
    /// <summary>True when writes are logged: <c>aof_enabled</c>.</summary>
    public bool HasLog { get; init; }

    /// <summary>Why the last write or fsync of the log failed; null when it did not.</summary>
    public string? LogFailure { get; init; }

    /// <summary>Bytes of the log's files: <c>aof_current_size</c>.</summary>
    public long LogBytes { get; init; }

    /// <summary>Entries written since the last snapshot was begun: <c>rdb_changes_since_last_save</c>.</summary>
    public long ChangesSinceSnapshot { get; init; }

    /// <summary>How long the last snapshot took, in milliseconds; null before the first.</summary>
    public long? LastSnapshotMs { get; init; }

    /// <summary>For how long the snapshot under way has been; null when there is none.</summary>
    public long? RunningSnapshotMs { get; init; }
}

/// <summary>
/// The data of the cluster, for those who look after it. Called on the store's turn only. A request answers null when it was
/// taken, and otherwise the reason why not, in a sentence that repeats the client's bytes as Latin-1.
/// </summary>
public interface IDataAdministration
{
    /// <summary>Where clients reach this node, <c>host:port</c>; empty where they do not.</summary>
    string Gateway { get; }

    /// <summary>Every member of the cluster, this node included, ordered by name.</summary>
    IReadOnlyList<DataNode> Nodes { get; }

    /// <summary>The exchange with each peer that <see cref="StartRepair"/> began last, or that began by itself since; empty before the first.</summary>
    IReadOnlyList<RepairProgress> Repairs { get; }

    /// <summary>The replicas that deletions are kept for, and those that were forgotten, ordered by name.</summary>
    IReadOnlyList<ReplicaFacts> Replicas { get; }

    /// <summary>True while a snapshot is being written.</summary>
    bool IsSnapshotRunning { get; }

    /// <summary>How many snapshots have ended since the start, published or failed. Commands that wait for one wait for this to change.</summary>
    long SnapshotsCompleted { get; }

    /// <summary>Why the last snapshot to end failed; null when it was published, and before the first.</summary>
    string? SnapshotFailure { get; }

    /// <summary>When the last snapshot was published, in unix milliseconds; when the process started, before the first.</summary>
    long LastSavedAtMs { get; }

    /// <summary>For INFO.</summary>
    PersistenceFacts Persistence { get; }

    /// <summary>Compares the data with every peer's, and exchanges what differs.</summary>
    string? StartRepair();

    /// <summary>Stops keeping deletions for a replica that does not come back.</summary>
    string? Forget(string name);

    /// <summary>Begins a snapshot. Not called while one is being written.</summary>
    string? StartSnapshot();
}
