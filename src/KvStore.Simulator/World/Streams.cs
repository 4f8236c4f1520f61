namespace KvStore.Simulator.World;

/// <summary>
/// The randomness of a run: from its seed a stream for each purpose, so that a fault less, when a schedule is shrunk, changes
/// what follows from it and not what every client does.
/// </summary>
internal sealed class Streams(long seed)
{
    /// <summary>The ranges of the run, and the schedule of faults.</summary>
    public Random Plan { get; } = Of(seed, 1);

    /// <summary>The order in which actors run.</summary>
    public Random Turns { get; } = Of(seed, 2);

    /// <summary>Delays and losses of messages.</summary>
    public Random Network { get; } = Of(seed, 3);

    /// <summary>What clients do, and when.</summary>
    public Random Clients { get; } = Of(seed, 4);

    /// <summary>Start ids, uids and hash seeds.</summary>
    public Random Identities { get; } = Of(seed, 5);

    /// <summary>What checks look at where they can't look at everything: what they draw changes nothing that happens.</summary>
    public Random Checks { get; } = Of(seed, 6);

    /// <summary>Latencies of a disk, and what a crash leaves on it.</summary>
    public static Random Disk(long seed, int machine) => Of(seed, 100 + machine);

    // SplitMix64's finalizer: neighbouring seeds give streams that have nothing in common.
    private static Random Of(long seed, int purpose)
    {
        var z = (ulong)seed + ((ulong)purpose * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return new Random((int)(z ^ (z >> 31)));
    }
}
