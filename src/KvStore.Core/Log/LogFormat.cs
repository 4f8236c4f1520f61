using System.Globalization;

namespace KvStore.Core.Log;

/// <summary>
/// The files of a data folder and their limits.
/// <code>
///   log-000000000001.kvl           a segment: header (LogHeader), records (LogRecord), zeros that are reserved
///   snapshot-000000000001.kvs      a snapshot: header, records of entries, an end record
///   snapshot-000000000001.kvs.tmp  one that was not completed; deleted at the next start
/// </code>
/// </summary>
public static class LogFormat
{
    /// <summary>A folder that was written under a greater one is refused.</summary>
    public const int Version = 1;

    /// <summary>
    /// The largest record: what a buffer may hold (<see cref="LogSettings.BufferBytes"/>) and, on top, what the longest turn of the
    /// owner adds, with much to spare. A greater length in a file is damage, and is not believed.
    /// </summary>
    public const int MaxRecordBytes = 512 * 1024 * 1024;

    /// <summary>Suffix of a file that is not complete.</summary>
    public const string Unfinished = ".tmp";

    private const string SegmentPrefix = "log-";
    private const string SegmentSuffix = ".kvl";
    private const string SnapshotPrefix = "snapshot-";
    private const string SnapshotSuffix = ".kvs";
    private const int Digits = 12;

    /// <summary>The file name of a segment.</summary>
    public static string SegmentName(long number) => SegmentPrefix + Format(number) + SegmentSuffix;

    /// <summary>The file name of a snapshot.</summary>
    public static string SnapshotName(long number) => SnapshotPrefix + Format(number) + SnapshotSuffix;

    /// <summary>The number of a segment by its file name.</summary>
    public static bool TrySegment(string name, out long number) => TryParse(name, SegmentPrefix, SegmentSuffix, out number);

    /// <summary>The number of a snapshot by its file name.</summary>
    public static bool TrySnapshot(string name, out long number) => TryParse(name, SnapshotPrefix, SnapshotSuffix, out number);

    /// <summary>The number of a snapshot that was not completed, by its file name.</summary>
    public static bool TryUnfinishedSnapshot(string name, out long number) => TryParse(name, SnapshotPrefix, SnapshotSuffix + Unfinished, out number);

    private static string Format(long number) => number.ToString("d12", CultureInfo.InvariantCulture);

    private static bool TryParse(string name, string prefix, string suffix, out long number)
    {
        ArgumentNullException.ThrowIfNull(name);
        number = 0;
        return name.Length == prefix.Length + Digits + suffix.Length
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(prefix.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }
}
