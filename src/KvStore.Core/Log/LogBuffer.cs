using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <summary>Bytes that collect until they are written; the array is kept for the next ones.</summary>
public sealed class LogBuffer
{
    private const int InitialBytes = 64 * 1024;

    /// <summary>One large batch must not keep its memory for ever.</summary>
    private const int KeptBytes = 4 * 1024 * 1024;

    private byte[] _bytes = new byte[InitialBytes];

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes; valid until the next call.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what is behind <paramref name="length"/>.</summary>
    public void CutTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
        if (length == 0 && _bytes.Length > KeptBytes)
            _bytes = new byte[KeptBytes];
    }

    /// <summary>Makes room for <paramref name="count"/> more bytes and returns them, to be filled by the caller.</summary>
    public Span<byte> Append(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, (long)Length + count), Array.MaxLength));
        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    internal void Byte(byte value) => Append(1)[0] = value;

    internal void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Append(sizeof(int)), value);

    internal void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Append(sizeof(long)), value);

    internal void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Append(sizeof(ulong)), value);

    internal void Block(ReadOnlySpan<byte> bytes)
    {
        Int32(bytes.Length);
        bytes.CopyTo(Append(bytes.Length));
    }
}
