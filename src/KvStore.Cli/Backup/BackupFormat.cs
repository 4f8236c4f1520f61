using System.Buffers.Binary;
using System.Numerics;

namespace KvStore.Cli.Backup;

/// <summary>
/// The file of a backup. Numbers are little-endian; each checksum, a CRC-32C, takes in the one before it, so that a block that is
/// missing, changed or out of place is noticed, and the end says that nothing was cut off.
/// <code>
/// file   = header { block } end
/// header = "KVBACKUP" version:4 created-ms:8 crc:4
/// block  = length:4 crc:4 count:4 records:length     length > 0; count records (EntryRecord, without origin)
/// end    = 0:4 crc:4 0:4 entries:8 bytes:8           over all blocks; the file ends here
/// </code>
/// The checksum of a block or of the end is of the previous checksum, the length, the count, and what follows.
/// </summary>
internal static class BackupFormat
{
    /// <summary>The name of the file in the folder of a backup.</summary>
    public const string FileName = "kvstore-backup.kvb";

    /// <summary>What this program writes, and the only one that it reads.</summary>
    public const uint Version = 1;

    /// <summary>Header, with its checksum.</summary>
    public const int HeaderBytes = 24;

    /// <summary>What stands before the records of a block.</summary>
    public const int BlockHeadBytes = 12;

    /// <summary>What follows the head of the end.</summary>
    public const int TotalsBytes = 16;

    /// <summary>How every file begins.</summary>
    public static ReadOnlySpan<byte> Magic => "KVBACKUP"u8;

    /// <summary>The checksum of the header's bytes before it.</summary>
    public static uint HeaderChecksum(ReadOnlySpan<byte> header) => ~Add(uint.MaxValue, header);

    /// <summary>The checksum of a block or the end.</summary>
    public static uint BlockChecksum(uint previous, int length, int count, ReadOnlySpan<byte> body)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(head, previous);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], count);
        return ~Add(Add(uint.MaxValue, head), body);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
