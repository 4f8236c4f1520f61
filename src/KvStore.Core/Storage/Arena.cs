using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvStore.Core.Storage;

/// <summary>
/// Memory for records outside the garbage-collected heap: millions of small records cost the collector nothing to mark, and
/// an overwrite makes no garbage. Blocks up to <see cref="MaxSmall"/> come from free lists by size class; larger ones from
/// the system's allocator. One owner, one thread.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    /// <summary>Size classes are this many bytes apart: half of it, 8 bytes, is lost on average.</summary>
    public const int Granularity = 16;

    /// <summary>The largest block that is kept on a free list of its own size.</summary>
    public const int MaxSmall = 4096;

    /// <summary>Chunks are this large: few enough to free one by one, small enough not to matter on an empty node.</summary>
    private const int ChunkBytes = 1 << 18;

    /// <summary>User-space addresses fit in 48 bits on x64 and arm64; the table keeps a tag in the 16 bits above.</summary>
    private const ulong AddressMask = (1UL << 48) - 1;

    private readonly nint[] _free = new nint[(MaxSmall / Granularity) + 1];
    private readonly List<nint> _chunks = [];
    private LargeHeader* _large;
    private byte* _next;
    private int _left;

    [SuppressMessage("Design", "MA0055", Justification = "The blocks are the system's: a table that is dropped without Dispose must not leak them.")]
    ~Arena() => Release();

    /// <summary>Bytes held from the system, in chunks and large blocks.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Bytes in blocks that are in use, after rounding up.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes of the bucket arrays. They lie on the collected heap, and are counted here with the rest.</summary>
    public long BucketBytes { get; set; }

    /// <summary>How many bytes a request for <paramref name="size"/> really takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Capacity(int size) => (size + Granularity - 1) & ~(Granularity - 1);

    /// <summary>A block of at least <paramref name="size"/> bytes, uninitialised, aligned to 16.</summary>
    /// <exception cref="OutOfMemoryException">The system has no more.</exception>
    public byte* Allocate(int size)
    {
        size = Capacity(size);
        UsedBytes += size;
        if (size > MaxSmall)
            return AllocateLarge(size);
        ref var head = ref _free[size / Granularity];
        if (head != 0)
        {
            var block = (byte*)head;
            head = *(nint*)block;
            return block;
        }
        if (_left < size)
            AddChunk();
        var fresh = _next;
        _next += size;
        _left -= size;
        return fresh;
    }

    /// <summary>Returns a block; <paramref name="size"/> is what was asked for, or anything of the same capacity.</summary>
    public void Free(byte* block, int size)
    {
        size = Capacity(size);
        UsedBytes -= size;
        if (size > MaxSmall)
        {
            FreeLarge(block, size);
            return;
        }
        ref var head = ref _free[size / Granularity];
        *(nint*)block = head;
        head = (nint)block;
    }

    /// <summary>Gives everything back at once: every block is gone.</summary>
    public void Reset()
    {
        Release();
        ReservedBytes = 0;
        UsedBytes = 0;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void AddChunk()
    {
        // What is left of the old chunk is a block of some smaller class.
        if (_left >= Granularity)
        {
            ref var head = ref _free[_left / Granularity];
            *(nint*)_next = head;
            head = (nint)_next;
        }
        _next = Checked(NativeMemory.AlignedAlloc(ChunkBytes, Granularity));
        _left = ChunkBytes;
        ReservedBytes += ChunkBytes;
        _chunks.Add((nint)_next);
    }

    private byte* AllocateLarge(int size)
    {
        var header = (LargeHeader*)Checked(NativeMemory.AlignedAlloc((nuint)(size + sizeof(LargeHeader)), Granularity));
        header->Previous = null;
        header->Next = _large;
        if (_large != null)
            _large->Previous = header;
        _large = header;
        ReservedBytes += size;
        return (byte*)(header + 1);
    }

    private void FreeLarge(byte* block, int size)
    {
        var header = (LargeHeader*)block - 1;
        if (header->Previous != null)
            header->Previous->Next = header->Next;
        else
            _large = header->Next;
        if (header->Next != null)
            header->Next->Previous = header->Previous;
        NativeMemory.AlignedFree(header);
        ReservedBytes -= size;
    }

    private static byte* Checked(void* block)
    {
        if (((ulong)block & ~AddressMask) != 0)
            throw new PlatformNotSupportedException("The allocator returned an address above 48 bits, which the table cannot tag.");
        return (byte*)block;
    }

    private void Release()
    {
        foreach (var chunk in _chunks)
            NativeMemory.AlignedFree((void*)chunk);
        _chunks.Clear();
        while (_large != null)
        {
            var next = _large->Next;
            NativeMemory.AlignedFree(_large);
            _large = next;
        }
        Array.Clear(_free);
        _left = 0;
    }

    /// <summary>Links large blocks, so that dropping the arena finds them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LargeHeader
    {
        public LargeHeader* Previous;
        public LargeHeader* Next;
    }
}
