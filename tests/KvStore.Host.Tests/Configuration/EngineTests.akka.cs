namespace KvStore.Host.Tests.Configuration;

/// <summary>What Akka.NET has of TLS, by its own reference configuration.</summary>
public sealed class EngineTests
{
    private const string Ssl = "akka.remote.dot-netty.tcp.ssl";

    [Theory]
    [InlineData("certificate.path", true)]
    [InlineData("certificate.password", true)]
    [InlineData("certificate.use-thumbprint-over-file", true)]
    [InlineData("certificate.store-name", true)]
    [InlineData("certificate.flags", true)]
    [InlineData("suppress-validation", true)]
    [InlineData("certificate.key-path", false)]
    [InlineData("trusted-certificates-path", false)]
    public void Every_version_reads_PFX_and_the_store_of_the_machine_and_none_reads_PEM_or_roots_of_the_clusters_own(string key, bool honoured) =>
        Engine.HonoursTls($"{Ssl}.{key}").ShouldBe(honoured);

    /// <summary>1.5.52 brought the one and 1.5.53 the other (Akka.NET's release notes).</summary>
    [Theory]
    [InlineData("require-mutual-authentication", 52)]
    [InlineData("validate-certificate-hostname", 53)]
    public void The_version_that_is_loaded_says_whether_it_authenticates_who_joins(string key, int since) =>
        Engine.HonoursTls($"{Ssl}.{key}").ShouldBe(typeof(Akka.Remote.RemoteSettings).Assembly.GetName().Version >= new Version(1, 5, since));
}
