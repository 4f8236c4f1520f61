namespace KvStore.Actors.Remoting;

/// <summary>
/// What a system's remoting has done since it began, for metrics: read by anyone, never reset. This engine alone has it; on Akka.NET
/// there is nothing like it.
/// </summary>
public sealed class RemotingCounters
{
    private readonly TransportCounters _transport;
    private long _unserializable;
    private long _undeserializable;
    private long _quarantined;
    private long _quarantinedConnections;

    internal RemotingCounters(TransportCounters transport) => _transport = transport;

    /// <summary>Messages received.</summary>
    public long MessagesIn => _transport.FramesIn;

    /// <summary>Messages handed to the operating system.</summary>
    public long MessagesOut => _transport.FramesOut;

    /// <summary>Bytes received.</summary>
    public long BytesIn => _transport.BytesIn;

    /// <summary>Bytes handed to the operating system.</summary>
    public long BytesOut => _transport.BytesOut;

    /// <summary>Messages dropped on their way out: the buffer was full, the connection broke or closed, or they were too large.</summary>
    public long Dropped => _transport.Dropped;

    /// <summary>Of these, the ones larger than <c>maximum-message-size</c>.</summary>
    public long TooLarge => _transport.TooLarge;

    /// <summary>Messages dropped because no serializer could write them.</summary>
    public long Unserializable => Interlocked.Read(ref _unserializable);

    /// <summary>Messages dropped on arrival because no serializer could read them.</summary>
    public long Undeserializable => Interlocked.Read(ref _undeserializable);

    /// <summary>Connections closed because their bytes meant nothing.</summary>
    public long Malformed => _transport.Malformed;

    /// <summary>Connections refused by either end, with a reason.</summary>
    public long Refused => _transport.Refused;

    /// <summary>Inbound connections closed because they did not say who they are.</summary>
    public long HandshakeTimeouts => _transport.HandshakeTimeouts;

    /// <summary>Outbound connections made.</summary>
    public long Connects => _transport.Connects;

    /// <summary>Of these, the ones that replaced one that broke.</summary>
    public long Reconnects => _transport.Reconnects;

    /// <summary>Connections that came to nothing because the two ends did not agree on TLS, or on a certificate.</summary>
    public long TlsFailures => _transport.TlsFailures;

    /// <summary>Messages received that were larger than a frame.</summary>
    public long Reassembled => _transport.Reassembled;

    /// <summary>Messages larger than a frame that did not arrive whole, or for which there was no room.</summary>
    public long Unassembled => _transport.Unassembled;

    /// <summary>Bytes held by messages that have arrived in part: the only one that goes down again.</summary>
    public long ReassemblyBytes => _transport.ReassemblyBytes;

    /// <summary>Messages dropped because they came from an incarnation that was removed, or whose address another has taken.</summary>
    public long Quarantined => Interlocked.Read(ref _quarantined);

    /// <summary>Connections refused, and counted in <see cref="Refused"/> too, because another process has taken the caller's address.</summary>
    public long QuarantinedConnections => Interlocked.Read(ref _quarantinedConnections);

    /// <summary>Messages whose delivery threw, which is a fault of this engine.</summary>
    public long HandlerFailures => _transport.HandlerFailures;

    /// <summary>The counters of a system; all of them stay 0 where the provider is <c>local</c>.</summary>
    public static RemotingCounters Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return ((ActorSystemImpl)system).Remoting is TransportRemoting remoting ? remoting.Counters : new RemotingCounters(new TransportCounters());
    }

    internal void AddUnserializable() => Interlocked.Increment(ref _unserializable);

    internal void AddQuarantined() => Interlocked.Increment(ref _quarantined);

    internal void AddQuarantinedConnection() => Interlocked.Increment(ref _quarantinedConnections);

    internal void AddUndeserializable() => Interlocked.Increment(ref _undeserializable);
}
