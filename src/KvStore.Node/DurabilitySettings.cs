namespace KvStore.Node;

/// <summary>When a write is forced to the disk.</summary>
public enum FsyncPolicy
{
    /// <summary>Once an interval: a killed process loses nothing, a power cut at most the interval.</summary>
    Interval,

    /// <summary>Before anything is answered: neither loses anything.</summary>
    Always,

    /// <summary>When the system likes: a killed process loses nothing, a power cut what the system had not written yet.</summary>
    Never,
}

/// <summary>Where and how a node keeps its data on disk. From <c>kv.data-folder</c> and <c>kv.log</c>.</summary>
public sealed record DurabilitySettings
{
    /// <summary>The node's own folder, <c>kv.data-folder</c> / <c>kv.node.name</c>.</summary>
    public string Folder { get; init; } = Path.Combine("./data", "node");

    /// <summary>When the log is forced to the disk; <c>kv.log.fsync</c>.</summary>
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Interval;

    /// <summary>How often under <see cref="FsyncPolicy.Interval"/>.</summary>
    public TimeSpan FsyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A log file is closed at about this size; its space is reserved ahead.</summary>
    public long SegmentBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>A snapshot is taken when the log has grown by this much and by as much as the last snapshot had.</summary>
    public long SnapshotAfterBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Start from a damaged log by dropping what is damaged and everything behind it.</summary>
    public bool AcceptDamage { get; init; }
}
