using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <summary>Reads what <see cref="LogBuffer"/> wrote. Blocks point into the source.</summary>
internal struct LogReader(ReadOnlyMemory<byte> source)
{
    private ReadOnlyMemory<byte> _rest = source;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public byte Byte() => Take(1).Span[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)).Span);

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)).Span);

    /// <summary>A count of things that take at least <paramref name="minBytes"/> each: no more than can still come.</summary>
    public int Count(int minBytes)
    {
        var count = Int32();
        if (count < 0 || (long)count * minBytes > _rest.Length)
            throw new FormatException($"Malformed log item: {count} of something where {_rest.Length} bytes are left.");
        return count;
    }

    public ReadOnlyMemory<byte> Block() => Take(Count(minBytes: 1));

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (_rest.Length < count)
            throw new FormatException("Malformed log item: cut short.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
