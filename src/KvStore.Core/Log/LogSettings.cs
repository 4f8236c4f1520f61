namespace KvStore.Core.Log;

/// <summary>The bounds of log and snapshots.</summary>
public sealed record LogSettings
{
    /// <summary>
    /// A segment is sealed when it has passed this size, and this much is reserved for the next one ahead. Smaller ones are given back
    /// sooner after a snapshot; each costs a few file operations.
    /// </summary>
    public long SegmentBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// From here on <see cref="LogWriter.IsFull"/> asks the owner to take no more: what waits while the disk is full, or a segment
    /// changes, is memory.
    /// </summary>
    public int BufferBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// True where the owner tells nobody that more was synced than <see cref="LogWriter.ItemsClaimed"/>, a reply that waits for a sync
    /// included. A start may then cut the end of the log that a power cut has left with a hole in it.
    /// </summary>
    public bool TellsOnlyClaimed { get; init; }

    /// <summary>A snapshot's block is written at this size; one item may exceed it.</summary>
    public int BlockBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// A snapshot is synced after each of these. The disk carries requests out in order: a sync of all at the end would keep the
    /// log's syncs waiting for seconds.
    /// </summary>
    public long SnapshotSyncBytes { get; init; } = 8L * 1024 * 1024;
}

/// <summary>Counts since the start of the process.</summary>
public sealed class LogCounters
{
    /// <summary>Bytes written to segments, heads included.</summary>
    public long BytesWritten { get; internal set; }

    /// <summary>Records written, seals included.</summary>
    public long Records { get; internal set; }

    /// <summary>Writes that failed and are repeated.</summary>
    public long FailedWrites { get; internal set; }

    /// <summary>Syncs that succeeded.</summary>
    public long Syncs { get; internal set; }

    /// <summary>Bytes that the last sync covered which the one before did not.</summary>
    public long LastSyncBytes { get; internal set; }

    /// <summary>Segments begun.</summary>
    public long SegmentsBegun { get; internal set; }

    /// <summary>Segments deleted behind snapshots.</summary>
    public long SegmentsDeleted { get; internal set; }

    /// <summary>Snapshots published.</summary>
    public long Snapshots { get; internal set; }

    /// <summary>Snapshots that failed or were abandoned.</summary>
    public long SnapshotsFailed { get; internal set; }

    /// <summary>Bytes of the last published snapshot.</summary>
    public long LastSnapshotBytes { get; internal set; }
}
