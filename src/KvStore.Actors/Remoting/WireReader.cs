using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Reads little-endian numbers, bounded texts and bounded counts from bytes that nobody vouches for. Every method throws
/// <see cref="MalformedFrameException"/> where the bytes end early or a bound is exceeded, before anything is allocated.
/// </summary>
internal ref struct WireReader
{
    private ReadOnlySpan<byte> _rest;

    public WireReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public byte Byte()
    {
        var value = Take(1)[0];
        return value;
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A number that counts or times something, so it cannot be negative; bounded so that adding to it cannot overflow.</summary>
    public long Count64()
    {
        var value = Int64();
        if (value is < 0 or > long.MaxValue / 4)
            Throw($"The number {value} cannot be a count or a time.");
        return value;
    }

    /// <summary>
    /// A 16-bit count of items that take at least <paramref name="minItemBytes"/> each. A count that the remaining bytes
    /// cannot hold is refused here, so no list is ever sized by a lie.
    /// </summary>
    public int Count(int max, int minItemBytes, string what)
    {
        var count = UInt16();
        if (count > max)
            Throw($"{count} {what}, where at most {max} are allowed.");
        if ((long)count * minItemBytes > _rest.Length)
            Throw($"{count} {what} announced, but only {_rest.Length} bytes left.");
        return count;
    }

    /// <summary>A 16-bit length and that many bytes of UTF-8.</summary>
    public string Text(int maxBytes, string what)
    {
        var length = UInt16();
        if (length > maxBytes)
            Throw($"The {what} takes {length} bytes, where at most {maxBytes} are allowed.");
        return Utf8Text(Take(length), what);
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            Throw($"{count} bytes expected, but only {_rest.Length} left.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ReadOnlySpan<byte> TakeRest()
    {
        var taken = _rest;
        _rest = default;
        return taken;
    }

    /// <summary>Whatever follows a complete message was not written by this codec.</summary>
    public readonly void End()
    {
        if (_rest.Length != 0)
            Throw($"{_rest.Length} bytes follow the end of the message.");
    }

    public static string Utf8Text(ReadOnlySpan<byte> bytes, string what)
    {
        if (!Utf8.IsValid(bytes))
            Throw($"The {what} is not UTF-8.");
        return Encoding.UTF8.GetString(bytes);
    }

    [DoesNotReturn]
    public static void Throw(string message) => throw new MalformedFrameException(message);
}
