using System.Net;
using System.Net.Sockets;
using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Scenarios;

public sealed class StartTests
{
    [Fact]
    public async Task An_error_in_the_configuration_names_file_line_and_column_and_exits_with_2()
    {
        var file = Path.Combine(Path.GetTempPath(), $"kvstore-{Guid.NewGuid():n}.conf");
        await File.WriteAllTextAsync(file, "kv {\n  gateway { port = abc }\n}\n");
        try
        {
            await using var node = ProductProcess.Start("KvStore.Host", "node", "--config", file);
            (await node.WaitForExitAsync()).ShouldBe(2);
            node.Output.ShouldContain($"{file}:2:20:");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("kv.limit.key=1k", "did you mean kv.limits")]
    [InlineData("kv.limits.value=64m", "maximum-frame-size")]
    [InlineData("kv.gateway.port=70000", "kv.gateway.port is 70000")]
    [InlineData("akka.cluster.seed-nodes=[\"here\"]", "akka.tcp://kvstore@")]
    public async Task A_setting_that_cannot_be_is_one_clear_line_and_exits_with_2(string setting, string says)
    {
        await using var node = ProductProcess.Start("KvStore.Host", "node", "--set", $"kv.data-folder=\"{DataFolders.Next()}\"", "--set", setting);
        (await node.WaitForExitAsync()).ShouldBe(2);
        node.Output.ShouldContain(says);
        node.Output.Split('\n').Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("--gateway-port", "--remoting-port")]
    [InlineData("--remoting-port", "--gateway-port")]
    public async Task A_port_that_is_taken_is_said_and_exits_with_3(string taken, string free)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var node = ProductProcess.Start("KvStore.Host", "node", "--set", $"kv.data-folder=\"{DataFolders.Next()}\"", taken, $"{port}", free, "0");
        (await node.WaitForExitAsync()).ShouldBe(3);
        node.Output.ShouldContain("a port is taken");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Local_starts_processes_says_where_they_are_and_stops_them_all(bool byInterrupt)
    {
        await using var local = ProductProcess.Start("KvStore.Host", "local", "2", "--set", $"kv.data-folder=\"{DataFolders.Next()}\"", "--gateway-port", "0", "--remoting-port", "0");
        await local.WaitForLineAsync(static l => l.StartsWith("n1 serves, sees 2 of 2", StringComparison.Ordinal));
        await local.WaitForLineAsync(static l => l.StartsWith("n2 serves, sees 2 of 2", StringComparison.Ordinal));
        var rows = local.Output.Split('\n').Where(static l => l.StartsWith('n') && l.Contains("127.0.0.1:", StringComparison.Ordinal)).ToList();
        rows.Count.ShouldBe(2);
        local.Output.ShouldContain("  n2: ");
        if (byInterrupt)
            local.Interrupt();
        else
            local.Terminate();
        (await local.WaitForExitAsync()).ShouldBe(0);
        foreach (var row in rows)
        {
            var pid = int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
            Directory.Exists($"/proc/{pid}").ShouldBeFalse($"process {pid} outlived its parent");
        }
    }

    [Fact]
    public async Task Nodes_stop_when_their_parent_is_killed()
    {
        await using var local = ProductProcess.Start("KvStore.Host", "local", "1", "--set", $"kv.data-folder=\"{DataFolders.Next()}\"", "--gateway-port", "0", "--remoting-port", "0");
        var row = await local.WaitForLineAsync(static l => l.StartsWith("n1 ", StringComparison.Ordinal) && l.Contains("127.0.0.1:", StringComparison.Ordinal));
        var pid = int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        await local.KillAsync();
        await Eventually.AreTrueAsync(
            () => Task.FromResult(!Directory.Exists($"/proc/{pid}")),
            () => $"process {pid} outlived its parent");
    }
}
