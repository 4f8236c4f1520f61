using KvStore.Hocon;
using KvStore.Host.Configuration;

namespace KvStore.Host.Tests.Configuration;

public sealed class TlsCheckTests : IDisposable
{
    private const string Ssl = "akka.remote.dot-netty.tcp.ssl";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvstore");
    private readonly TlsFiles _files;

    public TlsCheckTests() => _files = new TlsFiles(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void An_engine_that_asks_nobody_who_joins_for_a_certificate_is_refused_unless_that_is_accepted_by_name()
    {
        var tls = $"akka.remote.dot-netty.tcp {{ enable-ssl = true, ssl.certificate {{ path = \"{_files.Pfx}\", password = secret }} }}";
        var refused = Should.Throw<HoconException>(() => Check(tls, HonoursOld));
        refused.Message.ShouldStartWith("node.conf:1:42: Old 1.0 asks no node that joins for a certificate");
        refused.Message.ShouldContain($"{Ssl}.require-mutual-authentication = false");
        Should.Throw<HoconException>(() => Check($"{tls}\n{Ssl}.require-mutual-authentication = true", HonoursOld));
        Check($"{tls}\n{Ssl}.require-mutual-authentication = false", HonoursOld);
        Check(tls, HonoursNew);
    }

    [Theory]
    [InlineData("key-path = x", "certificate.key-path")]
    [InlineData("pasword = x", "certificate.pasword")]
    public void A_key_that_the_engine_would_pass_over_is_an_error_that_says_where_with_TLS_or_without(string key, string named)
    {
        Should.Throw<HoconException>(() => Check($"{Ssl} {{\n certificate {{ {key} }}\n}}", HonoursOld)).Message
            .ShouldStartWith($"node.conf:2:16: {Ssl}.{named} is not a setting of Old 1.0");
        Should.Throw<HoconException>(() => Check($"{Ssl}.trusted-certificates-path = x", HonoursNew)).Message.ShouldContain("trusted-certificates-path is not a setting");
    }

    [Theory]
    [InlineData("thumbprint = ab", "certificate.thumbprint: 'ab' can't be used: no valid certificate of that thumbprint")]
    [InlineData("path = file", "certificate.thumbprint is missing")]
    public void A_certificate_in_the_store_of_the_machine_is_looked_for_there(string certificate, string says) =>
        Should.Throw<HoconException>(() => Check(
            $"akka.remote.dot-netty.tcp {{ enable-ssl = true, ssl.certificate {{ use-thumbprint-over-file = true, store-name = My, {certificate} }} }}", HonoursNew))
            .Message.ShouldContain(says);

    [Theory]
    [InlineData("path = \"{pfx}\", password = wrong", "certificate.path: '{pfx}' can't be used: ")]
    [InlineData("path = \"{pfx}\"", "certificate.path: '{pfx}' can't be used: ")]
    [InlineData("path = \"{keyless}\", password = secret", "certificate.path: '{keyless}' can't be used: no private key in it")]
    [InlineData("path = \"{folder}/none.pfx\"", "certificate.path: '{folder}/none.pfx' can't be used: there is no such file")]
    [InlineData("path = \"{pem}\"", "certificate.path: '{pem}' can't be used: ")]
    [InlineData("password = secret", "enable-ssl needs a certificate with its key")]
    public void A_certificate_that_can_not_be_used_is_one_line(string certificate, string says)
    {
        var text = $"akka.remote.dot-netty.tcp {{ enable-ssl = true, ssl {{ require-mutual-authentication = false, certificate {{ {_files.In(certificate)} }} }} }}";
        // On the engine that this build runs on.
        var message = Should.Throw<HoconException>(() => Check(text, Engine.HonoursTls)).Message;
        message.ShouldStartWith("node.conf:1:");
        message.ShouldContain(_files.In(says));
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void Encryption_alone_is_what_either_engine_has() =>
        Check($"akka.remote.dot-netty.tcp {{ enable-ssl = true, ssl {{ require-mutual-authentication = false, suppress-validation = true, certificate {{ path = \"{_files.Pfx}\", password = secret }} }} }}", Engine.HonoursTls);

    private static void Check(string text, Func<string, bool> honours) =>
        TlsCheck.ThrowIfWrong(HoconDocument.Parse(text, "node.conf"), honours, "Old 1.0");

    // As Akka.NET 1.5.30.
    private static bool HonoursOld(string path) =>
        path is $"{Ssl}.suppress-validation" or $"{Ssl}.certificate.path" or $"{Ssl}.certificate.password" or $"{Ssl}.certificate.use-thumbprint-over-file" or $"{Ssl}.certificate.thumbprint" or $"{Ssl}.certificate.store-name";

    // As Akka.NET 1.5.53.
    private static bool HonoursNew(string path) =>
        HonoursOld(path) || path is $"{Ssl}.require-mutual-authentication" or $"{Ssl}.validate-certificate-hostname";
}
