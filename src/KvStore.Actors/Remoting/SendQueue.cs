using System.Threading.Tasks.Sources;

namespace KvStore.Actors.Remoting;

/// <summary>
/// The frames that wait on one lane, already encoded, one behind the other. Any thread appends under the lock; the lane's
/// single writer takes everything at once, so that however many frames were queued meanwhile leave in one send. Two
/// buffers change places: one is filled while the other is sent.
/// </summary>
internal sealed class SendQueue : IValueTaskSource
{
    private const int InitialBytes = 16 * 1024;

    /// <summary>A buffer that a burst made larger than this is not kept.</summary>
    private const int KeptBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly MessageFrameWriter _frames = new();
    private readonly int _maxFrameBytes;
    private readonly int _maxMessageBytes;
    private readonly int _maxBytes;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private byte[] _filling = new byte[InitialBytes];
    private byte[] _spare = new byte[InitialBytes];
    private int _filledBytes;
    private int _filledFrames;
    private int _sendingBytes;
    private bool _isWriterWaiting;
    private bool _isClosed;
    private bool _isInterrupted;

    public SendQueue(int maxFrameBytes, int maxMessageBytes, int maxBytes)
    {
        // A message that only an empty buffer could take would be a matter of luck.
        _maxMessageBytes = Math.Min(maxMessageBytes, maxBytes / 2);
        _maxFrameBytes = maxFrameBytes;
        _maxBytes = maxBytes;
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _isClosed;
        }
    }

    public bool HasFrames
    {
        get
        {
            lock (_gate)
                return _filledFrames > 0;
        }
    }

    public WriteResult Write(string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload)
    {
        bool wake;
        lock (_gate)
        {
            if (_isClosed)
                return WriteResult.Closed;
            var size = _frames.Measure(recipient, sender, manifest, payload.Length);
            var inParts = size - Frames.LengthBytes > _maxFrameBytes;
            if (inParts)
            {
                if (payload.Length > _maxMessageBytes)
                    return WriteResult.TooLarge;
                size = MessageFrameWriter.MeasureParts(size, payload.Length, _maxFrameBytes);
            }
            if ((long)_sendingBytes + _filledBytes + size > _maxBytes)
                return WriteResult.BufferFull;
            if (_filling.Length - _filledBytes < size)
                Array.Resize(ref _filling, (int)Math.Max(Math.Min(_filling.Length * 2L, _maxBytes), _filledBytes + size));
            var target = _filling.AsSpan(_filledBytes, size);
            if (inParts)
                _frames.WriteParts(recipient, sender, serializerId, manifest, payload, _maxFrameBytes, target);
            else
                _frames.Write(recipient, sender, serializerId, manifest, payload, target);
            _filledBytes += size;
            _filledFrames++;
            wake = TakeWaiter();
        }
        if (wake)
            _wake.SetResult(result: true);
        return WriteResult.Queued;
    }

    /// <summary>For the writer: everything queued. Empty when there is nothing; <see cref="Sent"/> must follow otherwise.</summary>
    public ReadOnlyMemory<byte> Take(out int frames)
    {
        lock (_gate)
        {
            frames = _filledFrames;
            if (_filledBytes == 0)
                return default;
            var taken = _filling;
            _filling = _spare;
            _spare = taken;
            _sendingBytes = _filledBytes;
            _filledBytes = 0;
            _filledFrames = 0;
            return taken.AsMemory(0, _sendingBytes);
        }
    }

    /// <summary>For the writer: what it took has left, and its memory can be filled again.</summary>
    public void Sent()
    {
        lock (_gate)
        {
            _sendingBytes = 0;
            if (_spare.Length > KeptBytes)
                _spare = new byte[InitialBytes];
        }
    }

    /// <summary>For the writer: completes when something is queued, the queue was closed, or the writer is to look around.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_filledBytes > 0 || _isClosed || _isInterrupted)
            {
                _isInterrupted = false;
                return ValueTask.CompletedTask;
            }
            _wake.Reset();
            _isWriterWaiting = true;
            return new ValueTask(this, _wake.Version);
        }
    }

    /// <summary>Makes the writer look around, for instance because the connection is gone.</summary>
    public void Interrupt()
    {
        bool wake;
        lock (_gate)
        {
            _isInterrupted = true;
            wake = TakeWaiter();
        }
        if (wake)
            _wake.SetResult(result: true);
    }

    /// <summary>Takes no more frames. What is queued can still be sent.</summary>
    public void Close()
    {
        bool wake;
        lock (_gate)
        {
            _isClosed = true;
            wake = TakeWaiter();
        }
        if (wake)
            _wake.SetResult(result: true);
    }

    /// <summary>
    /// Forgets what is queued and the names that a connection knew, and returns how many frames that cost. The next
    /// connection begins with an empty table, and frames that count on an old one would mean something else on it.
    /// </summary>
    public int Drop()
    {
        lock (_gate)
        {
            var frames = _filledFrames;
            _filledBytes = 0;
            _filledFrames = 0;
            _sendingBytes = 0;
            _frames.Forget();
            return frames;
        }
    }

    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    private bool TakeWaiter()
    {
        var isWaiting = _isWriterWaiting;
        _isWriterWaiting = false;
        // Whoever ends the wait also answers the interruption that it was ended for.
        if (isWaiting)
            _isInterrupted = false;
        return isWaiting;
    }
}
