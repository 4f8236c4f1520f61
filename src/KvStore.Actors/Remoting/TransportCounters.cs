namespace KvStore.Actors.Remoting;

/// <summary>What a transport has done since it began. Written by its connections, read by anyone, never reset.</summary>
internal sealed class TransportCounters
{
    private long _framesIn;
    private long _framesOut;
    private long _bytesIn;
    private long _bytesOut;
    private long _dropped;
    private long _tooLarge;
    private long _malformed;
    private long _refused;
    private long _handshakeTimeouts;
    private long _connects;
    private long _reconnects;
    private long _handlerFailures;
    private long _tlsFailures;
    private long _reassembled;
    private long _unassembled;

    /// <summary>Messages handed to the handler.</summary>
    public long FramesIn => Interlocked.Read(ref _framesIn);

    /// <summary>Messages handed to the operating system.</summary>
    public long FramesOut => Interlocked.Read(ref _framesOut);

    public long BytesIn => Interlocked.Read(ref _bytesIn);

    public long BytesOut => Interlocked.Read(ref _bytesOut);

    /// <summary>Messages dropped here: the buffer was full, or the connection broke or was closed while they waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Messages refused for being larger than a message may be.</summary>
    public long TooLarge => Interlocked.Read(ref _tooLarge);

    /// <summary>Connections closed because their bytes meant nothing.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Connections refused by either end, with a reason.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Inbound connections closed because no handshake came.</summary>
    public long HandshakeTimeouts => Interlocked.Read(ref _handshakeTimeouts);

    /// <summary>Outbound connections made.</summary>
    public long Connects => Interlocked.Read(ref _connects);

    /// <summary>Of these, the ones that replaced one that broke.</summary>
    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>Messages whose handling threw.</summary>
    public long HandlerFailures => Interlocked.Read(ref _handlerFailures);

    /// <summary>Connections that came to nothing because the two ends did not agree on TLS, or on a certificate.</summary>
    public long TlsFailures => Interlocked.Read(ref _tlsFailures);

    /// <summary>Messages put together from several frames.</summary>
    public long Reassembled => Interlocked.Read(ref _reassembled);

    /// <summary>Messages in several frames for which there was no room on arrival, or whose connection ended first.</summary>
    public long Unassembled => Interlocked.Read(ref _unassembled);

    /// <summary>What half-arrived messages hold now.</summary>
    public long ReassemblyBytes => Reassembly?.HeldBytes ?? 0;

    internal ReassemblyBudget? Reassembly { get; set; }

    public void AddReassembled() => Interlocked.Increment(ref _reassembled);

    public void AddUnassembled() => Interlocked.Increment(ref _unassembled);

    public void AddTlsFailure() => Interlocked.Increment(ref _tlsFailures);

    public void AddIn(long frames, long bytes)
    {
        Interlocked.Add(ref _framesIn, frames);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    public void AddOut(long frames, long bytes)
    {
        Interlocked.Add(ref _framesOut, frames);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    public void AddDropped(long frames) => Interlocked.Add(ref _dropped, frames);

    public void AddTooLarge() => Interlocked.Increment(ref _tooLarge);

    public void AddMalformed() => Interlocked.Increment(ref _malformed);

    public void AddRefused() => Interlocked.Increment(ref _refused);

    public void AddHandshakeTimeout() => Interlocked.Increment(ref _handshakeTimeouts);

    public void AddHandlerFailure() => Interlocked.Increment(ref _handlerFailures);

    public void AddConnect(bool again)
    {
        Interlocked.Increment(ref _connects);
        if (again)
            Interlocked.Increment(ref _reconnects);
    }
}
