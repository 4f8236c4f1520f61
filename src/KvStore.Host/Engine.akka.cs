using Akka.Remote;

namespace KvStore.Host;

/// <summary>The engine that this build runs on.</summary>
internal static class Engine
{
    public const string Name = "akka";

    // Read by Akka.NET, though its reference has it in a comment only.
    private const string KeyStorageFlags = "akka.remote.dot-netty.tcp.ssl.certificate.flags";

    private static readonly Lazy<Config> s_reference = new(ReadReference);

    /// <summary>Its name in a sentence, with the version of the package that is loaded.</summary>
    public static string Title => $"Akka.NET {typeof(RemoteSettings).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>
    /// Whether it reads the setting of TLS of that path. Versions differ, and each says in its own reference configuration what it has.
    /// </summary>
    public static bool HonoursTls(string path) => path == KeyStorageFlags || s_reference.Value.HasPath(path);

    // A version that keeps its reference elsewhere is taken to honour nothing, so that a node with TLS does not start on it.
    private static Config ReadReference()
    {
        using var stream = typeof(RemoteSettings).Assembly.GetManifestResourceStream("Akka.Remote.Configuration.Remote.conf");
        if (stream is null)
            return Config.Empty;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
