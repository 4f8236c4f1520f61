using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <summary>What a file begins with says what it is.</summary>
public enum LogFileKind
{
    /// <summary>A segment of the log.</summary>
    Segment,

    /// <summary>A snapshot.</summary>
    Snapshot,
}

/// <summary>
/// The first 64 bytes of a segment or a snapshot, little-endian:
/// <code>
///   magic       8   "KVLOG\0\r\n" or "KVSNAP\r\n": a file that was changed as text is noticed
///   version     4   format version; it and the magic keep their places in every version
///   number      8   of the segment or snapshot, as in the file name
///   replica     8   whose folder it is
///   before      8+8 a position of the log
///   boot        8   in which run of the machine's system the segment was begun; 0 for none
///   zeros       8
///   crc32c      4   of the 60 bytes before
/// </code>
/// <c>before</c>, in a snapshot, is where the log that belongs to it begins to be replayed. In a segment it names the segment
/// before it, 0 when the log begins here. Offset 0 says that the segment before it was sealed, in the same run of the
/// process. Another offset says that a later start begins here, and found that the log ends at that position: whatever lies
/// behind it, segments with numbers in between included, was cut.
/// <c>boot</c> is 0 in a snapshot, where the system does not say, and in a segment whose writer tells of a sync before a record
/// says so (<see cref="LogSettings.TellsOnlyClaimed"/>). Where it is not 0, another run of the system may take a hole in the
/// segment's end for the work of a power cut. A version 1 program that knows nothing of it wrote zeros, and reads past it.
/// </summary>
/// <param name="Kind">Segment or snapshot.</param>
/// <param name="Number">From 1.</param>
/// <param name="Replica">The replica's id.</param>
/// <param name="Before">See above.</param>
/// <param name="Boot">See above.</param>
public readonly record struct LogHeader(LogFileKind Kind, long Number, ulong Replica, LogPosition Before, ulong Boot = 0)
{
    /// <summary>Bytes; the first record follows.</summary>
    public const int Size = 64;

    private const int CrcAt = Size - sizeof(uint);
    private const int VersionAt = 8;

    /// <summary>The header's bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        Magic(Kind).CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(VersionAt), LogFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(12), Number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(20), Replica);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(28), Before.Segment);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(36), Before.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(44), Boot);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcAt), Crc(bytes));
        return bytes;
    }

    /// <summary>Reads the header of a file whose name says which number it has; false when it is damaged or was never written.</summary>
    /// <exception cref="CorruptLogException">It was written by a later version, or for another replica.</exception>
    public static bool TryRead(IDiskFile file, LogFileKind kind, long number, ulong replica, out LogHeader header)
    {
        ArgumentNullException.ThrowIfNull(file);
        Span<byte> bytes = stackalloc byte[Size];
        header = default;
        if (file.Read(0, bytes) < Size || !bytes[..VersionAt].SequenceEqual(Magic(kind)))
            return false;
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[VersionAt..]);
        if (version > LogFormat.Version)
        {
            throw new CorruptLogException(
                file.Name,
                VersionAt,
                $"it has format version {version}, and this program knows versions up to {LogFormat.Version}",
                "Start the later version of the program that wrote it; there is no way back to this one with this folder.");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]) != Crc(bytes) || version < 1)
            return false;
        header = new LogHeader(
            kind,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]),
            new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes[28..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[36..])),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[44..]));
        if (header.Replica != replica)
        {
            throw new CorruptLogException(
                file.Name,
                20,
                $"it was written by replica {header.Replica:x}, and this folder belongs to replica {replica:x}",
                "Files of two data folders were mixed: put back those that belong together.");
        }
        if (header.Number != number)
            throw new CorruptLogException(file.Name, 12, $"its header says number {header.Number}", "It was renamed: give it the name that it had.");
        return true;
    }

    private static ReadOnlySpan<byte> Magic(LogFileKind kind) => kind == LogFileKind.Segment ? "KVLOG\0\r\n"u8 : "KVSNAP\r\n"u8;

    private static uint Crc(ReadOnlySpan<byte> bytes) => Crc32c.End(Crc32c.Add(Crc32c.Start, bytes[..CrcAt]));
}
