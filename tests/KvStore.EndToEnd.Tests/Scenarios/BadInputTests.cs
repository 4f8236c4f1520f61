using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Scenarios;

public sealed class BadInputTests(BadInputTests.TwoNodes two) : IClassFixture<BadInputTests.TwoNodes>
{
    private NodeUnderTest Node => two.Cluster.Nodes[0];

    [Theory]
    [InlineData("NOSUCH a b", "ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ")]
    [InlineData("GET", "ERR wrong number of arguments for 'get' command")]
    [InlineData("INCRBY k many", "ERR value is not an integer or out of range")]
    [InlineData("SET k \"open", "ERR Protocol error: unbalanced quotes in request")]
    [InlineData("SET k v EX", "ERR syntax error")]
    [InlineData("SELECT 1", "ERR DB index is out of range")]
    public async Task A_wrong_command_costs_one_clear_line_and_the_connection_goes_on(string line, string says) =>
        (await Node.TalkAsync($"{line}\nPING\n")).ShouldBe($"{says}\nPONG\n");

    [Fact]
    public async Task A_line_that_is_too_long_costs_that_line_only()
    {
        var answer = await Node.TalkAsync($"SET k {new string('x', 200_000)}\nPING\n");
        answer.ShouldContain("kv.limits.line");
        answer.ShouldEndWith("\nPONG\n");
    }

    [Fact]
    public async Task Peers_that_speak_nonsense_are_disconnected_and_counted_and_the_cluster_goes_on()
    {
        var before = await CountAsync();
        var bomb = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(bomb, int.MaxValue);
        byte[][] nonsense =
        [
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: here\r\n\r\n"),
            Encoding.ASCII.GetBytes("*1\r\n$4\r\nPING\r\n"),
            bomb,
            [.. Enumerable.Repeat((byte)0xFF, 100_000)],
            [.. Enumerable.Repeat((byte)0, 100_000)],
        ];
        foreach (var bytes in nonsense)
        {
            using var peer = new TcpClient();
            await peer.ConnectAsync("127.0.0.1", int.Parse(Node.Remoting.Split(':')[1]));
            var stream = peer.GetStream();
            try
            {
                await stream.WriteAsync(bytes);
                var answer = new byte[4_096];
                while (await stream.ReadAsync(answer).AsTask().WaitAsync(ProductProcess.Patience) > 0)
                {
                    // Whatever it says, it must close.
                }
            }
            catch (IOException)
            {
                // Closed while we were still writing.
            }
        }
        // Akka.NET disconnects such a peer too, and keeps no count of it.
        if ((await Node.InfoAsync())["actor_engine"] == "embedded")
            (await CountAsync()).ShouldBeGreaterThanOrEqualTo(before + nonsense.Length);
        (await Node.AskAsync("SET after nonsense")).ShouldBe("OK");
        await Eventually.AreTrueAsync(
            async () => await two.Cluster.Nodes[1].AskAsync("GET after") == "nonsense",
            () => $"replication stopped:\n{Node.Output}");
    }

    private async Task<long> CountAsync()
    {
        var info = await Node.InfoAsync();
        return long.Parse(info.GetValueOrDefault("remoting_malformed_peers", "0")) + long.Parse(info.GetValueOrDefault("remoting_refused_peers", "0"));
    }

    public sealed class TwoNodes : IAsyncLifetime
    {
        internal ClusterUnderTest Cluster { get; private set; } = null!;

        public async Task InitializeAsync() => Cluster = await ClusterUnderTest.StartAsync(2);

        public async Task DisposeAsync() => await Cluster.DisposeAsync();
    }
}
