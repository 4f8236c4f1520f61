using System.Buffers.Binary;
using System.Numerics;

namespace KvStore.Core.Log;

/// <summary>CRC-32C (Castagnoli), which processors compute eight bytes at a time. Begin with <see cref="Start"/>, end with <see cref="End"/>.</summary>
public static class Crc32c
{
    /// <summary>The running checksum of no bytes.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum, of a running one.</summary>
    public static uint End(uint crc) => ~crc;

    /// <summary>Adds a number, as its eight bytes little-endian.</summary>
    public static uint Add(uint crc, ulong value) => BitOperations.Crc32C(crc, value);

    /// <summary>Adds bytes.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
