namespace KvStore.Simulator.Disk;

/// <summary>What has happened on a disk, over all processes: for checks, and to see that a run met what it is meant to meet.</summary>
internal sealed class DiskCounters
{
    /// <summary>Writes, those cut short included.</summary>
    public long Writes { get; set; }

    /// <summary>Bytes that they wrote.</summary>
    public long BytesWritten { get; set; }

    /// <summary>Files that were synced, by whatever request.</summary>
    public long Syncs { get; set; }

    /// <summary>Syncs that were made to fail.</summary>
    public long FailedSyncs { get; set; }

    /// <summary>Writes and reservations for which there was no space.</summary>
    public long FullWrites { get; set; }

    /// <summary>Requests that were carried out or failed.</summary>
    public long Requests { get; set; }

    /// <summary>Requests that took a stall's time.</summary>
    public long Stalls { get; set; }

    /// <summary>Processes that were killed, those of a power cut included.</summary>
    public long Kills { get; set; }

    /// <summary>Processes that ended in the middle of a write.</summary>
    public long CrashesInWrites { get; set; }

    /// <summary>Requests that a kill interrupted, wherever.</summary>
    public long InterruptedRequests { get; set; }

    /// <summary>Requests that a kill found waiting, of which nothing is left.</summary>
    public long DroppedRequests { get; set; }

    /// <summary>Creations that a kill left with a part of the head, or of no length.</summary>
    public long PartialCreations { get; set; }

    /// <summary>Publications that a kill left synced, and without the new name.</summary>
    public long PartialPublications { get; set; }

    /// <summary>Power cuts.</summary>
    public long PowerCuts { get; set; }

    /// <summary>Writes that power cuts took away wholly.</summary>
    public long WritesLost { get; set; }

    /// <summary>Bytes that they took away.</summary>
    public long BytesLost { get; set; }

    /// <summary>Writes that they left in part.</summary>
    public long TornWrites { get; set; }

    /// <summary>Files of which they kept some sectors and lost others that had been written before or with them.</summary>
    public long ScrambledFiles { get; set; }

    /// <summary>Creations, renames and deletions that they took back.</summary>
    public long NamesLost { get; set; }

    /// <summary>Bits that were flipped.</summary>
    public long RottenBits { get; set; }
}
