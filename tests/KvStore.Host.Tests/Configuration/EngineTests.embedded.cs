using KvStore.Hocon;
using KvStore.Host.Configuration;

namespace KvStore.Host.Tests.Configuration;

/// <summary>What the embedded engine has of TLS.</summary>
public sealed class EngineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvstore");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Joining_nodes_are_asked_for_a_certificate_and_PEM_and_roots_of_the_clusters_own_are_read()
    {
        var files = new TlsFiles(_folder.FullName);
        var tls = $$"""
            akka.remote.dot-netty.tcp { enable-ssl = true, ssl {
              certificate { path = "{{files.Pem}}", key-path = "{{files.PemKey}}" }
              trusted-certificates-path = "{{files.Pem}}"
              validate-certificate-hostname = true
            } }
            """;
        TlsCheck.ThrowIfWrong(HoconDocument.Parse(tls, "node.conf"), Engine.HonoursTls, Engine.Title);
        var withoutRoots = tls.Replace($"trusted-certificates-path = \"{files.Pem}\"", $"trusted-certificates-path = \"{files.PemKey}\"", StringComparison.Ordinal);
        Should.Throw<HoconException>(() => TlsCheck.ThrowIfWrong(HoconDocument.Parse(withoutRoots, "node.conf"), Engine.HonoursTls, Engine.Title))
            .Message.ShouldContain("trusted-certificates-path: ");
    }

    [Fact]
    public void The_store_of_the_machine_is_not_read() =>
        Should.Throw<HoconException>(() => TlsCheck.ThrowIfWrong(
            HoconDocument.Parse("akka.remote.dot-netty.tcp.ssl.certificate.thumbprint = ab", "node.conf"), Engine.HonoursTls, Engine.Title))
            .Message.ShouldBe("node.conf:1:1: akka.remote.dot-netty.tcp.ssl.certificate.thumbprint is not a setting of the embedded engine, which would pass over it in silence; docs/operations.md says what each engine has");
}
