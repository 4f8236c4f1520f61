using KvStore.EndToEnd.Tests.Processes;
using KvStore.Host.Tests.Configuration;

namespace KvStore.EndToEnd.Tests.Scenarios;

/// <summary>TLS between real processes, and what becomes of one whose certificate is of no use.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvstore");
    private readonly TlsFiles _ours;
    private readonly TlsFiles _theirs;

    public TlsTests()
    {
        _ours = new TlsFiles(_folder.CreateSubdirectory("ours").FullName);
        _theirs = new TlsFiles(_folder.CreateSubdirectory("theirs").FullName);
    }

    // What the engine brings lies beside the program.
    private static bool IsOnAkka => File.Exists(Path.Combine(AppContext.BaseDirectory, "Akka.Remote.dll"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("path=\"{pfx}\", password=wrong", "certificate.path: '{pfx}' can't be used: ")]
    [InlineData("path=\"{keyless}\", password=secret", "certificate.path: '{keyless}' can't be used: no private key in it")]
    [InlineData("path=\"{folder}/none.pfx\"", "certificate.path: '{folder}/none.pfx' can't be used: there is no such file")]
    [InlineData("password=secret", "certificate.path is missing")]
    [InlineData("path=\"{pfx}\", password=secret, key-pass=\"x\"", "certificate.key-pass is not a setting of ")]
    public async Task What_is_wrong_with_a_certificate_is_one_line_and_exits_with_2(string certificate, string says) =>
        await EndsWithOneLineAsync(_ours.In(says), [.. EncryptionAlone, "--set", $"{Tcp}.ssl.certificate={{ {_ours.In(certificate)} }}"]);

    [Fact]
    public async Task With_encryption_alone_nodes_form_a_cluster_whose_addresses_say_so()
    {
        string[] tls = [.. EncryptionAlone, .. Pfx(_ours), "--set", $"{Tcp}.ssl.suppress-validation=true"];
        await using var cluster = await ClusterUnderTest.StartAsync(2, tls);
        (await cluster.Nodes[0].AskAsync("SET k v")).ShouldBe("OK");
        await Eventually.AreTrueAsync(
            async () => await cluster.Nodes[1].AskAsync("GET k") == "v",
            () => $"the key did not arrive:\n{cluster.Nodes[1].Output}");
        await using var kv = ProductProcess.Start("kv", "cluster", "show", "--at", $"{cluster.Nodes[0].GatewayPort}");
        (await kv.WaitForExitAsync()).ShouldBe(0);
        foreach (var node in cluster.Nodes)
            kv.Output.ShouldContain($"akka.ssl.tcp://kvstore@{node.Remoting} ");
    }

    [Fact]
    public async Task A_stranger_with_a_certificate_of_its_own_gets_nothing()
    {
        string[] tls = [.. Enabled, .. Pfx(_ours)];
        if (IsOnAkka)
        {
            // 1.5.52 and later ask who joins, and trust what the system trusts; this is before, and not without a word of acceptance.
            await EndsWithOneLineAsync("asks no node that joins for a certificate", tls);
            return;
        }
        await using var node = await NodeUnderTest.StartAsync("n1", more: [.. tls, "--set", $"{Tcp}.ssl.trusted-certificates-path=\"{_ours.Pem}\""]);
        await node.WaitUntilReadyAsync(1);
        (await node.AskAsync("SET k v")).ShouldBe("OK");
        await using var stranger = NodeUnderTest.Launch("n2", seeds: [node.Remoting], more: [.. Enabled, .. Pfx(_theirs), "--set", $"{Tcp}.ssl.suppress-validation=true"]);
        await node.WaitForLineAsync(static l => l.Contains("the certificate 'CN=node' is not trusted", StringComparison.Ordinal));
        (await node.InfoAsync())["kvstore_members"].ShouldBe("1");
        await using var friend = await NodeUnderTest.StartAsync("n3", seeds: [node.Remoting], more: [.. tls, "--set", $"{Tcp}.ssl.trusted-certificates-path=\"{_ours.Pem}\""]);
        await friend.WaitUntilReadyAsync(2);
        (await friend.AskAsync("GET k")).ShouldBe("v");
    }

    private static string[] Enabled => ["--set", $"{Tcp}.enable-ssl=true"];

    private static string[] EncryptionAlone => [.. Enabled, "--set", $"{Tcp}.ssl.require-mutual-authentication=false"];

    private static string[] Pfx(TlsFiles files) => ["--set", $"{Tcp}.ssl.certificate.path=\"{files.Pfx}\"", "--set", $"{Tcp}.ssl.certificate.password=secret"];

    private static async Task EndsWithOneLineAsync(string says, string[] arguments)
    {
        await using var node = NodeUnderTest.Launch("n1", more: arguments);
        (await node.WaitForExitAsync()).ShouldBe(2);
        node.Output.ShouldContain(says);
        node.Output.Split('\n').Length.ShouldBe(1);
    }
}
