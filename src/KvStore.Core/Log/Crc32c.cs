using System.Buffers.Binary;
using System.Numerics;

namespace KvStore.Core.Log;

/// <summary>CRC-32C (Castagnoli), which processors compute eight bytes at a time. Begin with <see cref="Start"/>, end with <see cref="End"/>.</summary>
internal static class Crc32c
{
    public const uint Start = uint.MaxValue;

    public static uint End(uint crc) => ~crc;

    public static uint Add(uint crc, ulong value) => BitOperations.Crc32C(crc, value);

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
