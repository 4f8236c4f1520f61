namespace KvStore.Core.Log;

/// <summary>A place in the log: a segment, and an offset in its file. Ordered as the log is.</summary>
/// <param name="Segment">From 1; 0 before the log.</param>
/// <param name="Offset">Bytes from the beginning of the file.</param>
public readonly record struct LogPosition(long Segment, long Offset) : IComparable<LogPosition>
{
    /// <summary>Before everything.</summary>
    public static LogPosition Origin => default;

    /// <inheritdoc/>
    public int CompareTo(LogPosition other)
    {
        var order = Segment.CompareTo(other.Segment);
        return order != 0 ? order : Offset.CompareTo(other.Offset);
    }

    /// <summary>Before <paramref name="right"/>.</summary>
    public static bool operator <(LogPosition left, LogPosition right) => left.CompareTo(right) < 0;

    /// <summary>Behind <paramref name="right"/>.</summary>
    public static bool operator >(LogPosition left, LogPosition right) => left.CompareTo(right) > 0;

    /// <summary>Not behind <paramref name="right"/>.</summary>
    public static bool operator <=(LogPosition left, LogPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Not before <paramref name="right"/>.</summary>
    public static bool operator >=(LogPosition left, LogPosition right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Segment}:{Offset}";
}
