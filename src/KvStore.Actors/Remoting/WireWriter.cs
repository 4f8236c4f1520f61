using System.Buffers.Binary;
using System.Text;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Writes what <see cref="WireReader"/> reads into a buffer that grows and is kept for reuse. A bound exceeded here is a mistake of
/// this process, so it is an <see cref="ArgumentException"/>.
/// </summary>
internal sealed class WireWriter
{
    /// <summary>A gossip of a small cluster fits without growing.</summary>
    private const int InitialBytes = 1024;

    private byte[] _buffer = new byte[InitialBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public byte[] ToArray() => Written.ToArray();

    public void Byte(byte value) => Claim(1)[0] = value;

    public void UInt16(int value, string what)
    {
        if (value is < 0 or > ushort.MaxValue)
            throw new ArgumentException($"{value} {what} cannot be sent: at most {ushort.MaxValue} fit.", nameof(value));
        BinaryPrimitives.WriteUInt16LittleEndian(Claim(sizeof(ushort)), (ushort)value);
    }

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Claim(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Claim(sizeof(long)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Claim(sizeof(ulong)), value);

    /// <summary>A count that the reader will accept.</summary>
    public void Count(int count, int max, string what)
    {
        if (count > max)
            throw new ArgumentException($"{count} {what} cannot be sent: at most {max} are allowed.", nameof(count));
        UInt16(count, what);
    }

    /// <summary>A 16-bit length and the text as UTF-8.</summary>
    public void Text(string text, int maxBytes, string what)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > maxBytes)
            throw new ArgumentException($"The {what} takes {length} bytes and cannot be sent: at most {maxBytes} are allowed.", nameof(text));
        UInt16(length, what);
        Encoding.UTF8.GetBytes(text, Claim(length));
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Claim(bytes.Length));

    private Span<byte> Claim(int count)
    {
        if (_buffer.Length - Length < count)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
