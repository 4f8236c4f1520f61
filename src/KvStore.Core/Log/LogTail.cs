namespace KvStore.Core.Log;

/// <summary>What recovery found, for the writers to go on from.</summary>
/// <param name="Replica">Whose log it is.</param>
/// <param name="End">Where the log ends; <see cref="LogPosition.Origin"/> when there is none.</param>
/// <param name="NextSegment">The number of the segment to begin: above that of every file that is there.</param>
/// <param name="File">The file in which the log ends, to be synced before anything is built on it; null when there is none.</param>
/// <param name="Sealed">
/// The segment before it, open, where the last one has no record: its seal may have been written and not synced when the process ended.
/// Null where it is known to be synced.
/// </param>
/// <param name="Segments">Numbers of the segments that make up the log, ascending.</param>
/// <param name="NextSnapshot">The number of the next snapshot.</param>
/// <param name="Snapshots">Snapshot files that the next one replaces.</param>
/// <param name="Leftovers">Files that mean nothing any more once the new segment has been begun.</param>
public sealed record LogTail(
    ulong Replica,
    LogPosition End,
    long NextSegment,
    IDiskFile? File,
    IDiskFile? Sealed,
    IReadOnlyList<long> Segments,
    long NextSnapshot,
    IReadOnlyList<string> Snapshots,
    IReadOnlyList<string> Leftovers)
{
    /// <summary>Of a folder without a log.</summary>
    public static LogTail Empty(ulong replica) => new(replica, LogPosition.Origin, 1, null, null, [], 1, [], []);
}
