using System.Globalization;

namespace KvStore.Hocon;

/// <summary>
/// Numbers with units. A duration is a number with ns, us, ms, s, m, h or d (or the words); without a unit it is
/// milliseconds. A size is a number with one of
/// <code>
/// b B byte(s)                    1
/// k K Ki KiB kibibyte(s)         1024        m M Mi MiB, g G Gi GiB, t T Ti TiB: its powers
/// kB KB kilobyte(s)              1000        MB, GB, TB: its powers
/// </code>
/// as HOCON has it, with <c>KB</c> besides its <c>kB</c>; without a unit it is bytes.
/// </summary>
internal static class HoconUnits
{
    private const decimal TicksPerNanosecond = 0.01m;

    public static TimeSpan? ParseDuration(string text)
    {
        if (text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;
        if (!TrySplit(text, out var number, out var unit) || TicksPer(unit) is not { } ticks)
            return null;
        return number <= TimeSpan.MaxValue.Ticks / Math.Max(ticks, 1m) ? TimeSpan.FromTicks((long)Math.Round(number * ticks)) : null;
    }

    public static long? ParseByteSize(string text)
    {
        if (!TrySplit(text, out var number, out var unit) || BytesPer(unit) is not { } bytes)
            return null;
        return number <= long.MaxValue / bytes ? (long)(number * bytes) : null;
    }

    private static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.IndexOfAnyExcept("0123456789.");
        if (end < 0)
            end = trimmed.Length;
        unit = trimmed[end..].Trim().ToString();
        return decimal.TryParse(trimmed[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static decimal? TicksPer(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => TicksPerNanosecond,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };

    private static decimal? BytesPer(string unit) => unit switch
    {
        "" or "b" or "B" or "byte" or "bytes" => 1,
        "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "kB" or "KB" or "kilobyte" or "kilobytes" => 1_000,
        "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "MB" or "megabyte" or "megabytes" => 1_000_000,
        "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "GB" or "gigabyte" or "gigabytes" => 1_000_000_000,
        "t" or "T" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        "TB" or "terabyte" or "terabytes" => 1_000_000_000_000,
        _ => null,
    };
}
