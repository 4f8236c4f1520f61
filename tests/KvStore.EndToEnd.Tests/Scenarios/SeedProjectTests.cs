using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Scenarios;

/// <summary>What the five teaching projects showed that they could do, each against real processes.</summary>
public sealed class SeedProjectTests(SeedProjectTests.ThreeNodes three) : IClassFixture<SeedProjectTests.ThreeNodes>
{
    private IReadOnlyList<NodeUnderTest> Nodes => three.Cluster.Nodes;

    [Fact]
    public async Task One_server_runs_on_the_port_it_was_given()
    {
        await using var first = await NodeUnderTest.StartAsync("only");
        var port = first.GatewayPort;
        await first.KillAsync();
        await using var second = await NodeUnderTest.StartAsync("only", port);
        second.GatewayPort.ShouldBe(port);
        await second.WaitUntilReadyAsync(1);
        (await second.TalkAsync("SET name john\nGET name\nQUIT\n")).ShouldBe("OK\njohn\nOK\n");
    }

    [Fact]
    public async Task Of_two_servers_each_reads_what_the_other_was_told()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        (await cluster.Nodes[0].AskAsync("SET from first")).ShouldBe("OK");
        (await cluster.Nodes[1].AskAsync("SET back second")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys: 2);
        (await cluster.Nodes[1].AskAsync("GET from")).ShouldBe("first");
        (await cluster.Nodes[0].AskAsync("GET back")).ShouldBe("second");
    }

    [Fact]
    public async Task A_write_on_any_of_three_nodes_is_read_and_deleted_on_every_other()
    {
        (await Nodes[0].TalkAsync("SET name john\nGET name\nQUIT\n")).ShouldBe("OK\njohn\nOK\n");
        await OnAll("GET name", "john");
        (await Nodes[2].AskAsync("DELETE name")).ShouldBe("1");
        await OnAll("GET name", "(nil)");
    }

    [Fact]
    public async Task What_a_node_got_from_a_peer_it_does_not_send_on()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        for (var i = 0; i < 30; i++)
            (await cluster.Nodes[0].AskAsync($"SET key{i} value{i}")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys: 30);
        (await cluster.Nodes[0].InfoAsync())["mutations_published"].ShouldBe("30");
        foreach (var peer in cluster.Nodes.Skip(1))
        {
            var info = await peer.InfoAsync();
            info["mutations_published"].ShouldBe("0");
            info["mutations_applied"].ShouldBe("30");
        }
    }

    [Fact]
    public async Task Put_get_and_del_are_lines_with_either_ending()
    {
        (await Nodes[0].TalkAsync("PUT city Utrecht\r\nGET city\r\nDEL city\nGET city\n")).ShouldBe("OK\nUtrecht\n1\n(nil)\n");
    }

    [Fact]
    public async Task An_interactive_session_goes_on_until_quit()
    {
        (await Nodes[1].TalkAsync("PUT age 25\nGET age\nQUIT\nGET age\n")).ShouldBe("OK\n25\nOK\n");
    }

    [Fact]
    public async Task An_address_with_an_at_sign_and_a_value_with_blanks_are_values_like_any_other()
    {
        (await Nodes[0].TalkAsync("PUT email garvit@example.com\nGET email\nPUT motto the rest of the line\nGET motto\n"))
            .ShouldBe("OK\ngarvit@example.com\nOK\nthe rest of the line\n");
    }

    [Fact]
    public async Task Mget_answers_a_line_for_each_key()
    {
        (await Nodes[0].TalkAsync("SET mget:name john\nPUT mget:email john@example.com\nMGET mget:name mget:email mget:none\n"))
            .ShouldBe("OK\nOK\njohn\njohn@example.com\n(nil)\n\n");
    }

    [Fact]
    public async Task A_missing_key_is_nil_and_deleting_it_deletes_nothing()
    {
        (await Nodes[0].TalkAsync("GET missing\nDEL missing\nEXISTS missing\n")).ShouldBe("(nil)\n0\n0\n");
    }

    [Fact]
    public async Task Thirty_keys_written_at_once_through_all_nodes_are_all_on_all()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Nodes[i % 3].AskAsync($"SET stress:{i} {i}")));
        for (var i = 0; i < 30; i++)
            await OnAll($"GET stress:{i}", $"{i}");
    }

    [Fact]
    public async Task Concurrent_clients_lose_none_of_their_increments()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Nodes[0].TalkAsync(string.Concat(Enumerable.Repeat("INCR concurrent\n", 50)))));
        await OnAll("GET concurrent", "1000");
    }

    private async Task OnAll(string command, string expected)
    {
        foreach (var node in Nodes)
        {
            await Eventually.AreTrueAsync(
                async () => await node.AskAsync(command) == expected,
                () => $"{node.Name} did not answer '{expected}' to {command}");
        }
    }

    public sealed class ThreeNodes : IAsyncLifetime
    {
        internal ClusterUnderTest Cluster { get; private set; } = null!;

        public async Task InitializeAsync() => Cluster = await ClusterUnderTest.StartAsync(3);

        public async Task DisposeAsync() => await Cluster.DisposeAsync();
    }
}
