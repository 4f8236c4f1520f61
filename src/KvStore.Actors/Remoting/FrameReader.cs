using System.Buffers.Binary;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Cuts a stream of bytes into frames (<c>u32 length | frame</c>), however the bytes arrive. A length that is zero or beyond the
/// limit is a <see cref="MalformedFrameException"/> at once, before the frame arrives; and the buffer grows only
/// as bytes really come, so a peer that announces much and sends little holds little.
/// </summary>
internal sealed class FrameReader
{
    /// <summary>What one receive takes in. Measured: larger ones save no time, smaller ones cost calls.</summary>
    public const int UsualBytes = 64 * 1024;

    private const int SmallBytes = 512;

    private byte[] _buffer = new byte[SmallBytes];
    private int _start;
    private int _end;

    public FrameReader(int maxFrameBytes) => MaxFrameBytes = maxFrameBytes;

    /// <summary>The limit; small until the handshake is over.</summary>
    public int MaxFrameBytes { get; private set; }

    public int BufferBytes => _buffer.Length;

    /// <summary>Bytes received that are not yet a whole frame.</summary>
    public int PendingBytes => _end - _start;

    /// <summary>
    /// What was received begins as a TLS record does, a hello or an alert: the two ends are not configured alike, and
    /// saying so helps more than a length that makes no sense.
    /// </summary>
    public bool BeginsLikeTls => PendingBytes >= 3 && _buffer[_start] is 0x15 or 0x16 && _buffer[_start + 1] == 3;

    /// <summary>After the handshake: larger frames, and a buffer that takes many at once.</summary>
    public void Trust(int maxFrameBytes)
    {
        MaxFrameBytes = maxFrameBytes;
        Resize(UsualBytes);
    }

    /// <summary>Room for the next receive. Spans returned by <see cref="TryRead"/> are void after this.</summary>
    public Memory<byte> Room()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            // A rare large frame should not hold its memory for ever.
            if (_buffer.Length > UsualBytes)
                _buffer = new byte[UsualBytes];
        }
        if (_end == _buffer.Length)
        {
            if (_start > 0)
                Compact(_buffer);
            else
                Resize(Math.Min(_buffer.Length * 2, Math.Max(_buffer.Length + 1, MaxFrameBytes + Frames.LengthBytes)));
        }
        return _buffer.AsMemory(_end);
    }

    public void Received(int count) => _end += count;

    /// <summary>The next whole frame, without its length; false when more bytes are needed.</summary>
    public bool TryRead(out ReadOnlySpan<byte> frame)
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.Length < Frames.LengthBytes)
        {
            frame = default;
            return false;
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (length == 0 || length > (uint)MaxFrameBytes)
            WireReader.Throw($"A frame of {length} bytes, where 1 to {MaxFrameBytes} are allowed.");
        if (rest.Length - Frames.LengthBytes < (int)length)
        {
            frame = default;
            return false;
        }
        frame = rest.Slice(Frames.LengthBytes, (int)length);
        _start += Frames.LengthBytes + (int)length;
        return true;
    }

    private void Resize(int size)
    {
        if (size > _buffer.Length)
            Compact(new byte[size]);
    }

    private void Compact(byte[] target)
    {
        var pending = _buffer.AsSpan(_start, _end - _start);
        pending.CopyTo(target);
        _buffer = target;
        _end = pending.Length;
        _start = 0;
    }
}
