using KvStore.Actors.Configuration;

namespace KvStore.Actors.Remoting;

/// <summary>Reads <c>akka.remote.dot-netty.tcp</c>.</summary>
internal static class RemoteSettings
{
    private const string Section = "akka.remote.dot-netty.tcp";

    /// <summary>Akka's port.</summary>
    private const int DefaultPort = 2552;

    /// <summary>Two such frames must fit into a buffer whose size is an int.</summary>
    private const int MaxFrameBytes = 512 * 1024 * 1024;

    /// <summary>Reads and checks it; what stands there says nothing of system and uid.</summary>
    /// <exception cref="ConfigurationException">A value is out of its range, or asks for what is not there.</exception>
    internal static TransportSettings Read(Config config, string system, int uid)
    {
        var defaults = new TransportSettings { System = system, Uid = uid };
        var tls = config.GetBoolean($"{Section}.enable-ssl") ? TlsSettings.Read(config) : null;
        var frame = config.GetByteSize($"{Section}.maximum-frame-size", defaults.MaxFrameBytes)!.Value;
        if (frame is < Frames.MinMaxFrameBytes or > MaxFrameBytes)
            throw new ConfigurationException($"{Section}.maximum-frame-size is {frame}; it is {Frames.MinMaxFrameBytes} to {MaxFrameBytes} bytes.");
        var message = config.GetByteSize($"{Section}.maximum-message-size", Math.Min(TransportSettings.DefaultFramesPerMessage * frame, MaxFrameBytes))!.Value;
        if (message < frame || message > MaxFrameBytes)
            throw new ConfigurationException($"{Section}.maximum-message-size is {message}; it is maximum-frame-size ({frame}) to {MaxFrameBytes} bytes.");
        return defaults with
        {
            Protocol = tls is null ? defaults.Protocol : TransportSettings.TlsProtocol,
            Tls = tls,
            Hostname = TextOrNull(config, "hostname") ?? defaults.Hostname,
            Port = Port(config, "port") ?? DefaultPort,
            PublicHostname = TextOrNull(config, "public-hostname"),
            // As on Akka.NET, 0 stands for the port that is bound.
            PublicPort = Port(config, "public-port") is { } port and not 0 ? port : null,
            MaxFrameBytes = (int)frame,
            MaxMessageBytes = (int)message,
            MaxReassemblyBytes = Math.Max(defaults.MaxReassemblyBytes, 2 * message),
            DataBufferBytes = (int)Math.Max(defaults.DataBufferBytes, Math.Min(2 * message, int.MaxValue / 2)),
            ControlBufferBytes = Math.Max(defaults.ControlBufferBytes, (int)frame),
        };
    }

    private static string? TextOrNull(Config config, string key) => config.GetString($"{Section}.{key}") is { Length: > 0 } text ? text : null;

    private static int? Port(Config config, string key)
    {
        if (!config.HasPath($"{Section}.{key}"))
            return null;
        var port = config.GetInt($"{Section}.{key}");
        return port is >= 0 and <= ushort.MaxValue ? port : throw new ConfigurationException($"{Section}.{key} is {port}; it is 0 to {ushort.MaxValue}.");
    }
}
