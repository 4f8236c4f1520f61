using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KvStore.Core.Versioning;

namespace KvStore.Core.Storage;

/// <summary>
/// One entry as it lies in the <see cref="Arena"/>:
/// <code>
///   0  8  link to the next record of the bucket (48 bits of address, 16 bits of that record's hash)
///   8  8  version: clock
///  16  4  version: index of the start id in <see cref="StartIds"/> (24 bits), kind and flags (8 bits)
///  20  4  key length
///  24  4  value length
///  28  4  when a client last read or wrote it, in the units of <see cref="Table.Advance"/>
///  32     key, value, and 8 bytes of expiry where the flag says so
/// </code>
/// The start id is an index because 8 bytes a key are worth saving; expiry stands last because few keys have one.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct Record
{
    /// <summary>Bytes before the key.</summary>
    public const int HeaderBytes = 32;

    private const uint KindMask = 0x3;
    private const uint ExpiryFlag = 0x4;
    private const int StartIndexShift = 8;

    /// <summary>The next record of the same bucket, as <see cref="Partition"/> encodes links; 0 for none.</summary>
    public ulong Next;

    private ulong _clock;
    private uint _startIndexAndFlags;
    private int _keyLength;
    private int _valueLength;

    /// <summary>Wraps around: only the difference to now has a meaning.</summary>
    public uint LastAccess;

    public readonly ulong Clock => _clock;

    public readonly EntryKind Kind => (EntryKind)(_startIndexAndFlags & KindMask);

    public readonly bool HasExpiry => (_startIndexAndFlags & ExpiryFlag) != 0;

    public readonly int Size => SizeOf(_keyLength, _valueLength, HasExpiry);

    /// <summary>The size of a tombstone in this record's place.</summary>
    public readonly int TombstoneSize => SizeOf(_keyLength, 0, hasExpiry: false);

    public static int SizeOf(int keyLength, int valueLength, bool hasExpiry) =>
        checked(HeaderBytes + keyLength + valueLength + (hasExpiry ? sizeof(long) : 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Key(Record* record) => new((byte*)record + HeaderBytes, record->_keyLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Value(Record* record) =>
        new((byte*)record + HeaderBytes + record->_keyLength, record->_valueLength);

    public static long ExpiresAtMs(Record* record) =>
        record->HasExpiry
            ? Unsafe.ReadUnaligned<long>((byte*)record + HeaderBytes + record->_keyLength + record->_valueLength)
            : 0;

    public static VersionStamp Version(Record* record, StartIds startIds) =>
        new(record->_clock, startIds[(int)(record->_startIndexAndFlags >> StartIndexShift)]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EntryView View(Record* record, StartIds startIds) =>
        new(Version(record, startIds), record->Kind, ExpiresAtMs(record), Value(record));

    /// <summary>Writes the key of a new record; <see cref="SetEntry"/> follows.</summary>
    public static void SetKey(Record* record, ReadOnlySpan<byte> key)
    {
        record->_keyLength = key.Length;
        key.CopyTo(new Span<byte>((byte*)record + HeaderBytes, key.Length));
    }

    /// <summary>Writes everything but the key. The value may be the record's own.</summary>
    public static void SetEntry(Record* record, in EntryView entry, int startIndex)
    {
        var value = (byte*)record + HeaderBytes + record->_keyLength;
        entry.Value.CopyTo(new Span<byte>(value, entry.Value.Length));
        if (entry.ExpiresAtMs != 0)
            Unsafe.WriteUnaligned(value + entry.Value.Length, entry.ExpiresAtMs);
        record->_clock = entry.Version.Clock;
        record->_startIndexAndFlags =
            ((uint)startIndex << StartIndexShift) | (uint)entry.Kind | (entry.ExpiresAtMs != 0 ? ExpiryFlag : 0);
        record->_valueLength = entry.Value.Length;
    }
}
