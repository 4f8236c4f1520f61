namespace KvStore.Actors.Remoting;

/// <summary>
/// What governs the transport. Where a HOCON key is named, it is below <c>akka.remote.dot-netty.tcp</c> and has Akka.NET's default.
/// </summary>
internal sealed record TransportSettings
{
    /// <summary>What Akka.NET calls the protocol in addresses with <c>enable-ssl</c>.</summary>
    public const string TlsProtocol = "akka.ssl.tcp";

    public string Protocol { get; init; } = "akka.tcp";

    /// <summary><c>ssl</c>; null sends in the clear.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>The actor system's name; nodes of another are refused.</summary>
    public required string System { get; init; }

    /// <summary>This incarnation's number, drawn anew at every start.</summary>
    public required int Uid { get; init; }

    /// <summary><c>hostname</c>: where to bind.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary><c>port</c>: where to bind; 0 lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary><c>public-hostname</c>: under which others reach this node; null means the bound one.</summary>
    public string? PublicHostname { get; init; }

    /// <summary><c>public-port</c>; null means the bound one.</summary>
    public int? PublicPort { get; init; }

    /// <summary><c>maximum-frame-size</c></summary>
    public int MaxFrameBytes { get; init; } = 128_000;

    /// <summary>
    /// <c>maximum-message-size</c>, which only this engine has: larger payloads than a frame travel in parts, up to this. Sixteen
    /// frames by default: a snapshot's chunk or a large value fits, and at 1 Gbit/s it holds its lane up for less than 20 ms.
    /// </summary>
    public int MaxMessageBytes { get; init; } = DefaultFramesPerMessage * 128_000;

    /// <summary>See <see cref="MaxMessageBytes"/>.</summary>
    public const int DefaultFramesPerMessage = 16;

    /// <summary>What half-arrived messages may hold, over all connections: thirty-two of the default's largest.</summary>
    public long MaxReassemblyBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes that may wait on a data lane, in flight included: a second or so of replication at full speed. Beyond, the peer
    /// has fallen behind, and catches up by anti-entropy instead.
    /// </summary>
    public int DataBufferBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Control frames are repeated anyway, so few need to wait.</summary>
    public int ControlBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>Two lanes for each of five hundred nodes; and a bound on what strangers can occupy.</summary>
    public int MaxInboundConnections { get; init; } = 1024;

    /// <summary>A stranger that connects and stays silent is closed after this.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a close waits for what is queued.</summary>
    public TimeSpan FlushOnClose { get; init; } = TimeSpan.FromSeconds(2);
}
