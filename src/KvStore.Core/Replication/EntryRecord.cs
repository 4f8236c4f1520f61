using System.Buffers.Binary;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>What a record of the replication stream does. The byte is part of the record format.</summary>
public enum RecordKind : byte
{
    /// <summary>Sets a value.</summary>
    Value = EntryKind.Value,

    /// <summary>Deletes.</summary>
    Deleted = EntryKind.Deleted,

    /// <summary>A value that has expired; only in transfers, since expiry is not a mutation.</summary>
    Expired = EntryKind.Expired,

    /// <summary>FLUSHALL: raises the floor to the record's version. Has neither key nor value.</summary>
    Floor = 3,
}

/// <summary>
/// One change of one key, in the form in which it is queued, sent and stored:
/// <code>
///   head      1   kind (bits 0-1) and which of the optional fields follow (bits 4-6)
///   clock     8   version's clock, little-endian like all below
///   [start    8]  version's start id; without it the one of the stream's origin
///   [replaced 16] clock and start id of the version that this one replaced
///   [expiry   8]  Unix milliseconds
///   key           varint length, bytes
///   value         varint length, bytes
/// </code>
/// A Floor ends before the key, a Deleted before the value; an Expired has 8 bytes of value hash as its value.
/// </summary>
public readonly ref struct EntryRecord
{
    private const byte KindMask = 0x03;
    private const byte StartFlag = 0x10;
    private const byte ReplacedFlag = 0x20;
    private const byte ExpiryFlag = 0x40;
    private const int MaxVarintBytes = 5;

    /// <summary>Creates a record of an entry.</summary>
    public EntryRecord(RecordKind kind, VersionStamp version, VersionStamp replaced, long expiresAtMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Kind = kind;
        Version = version;
        Replaced = replaced;
        ExpiresAtMs = expiresAtMs;
        Key = key;
        Value = value;
    }

    /// <summary>What it does.</summary>
    public RecordKind Kind { get; }

    /// <summary>The version that the entry has.</summary>
    public VersionStamp Version { get; }

    /// <summary>The version that it replaced where it was stamped; None for a new key.</summary>
    public VersionStamp Replaced { get; }

    /// <summary>Unix milliseconds, 0 for none.</summary>
    public long ExpiresAtMs { get; }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value; empty for a deletion.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The entry, as the table takes it. Not for a Floor.</summary>
    public EntryView Entry => new(Version, (EntryKind)Kind, ExpiresAtMs, Value);

    /// <summary>An upper bound of the bytes that <see cref="Write"/> takes for a key and a value of these lengths.</summary>
    public static int MaxSize(int keyLength, int valueLength) => checked(1 + 8 + 8 + 16 + 8 + MaxVarintBytes + keyLength + MaxVarintBytes + valueLength);

    /// <summary>Writes the record; how many bytes.</summary>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes.</param>
    /// <param name="origin">A start id equal to this is left out.</param>
    public int Write(Span<byte> destination, ulong origin)
    {
        var head = (byte)Kind;
        var at = 1;
        at += WriteUInt64(destination[at..], Version.Clock);
        if (Version.StartId != origin)
        {
            head |= StartFlag;
            at += WriteUInt64(destination[at..], Version.StartId);
        }
        if (Replaced != VersionStamp.None)
        {
            head |= ReplacedFlag;
            at += WriteUInt64(destination[at..], Replaced.Clock);
            at += WriteUInt64(destination[at..], Replaced.StartId);
        }
        if (ExpiresAtMs != 0)
        {
            head |= ExpiryFlag;
            at += WriteUInt64(destination[at..], (ulong)ExpiresAtMs);
        }
        destination[0] = head;
        if (Kind == RecordKind.Floor)
            return at;
        at += WriteBytes(destination[at..], Key);
        return Kind == RecordKind.Deleted ? at : at + WriteBytes(destination[at..], Value);
    }

    /// <summary>Reads one record off the front of <paramref name="source"/>; the result points into it.</summary>
    /// <exception cref="FormatException">The bytes are not a record.</exception>
    public static EntryRecord Read(ref ReadOnlySpan<byte> source, ulong origin)
    {
        if (source.IsEmpty)
            throw Malformed("no record");
        var head = source[0];
        source = source[1..];
        if ((head & ~(KindMask | StartFlag | ReplacedFlag | ExpiryFlag)) != 0)
            throw Malformed("unknown flags");
        var kind = (RecordKind)(head & KindMask);
        var clock = ReadUInt64(ref source);
        var version = new VersionStamp(clock, (head & StartFlag) != 0 ? ReadUInt64(ref source) : origin);
        var replaced = (head & ReplacedFlag) != 0 ? new VersionStamp(ReadUInt64(ref source), ReadUInt64(ref source)) : VersionStamp.None;
        var expiry = (head & ExpiryFlag) != 0 ? (long)ReadUInt64(ref source) : 0;
        if (kind == RecordKind.Floor)
            return new EntryRecord(kind, version, replaced, expiry, [], []);
        var key = ReadBytes(ref source);
        var value = kind == RecordKind.Deleted ? [] : ReadBytes(ref source);
        if (kind == RecordKind.Expired && value.Length != sizeof(ulong))
            throw Malformed("an expired entry without its 8 bytes of value hash");
        return new EntryRecord(kind, version, replaced, expiry, key, value);
    }

    /// <summary>Checks that <paramref name="source"/> is exactly <paramref name="count"/> records.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static void Validate(ReadOnlySpan<byte> source, int count)
    {
        for (var i = 0; i < count; i++)
            Read(ref source, origin: 0);
        if (!source.IsEmpty)
            throw Malformed("bytes behind the last record");
    }

    private static int WriteUInt64(Span<byte> destination, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, value);
        return sizeof(ulong);
    }

    private static int WriteBytes(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        var length = (uint)bytes.Length;
        for (; length >= 0x80; length >>= 7)
            destination[at++] = (byte)(length | 0x80);
        destination[at++] = (byte)length;
        bytes.CopyTo(destination[at..]);
        return at + bytes.Length;
    }

    private static ulong ReadUInt64(ref ReadOnlySpan<byte> source)
    {
        if (source.Length < sizeof(ulong))
            throw Malformed("a number cut short");
        var value = BinaryPrimitives.ReadUInt64LittleEndian(source);
        source = source[sizeof(ulong)..];
        return value;
    }

    private static ReadOnlySpan<byte> ReadBytes(ref ReadOnlySpan<byte> source)
    {
        ulong length = 0;
        for (var i = 0; ; i++)
        {
            if (i == MaxVarintBytes || i >= source.Length)
                throw Malformed("a length cut short");
            length |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                source = source[(i + 1)..];
                break;
            }
        }
        if (length > (ulong)source.Length)
            throw Malformed("a key or value cut short");
        var bytes = source[..(int)length];
        source = source[(int)length..];
        return bytes;
    }

    private static FormatException Malformed(string what) => new($"Malformed entry record: {what}.");
}
