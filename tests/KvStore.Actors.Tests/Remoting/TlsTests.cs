using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KvStore.Actors.Event;
using KvStore.Actors.Remoting;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Remoting;

public sealed class TlsTests : IAsyncLifetime
{
    private readonly TestCertificates _ours = new("ours");
    private readonly TestCertificates _theirs = new("theirs");
    private readonly List<TcpTransport> _transports = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kv-tls-");
    private int _uid;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var transport in _transports)
            await transport.DisposeAsync();
        _ours.Dispose();
        _theirs.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nodes_of_one_authority_talk_encrypted(bool mutual)
    {
        var (a, _) = Start(_ours.Settings(mutual: mutual, hostname: true));
        var (b, heard) = Start(_ours.Settings(mutual: mutual, hostname: true));
        b.Self.Address.Protocol.ShouldBe("akka.ssl.tcp");
        var payload = new byte[100_000];
        new Random(1).NextBytes(payload);
        for (var i = 0; i < 50; i++)
            Send(a, b, payload);
        for (var i = 0; i < 50; i++)
            (await heard.NextFrameAsync()).Payload.ShouldBe(payload);
        (a.Counters.TlsFailures + b.Counters.TlsFailures).ShouldBe(0);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_the_one_who_dials()
    {
        var (a, events) = Start(_ours.Settings());
        var (b, _) = Start(_theirs.Settings());
        Send(a, b);
        (await events.NextEventAsync("failed out")).ShouldContain("the certificate 'CN=node' is not trusted");
        a.Counters.TlsFailures.ShouldBeGreaterThanOrEqualTo(1);
        await StillWorksAsync(a, _ours);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_the_one_who_is_dialled()
    {
        var (a, events) = Start(_theirs.Settings(suppress: true));
        var (b, heard) = Start(_ours.Settings());
        Send(a, b);
        (await heard.NextEventAsync("failed in")).ShouldContain("the certificate 'CN=node' is not trusted");
        (await events.NextEventAsync("failed out")).ShouldContain("refuses a certificate");
        b.Counters.TlsFailures.ShouldBeGreaterThanOrEqualTo(1);
        await StillWorksAsync(b, _ours);
    }

    [Fact]
    public async Task A_certificate_made_out_to_another_host_is_refused_where_the_name_matters()
    {
        var (a, events) = Start(_ours.Settings(hostname: true));
        var (b, heard) = Start(_ours.Settings("elsewhere.example"));
        Send(a, b);
        (await events.NextEventAsync("failed out")).ShouldContain("is not made out to the host that was dialled");
        var (c, _) = Start(_ours.Settings(hostname: false));
        Send(c, b);
        await heard.NextFrameAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stranger_without_a_certificate_is_let_in_only_where_none_is_required(bool mutual)
    {
        var (b, heard) = Start(_ours.Settings(mutual: mutual));
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", b.Self.Address.Port!.Value);
        await using var stream = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        var identity = new PeerIdentity(new Address("akka.ssl.tcp", "kv", "127.0.0.1", 1), 9);
        try
        {
            await stream.AuthenticateAsClientAsync("127.0.0.1");
            await stream.WriteAsync(Handshake.Write(new Hello(Lane.Data, identity, b.Self.Address)));
        }
        catch (IOException) when (mutual)
        {
            // The refusal may come at either step.
        }
        if (mutual)
            (await heard.NextEventAsync("failed in")).ShouldContain("the peer showed no certificate");
        else
            await heard.NextEventAsync("connected Data in uid 9");
        b.Counters.TlsFailures.ShouldBe(mutual ? 1 : 0);
        await StillWorksAsync(b, _ours);
    }

    [Fact]
    public async Task A_plain_peer_and_one_with_TLS_refuse_each_other_and_say_why()
    {
        var (plain, plainEvents) = Start(null);
        var (encrypted, encryptedEvents) = Start(_ours.Settings());
        Send(plain, encrypted);
        (await encryptedEvents.NextEventAsync("failed in")).ShouldContain("TLS: ");
        await plainEvents.NextEventAsync("failed out");
        encrypted.Counters.TlsFailures.ShouldBeGreaterThanOrEqualTo(1);
        Send(encrypted, plain);
        (await plainEvents.NextEventAsync("failed in")).ShouldContain("the peer speaks TLS, and this node has enable-ssl off");
        (await encryptedEvents.NextEventAsync("failed out")).ShouldContain("TLS: ");
        plain.Counters.Malformed.ShouldBeGreaterThanOrEqualTo(1);
        await StillWorksAsync(encrypted, _ours);
        await StillWorksAsync(plain, null);
    }

    [Fact]
    public async Task A_stranger_that_begins_no_TLS_is_closed_after_the_handshake_timeout()
    {
        var (b, heard) = Start(_ours.Settings(), static s => s with { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", b.Self.Address.Port!.Value);
        (await heard.NextEventAsync("failed in")).ShouldContain("no handshake within");
        b.Counters.HandshakeTimeouts.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Systems_take_their_certificates_from_the_configuration(bool pem)
    {
        using var certificate = _ours.Issue();
        var certificates = pem
            ? $"path = \"{Save("node.pem", certificate.ExportCertificatePem())}\", key-path = \"{Save("node.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())}\""
            : $"path = \"{Save("node.pfx", certificate.Export(X509ContentType.Pkcs12, "secret"))}\", password = secret";
        var hocon = $$"""
            akka.remote.dot-netty.tcp { enable-ssl = true, ssl {
              certificate { {{certificates}} }
              trusted-certificates-path = "{{Save("root.pem", _ours.RootPem)}}"
              validate-certificate-hostname = true
            } }
            """;
        await using var a = TestNode.Start(hocon: hocon);
        await using var b = TestNode.Start(hocon: hocon);
        a.Address.Protocol.ShouldBe("akka.ssl.tcp");
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        (await a.RefTo(b, "/user/echo").Ask<string>("secret", TestNode.Patience)).ShouldBe("secret");
        await using var plain = TestNode.Start();
        plain.RefTo(b, "/user/echo").Tell("in the clear", ActorRefs.NoSender);
        var address = b.Address.WithProtocol("akka.tcp");
        ((ExtendedActorSystem)plain.System).Provider.ResolveActorRef(address + "/user/echo").Tell("in the clear", ActorRefs.NoSender);
        await Eventually.Holds(() => b.Log.Events.OfType<Warning>().Any(static e => e.Message.ToString()!.Contains("TLS: ", StringComparison.Ordinal)));
        RemotingCounters.Of(b.System).TlsFailures.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("", "certificate.path is missing")]
    [InlineData("certificate.path = \"/no/such/file.pfx\"", "cannot be used")]
    [InlineData("certificate.path = \"ROOT\"", "cannot be used")]
    public void What_cannot_be_read_fails_the_start_by_name(string ssl, string expected)
    {
        var hocon = $"akka.remote.dot-netty.tcp {{ enable-ssl = true, ssl {{ {ssl.Replace("ROOT", Save("root.pem", _ours.RootPem), StringComparison.Ordinal)} }} }}";
        Should.Throw<ConfigurationException>(() => TestNode.Start(hocon: hocon)).Message.ShouldContain(expected);
    }

    private static void Send(TcpTransport from, TcpTransport to, byte[]? payload = null) =>
        from.Associate(to.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", payload ?? [1]);

    private async Task StillWorksAsync(TcpTransport transport, TestCertificates? authority)
    {
        var (other, heard) = Start(authority?.Settings());
        transport.Associate(other.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", "alive"u8);
        (await heard.NextFrameAsync()).Payload.ShouldBe("alive"u8.ToArray());
    }

    private string Save(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Save(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private (TcpTransport Transport, RecordingHandler Handler) Start(TlsSettings? tls, Func<TransportSettings, TransportSettings>? configure = null)
    {
        var settings = new TransportSettings { System = "kv", Uid = ++_uid, Tls = tls, Protocol = tls is null ? "akka.tcp" : TransportSettings.TlsProtocol };
        var transport = new TcpTransport(configure?.Invoke(settings) ?? settings, TimeProvider.System);
        var handler = new RecordingHandler();
        transport.Listen(handler);
        _transports.Add(transport);
        return (transport, handler);
    }
}
