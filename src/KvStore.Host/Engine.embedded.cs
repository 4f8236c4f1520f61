namespace KvStore.Host;

/// <summary>The engine that this build runs on.</summary>
internal static class Engine
{
    public const string Name = "embedded";

    /// <summary>Its name in a sentence.</summary>
    public const string Title = "the embedded engine";

    private const string Tls = "akka.remote.dot-netty.tcp.ssl";

    /// <summary>Whether it reads the setting of TLS of that path.</summary>
    public static bool HonoursTls(string path) => path is
        $"{Tls}.certificate.path" or $"{Tls}.certificate.password" or $"{Tls}.certificate.key-path" or $"{Tls}.trusted-certificates-path"
        or $"{Tls}.require-mutual-authentication" or $"{Tls}.validate-certificate-hostname" or $"{Tls}.suppress-validation";
}
