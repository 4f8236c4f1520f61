namespace KvStore.Simulator.Disk;

/// <summary>What a power cut makes of the writes to a file that were not synced.</summary>
internal enum PowerLoss
{
    /// <summary>All of them had reached the platter.</summary>
    Nothing,

    /// <summary>None of them had.</summary>
    All,

    /// <summary>The first ones had, the last of these perhaps in part: see <see cref="TornWrites"/>.</summary>
    Suffix,

    /// <summary>Any sectors had, in whatever order they were written; the file may have its new length without the bytes.</summary>
    Sectors,
}

/// <summary>Where the last write that reached the platter may end too soon.</summary>
internal enum TornWrites
{
    /// <summary>Nowhere: a write is there wholly or not at all.</summary>
    Never,

    /// <summary>At the end of a sector.</summary>
    AtSector,

    /// <summary>At any byte, as when a file system or a device keeps smaller promises than sectors.</summary>
    AtByte,
}

/// <summary>How bad a disk is: the ranges that its accidents are drawn from.</summary>
internal sealed record DiskFaults
{
    /// <summary>A disk that takes no time, and that a power cut costs nothing.</summary>
    public static DiskFaults None { get; } = new()
    {
        MinLatency = TimeSpan.Zero,
        MaxLatency = TimeSpan.Zero,
        StallProbability = 0,
        Losses = [PowerLoss.Nothing],
        Torn = TornWrites.Never,
    };

    /// <summary>The least time that a request takes.</summary>
    public TimeSpan MinLatency { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>The most that it takes when the disk does not stall.</summary>
    public TimeSpan MaxLatency { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>How many requests of one take up to <see cref="MaxStall"/> more.</summary>
    public double StallProbability { get; init; } = 0.001;

    /// <summary>The most that such a stall takes.</summary>
    public TimeSpan MaxStall { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>One of these is drawn at each power cut, for all files; one that stands there twice is twice as likely.</summary>
    public IReadOnlyList<PowerLoss> Losses { get; init; } = [PowerLoss.Nothing, PowerLoss.All, PowerLoss.Suffix, PowerLoss.Suffix];

    /// <summary>How the last write before a power cut may be torn.</summary>
    public TornWrites Torn { get; init; } = TornWrites.AtByte;

    /// <summary>What the device writes wholly or not at all, in bytes.</summary>
    public int SectorBytes { get; init; } = 512;

    /// <summary>
    /// True for a kernel that takes pages for clean whose sync has failed: a later sync of the file succeeds, and what was not synced
    /// before the failure is lost with the power all the same.
    /// </summary>
    public bool ForgetsFailedSyncs { get; init; }
}
