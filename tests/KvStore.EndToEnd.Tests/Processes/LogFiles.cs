using System.Buffers.Binary;

namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>The files of a data folder as a fault finds them: bytes. The format stands in KvStore.Core's LogFormat and LogRecord.</summary>
internal sealed class LogFiles(string folder)
{
    /// <summary>Of every segment and snapshot.</summary>
    public const int HeaderBytes = 64;

    /// <summary>length and crc32c, which the length does not count.</summary>
    private const int FrameBytes = 8;

    public static LogFiles Of(NodeUnderTest node) => new(Path.Combine(node.DataFolder, node.Name));

    public string Folder => folder;

    /// <summary>Paths of the segments that have records, in order. The last one of a folder is often the next one, prepared and empty.</summary>
    public IReadOnlyList<string> Segments => [.. Paths("log-*.kvl").Where(static path => Records(path).Count > 0)];

    public IReadOnlyList<string> Snapshots => Paths("snapshot-*.kvs");

    /// <summary>Offset and size of each record.</summary>
    public static IReadOnlyList<(long Offset, int Size)> Records(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var records = new List<(long, int)>();
        var at = HeaderBytes;
        while (at + FrameBytes < bytes.Length && BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) is var length and > 0)
        {
            records.Add((at, FrameBytes + length));
            at += FrameBytes + length;
        }
        return records;
    }

    public static void FlipBit(string path, long offset) => Change(path, file =>
    {
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0x10));
    });

    /// <summary>What a crash leaves of a record that was written in part: zeros, since the blocks of a segment are reserved ahead.</summary>
    public static void Zero(string path, long from, long to) => Change(path, file =>
    {
        file.Position = from;
        file.Write(new byte[to - from]);
    });

    public static void Cut(string path, long length) => Change(path, file => file.SetLength(length));

    private static void Change(string path, Action<FileStream> change)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        change(file);
    }

    private string[] Paths(string pattern)
    {
        var paths = Directory.GetFiles(folder, pattern);
        Array.Sort(paths, StringComparer.Ordinal);
        return paths;
    }
}
