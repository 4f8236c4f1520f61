using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <summary>What a record is. The byte is part of the format.</summary>
public enum LogRecordKind : byte
{
    /// <summary>In a segment: items, in the order in which they were appended.</summary>
    Batch = 1,

    /// <summary>The last record of a segment. Its payload is the number of the next one, 8 bytes.</summary>
    Seal = 2,

    /// <summary>Items, and then the process stopped of its own will, with everything synced.</summary>
    CleanStop = 3,

    /// <summary>In a snapshot: items.</summary>
    Block = 4,

    /// <summary>The last record of a snapshot. Its payload is how many blocks (8 bytes) and items (8 bytes) came before.</summary>
    SnapshotEnd = 5,
}

/// <summary>
/// A record of a segment or a snapshot:
/// <code>
///   length   4   of what follows the crc32c
///   crc32c   4   of number, offset, length and all that follows
///   check    4   crc32c of number, offset, length, kind and synced: tells a record's head from other bytes without its payload
///   kind     1   LogRecordKind
///   synced  16   segment and offset up to which the log was known to be synced when this was written
///   payload      items (LogItemCodec), or what the kind says
/// </code>
/// Number and offset are those of the file and of the record in it; they are not stored. A record that was copied, moved or left
/// over by another file is therefore none. A length of 0 is no record: the end, if nothing but zeros follows.
/// </summary>
/// <param name="Length">Bytes behind length and crc32c.</param>
/// <param name="Crc">The checksum as it stands in the file.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Synced">Synced before.</param>
internal readonly record struct LogRecord(int Length, uint Crc, LogRecordKind Kind, LogPosition Synced)
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeadBytes = FrameBytes + MinLength;

    /// <summary>Bytes that the length does not count.</summary>
    public const int FrameBytes = 8;

    /// <summary>The length of a record without payload.</summary>
    public const int MinLength = 21;

    /// <summary>Bytes in the file.</summary>
    public int Size => FrameBytes + Length;

    /// <summary>Begins a record in an empty buffer; the payload is appended behind.</summary>
    public static void Begin(LogBuffer buffer)
    {
        buffer.CutTo(0);
        buffer.Append(HeadBytes);
    }

    /// <summary>Fills in the head of the record in <paramref name="buffer"/>. It may be done again, for another place.</summary>
    public static void Complete(LogBuffer buffer, long number, long offset, LogRecordKind kind, LogPosition synced)
    {
        var bytes = buffer.Bytes;
        var length = bytes.Length - FrameBytes;
        if (length > LogFormat.MaxRecordBytes)
            throw new InvalidOperationException($"A record of {length} bytes; the largest has {LogFormat.MaxRecordBytes}.");
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], CheckOf(number, offset, length, kind, synced));
        bytes[12] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[13..], synced.Segment);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[21..], synced.Offset);
        var crc = Crc32c.Add(CrcStart(number, offset, length), bytes[FrameBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Crc32c.End(crc));
    }

    /// <summary>Reads a head of <see cref="HeadBytes"/> bytes; false when it is none of that place.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, long number, long offset, out LogRecord record)
    {
        record = default;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < MinLength or > LogFormat.MaxRecordBytes)
            return false;
        var kind = (LogRecordKind)bytes[12];
        var synced = new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes[13..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[21..]));
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != CheckOf(number, offset, length, kind, synced))
            return false;
        record = new LogRecord(length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), kind, synced);
        return true;
    }

    /// <summary>The running checksum before the first byte behind the crc32c.</summary>
    public static uint CrcStart(long number, long offset, int length) =>
        Crc32c.Add(Crc32c.Add(Crc32c.Add(Crc32c.Start, (ulong)number), (ulong)offset), (uint)length);

    private static uint CheckOf(long number, long offset, int length, LogRecordKind kind, LogPosition synced)
    {
        var crc = Crc32c.Add(CrcStart(number, offset, length), (byte)kind);
        return Crc32c.End(Crc32c.Add(Crc32c.Add(crc, (ulong)synced.Segment), (ulong)synced.Offset));
    }
}
