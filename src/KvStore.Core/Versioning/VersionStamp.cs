namespace KvStore.Core.Versioning;

/// <summary>
/// The version of an entry: a hybrid logical clock reading, then the start id of the process that stamped it. Compared in
/// that order, so that any two replicas agree on the winner whatever the order of arrival.
/// </summary>
/// <param name="Clock">48 bits of Unix milliseconds above 16 bits of counter (<see cref="HybridClock"/>).</param>
/// <param name="StartId">Drawn at random at every process start; 0 stands for no process.</param>
public readonly record struct VersionStamp(ulong Clock, ulong StartId) : IComparable<VersionStamp>
{
    /// <summary>Below every stamped version: what a key that was never written has.</summary>
    public static VersionStamp None => default;

    /// <summary>The physical part of the clock, in Unix milliseconds.</summary>
    public long UnixMs => (long)(Clock >> HybridClock.CounterBits);

    /// <inheritdoc/>
    public int CompareTo(VersionStamp other)
    {
        var order = Clock.CompareTo(other.Clock);
        return order != 0 ? order : StartId.CompareTo(other.StartId);
    }

    /// <summary>Older than <paramref name="right"/>.</summary>
    public static bool operator <(VersionStamp left, VersionStamp right) =>
        left.Clock < right.Clock || (left.Clock == right.Clock && left.StartId < right.StartId);

    /// <summary>Newer than <paramref name="right"/>.</summary>
    public static bool operator >(VersionStamp left, VersionStamp right) => right < left;

    /// <summary>Not newer than <paramref name="right"/>.</summary>
    public static bool operator <=(VersionStamp left, VersionStamp right) => !(right < left);

    /// <summary>Not older than <paramref name="right"/>.</summary>
    public static bool operator >=(VersionStamp left, VersionStamp right) => !(left < right);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{UnixMs}.{Clock & ((1UL << HybridClock.CounterBits) - 1)}@{StartId:x}";
}
