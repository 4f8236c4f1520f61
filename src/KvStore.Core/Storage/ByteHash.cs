using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvStore.Core.Storage;

/// <summary>
/// A fast 64-bit hash of bytes by folded multiplication, the construction of wyhash. Not cryptographic: a secret seed is
/// what keeps a client from choosing keys that collide in the table.
/// </summary>
public static class ByteHash
{
    private const ulong P0 = 0xa0761d6478bd642f;
    private const ulong P1 = 0xe7037ed1a0b428db;
    private const ulong P2 = 0x8ebc6af09c88c6e3;

    /// <summary>The hash of <paramref name="bytes"/> under <paramref name="seed"/>.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ref var p = ref MemoryMarshal.GetReference(bytes);
        var length = bytes.Length;
        ulong a, b;
        if (length > 16)
        {
            var i = 0;
            for (; length - i > 16; i += 16)
                seed = Mix(Read64(ref p, i) ^ P1, Read64(ref p, i + 8) ^ seed);
            a = Read64(ref p, length - 16);
            b = Read64(ref p, length - 8);
        }
        else if (length >= 8)
        {
            a = Read64(ref p, 0);
            b = Read64(ref p, length - 8);
        }
        else if (length >= 4)
        {
            a = Unsafe.ReadUnaligned<uint>(ref p);
            b = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref p, length - 4));
        }
        else if (length > 0)
        {
            a = ((ulong)p << 16) | ((ulong)Unsafe.Add(ref p, length >> 1) << 8) | Unsafe.Add(ref p, length - 1);
            b = 0;
        }
        else
        {
            a = b = 0;
        }
        return Mix(P0 ^ (ulong)length, Mix(a ^ P1, b ^ seed ^ P2));
    }

    /// <summary>Mixes two words into one so that every bit of either reaches every bit of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ref byte p, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref p, offset));
}
