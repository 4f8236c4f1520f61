using System.Buffers;

namespace KvStore.Protocol.Tests.Resp;

/// <summary>Memory that no array lies under, as some pipes have it.</summary>
internal sealed class NativeMemory : MemoryManager<byte>
{
    private readonly byte[] _bytes;

    public NativeMemory(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public override Span<byte> GetSpan() => _bytes;

    public override MemoryHandle Pin(int elementIndex = 0) => default;

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
