namespace KvStore.Core.Versioning;

/// <summary>
/// A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014) in 64 bits: milliseconds since 1970 above a
/// 16-bit counter. It never runs backwards, stays close to physical time, and orders an event after all it has observed.
/// </summary>
/// <remarks>A counter that overflows carries into the milliseconds, so 65,536 ticks in one millisecond cost no wait.</remarks>
public sealed class HybridClock
{
    /// <summary>How many low bits count events within a millisecond.</summary>
    public const int CounterBits = 16;

    /// <summary>The greatest reading that was given out or observed.</summary>
    public ulong Last { get; private set; }

    /// <summary>A reading above everything given out or observed before, and not below <paramref name="nowMs"/>.</summary>
    /// <param name="nowMs">Physical time, Unix milliseconds; a step backwards is harmless.</param>
    public ulong Tick(long nowMs)
    {
        var physical = (ulong)nowMs << CounterBits;
        Last = physical > Last ? physical : Last + 1;
        return Last;
    }

    /// <summary>Takes note of a reading that came from elsewhere: the next <see cref="Tick"/> is above it.</summary>
    public void Observe(ulong clock)
    {
        if (clock > Last)
            Last = clock;
    }
}
