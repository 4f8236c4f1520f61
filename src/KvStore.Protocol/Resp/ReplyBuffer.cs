using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvStore.Protocol.Resp;

/// <summary>One reply would exceed <c>kv.limits.reply</c>; the executor answers with an error in its place.</summary>
public sealed class ReplyTooLongException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ReplyTooLongException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public ReplyTooLongException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public ReplyTooLongException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// A connection's output: an array that grows, is sent, cleared and used again. Whoever holds the batch writes to it;
/// the connection reads it when it has the batch back. Large arrays come from the shared pool and go back to it when
/// the buffer is cleared, so that neither idle connections hold them nor busy ones allocate them.
/// </summary>
public sealed class ReplyBuffer
{
    // What a connection keeps between batches; larger replies give their array back.
    private const int RetainedBytes = 64 * 1024;
    private const int InitialBytes = 4 * 1024;

    private readonly int _maxReplyBytes;
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(InitialBytes);
    private bool _isRented;

    /// <summary>Creates a buffer whose single replies stay within <paramref name="maxReplyBytes"/>.</summary>
    public ReplyBuffer(int maxReplyBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxReplyBytes, InitialBytes);
        _maxReplyBytes = maxReplyBytes;
    }

    /// <summary>The array; the replies are its first <see cref="Length"/> bytes. Not to be used after <see cref="Clear"/>.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal int ReplyStart { get; private set; }

    /// <summary>Forgets what was written, after it was sent, and gives back an array that grew beyond the ordinary.</summary>
    public void Clear()
    {
        Length = 0;
        ReplyStart = 0;
        if (_bytes.Length > RetainedBytes)
            Replace(GC.AllocateUninitializedArray<byte>(InitialBytes), isRented: false);
    }

    /// <summary>Marks where the next command's reply begins: what a rollback returns to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginReply() => ReplyStart = Length;

    /// <summary>Takes back the reply that was begun.</summary>
    internal void Rollback() => Length = ReplyStart;

    /// <summary>Room for <paramref name="count"/> bytes behind what was written; <see cref="Advance"/> makes them count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Grow(count);
        return MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), Length), count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Advance(int count) => Length += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Moves the bytes behind <paramref name="tail"/> to <paramref name="mark"/>: a header that was known last.</summary>
    internal void MoveTailTo(int mark, int tail)
    {
        var length = Length - tail;
        Span<byte> header = stackalloc byte[64];
        _bytes.AsSpan(tail, length).CopyTo(header);
        Buffer.BlockCopy(_bytes, mark, _bytes, mark + length, tail - mark);
        header[..length].CopyTo(_bytes.AsSpan(mark));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var needed = (long)Length + count;
        if (needed - ReplyStart > _maxReplyBytes)
            throw new ReplyTooLongException();
        // Earlier replies of the batch stand before this one: at most the output bound and one more reply.
        var size = (int)Math.Min(Math.Max(_bytes.Length * 2L, needed), Array.MaxLength);
        var isRented = size > RetainedBytes;
        var grown = isRented ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        Written.CopyTo(grown);
        Replace(grown, isRented);
    }

    private void Replace(byte[] bytes, bool isRented)
    {
        if (_isRented)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
        _isRented = isRented;
    }
}
