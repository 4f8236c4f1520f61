using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Scenarios;

/// <summary>What an operator does with <c>kv cluster</c>, against real processes.</summary>
public sealed class ClusterCommandTests
{
    [Fact]
    public async Task Show_lists_three_members_that_are_up_whichever_node_is_asked()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        string[] expected = [.. cluster.Nodes.Select(static n => $"{Address(n)} | [] | up | reachable").Order(StringComparer.Ordinal), "Count: 3 nodes"];
        foreach (var node in cluster.Nodes)
        {
            var (exitCode, output) = await KvAsync(node, "show");
            exitCode.ShouldBe(0);
            WithoutVersions(output).ShouldBe(expected);
            (await KvAsync(node, "members")).Output.Split('\n').ShouldBe([.. cluster.Nodes.Select(Address).Order(StringComparer.Ordinal)]);
            (await KvAsync(node, "status")).Output.ShouldStartWith($"{Address(node)} | [] | up | reachable");
        }
        (await KvAsync(cluster.Nodes[0], "show", "--json")).Output.ShouldStartWith($$"""{"self":"{{Address(cluster.Nodes[0])}}","leader":"akka.tcp://""");
    }

    [Fact]
    public async Task A_member_that_is_told_to_leave_ends_and_is_gone_from_the_list_and_tail_says_so()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        var (asked, leaving) = (cluster.Nodes[0], cluster.Nodes[2]);
        await using var tail = Tail(asked);
        await tail.WaitForLineAsync(l => l.EndsWith($" | up | {Address(leaving)}", StringComparison.Ordinal));

        (await KvAsync(asked, "leave", leaving.Remoting)).ShouldBe((0, "OK"));
        (await leaving.WaitForExitAsync()).ShouldBe(0);
        foreach (var change in (string[])["leaving", "removed"])
            await tail.WaitForLineAsync(l => l.EndsWith($" | {change} | {Address(leaving)}", StringComparison.Ordinal));
        await UntilShowsAsync(asked, static lines => lines[^1] == "Count: 2 nodes");
    }

    [Fact]
    public async Task A_killed_member_shows_as_unreachable_and_goes_when_it_is_downed()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        var (asked, dying) = (cluster.Nodes[0], cluster.Nodes[1]);
        await using var tail = Tail(asked);
        await dying.KillAsync();
        await UntilShowsAsync(asked, lines => lines.Contains($"{Address(dying)} | [] | up | unreachable", StringComparer.Ordinal));

        (await KvAsync(asked, "down", Address(dying))).ShouldBe((0, "OK"));
        await UntilShowsAsync(asked, static lines => lines[^1] == "Count: 2 nodes");
        foreach (var change in (string[])["unreachable", "down", "removed"])
            await tail.WaitForLineAsync(l => l.EndsWith($" | {change} | {Address(dying)}", StringComparison.Ordinal));

        var (exitCode, output) = await KvAsync(asked, "down", dying.Remoting);
        exitCode.ShouldBe(1);
        output.ShouldBe($"ERR '{dying.Remoting}' is no member of the cluster; KVCLUSTER MEMBERS lists them");
    }

    [Fact]
    public async Task A_node_that_was_started_without_seeds_waits_and_joins_when_it_is_told_to()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        (await cluster.Nodes[0].AskAsync("SET before joining")).ShouldBe("OK");
        await using var late = await NodeUnderTest.StartAsync("late", more: ["--set", "kv.cluster.start-alone=false"]);
        (await KvAsync(late, "status")).Output.ShouldStartWith($"{Address(late)} | [] | removed | ");
        (await KvAsync(late, "show")).Output.ShouldBe("Count: 0 nodes");

        (await KvAsync(late, "join", cluster.Nodes[0].Remoting)).ShouldBe((0, "OK"));
        await late.WaitUntilReadyAsync(3);
        await UntilShowsAsync(late, static lines => lines[^1] == "Count: 3 nodes" && lines[..^1].All(static l => l.Contains(" | up | reachable", StringComparison.Ordinal)));
        (await late.AskAsync("GET before")).ShouldBe("joining");
        (await KvAsync(late, "join", cluster.Nodes[1].Remoting)).Output.ShouldContain("this node is a member already (up)");
    }

    [Fact]
    public async Task Tail_ends_with_its_node_and_with_an_interrupt()
    {
        await using var node = await NodeUnderTest.StartAsync("n1");
        await using var interrupted = Tail(node);
        await using var orphaned = Tail(node);
        foreach (var tail in (ProductProcess[])[interrupted, orphaned])
            await tail.WaitForLineAsync(static l => l.Contains(" | up | ", StringComparison.Ordinal));
        interrupted.Interrupt();
        await interrupted.WaitForExitAsync();
        await node.KillAsync();
        (await orphaned.WaitForExitAsync()).ShouldBe(2);
        orphaned.Output.ShouldContain("kv: lost the connection");
    }

    private static string Address(NodeUnderTest node) => $"akka.tcp://kvstore@{node.Remoting}";

    // Akka.NET's members carry a version, the embedded engine's none.
    private static string[] WithoutVersions(string output) =>
        [.. output.Split('\n').Select(static l => string.Join(" | ", l.Split(" | ").Take(4)))];

    private static ProductProcess Tail(NodeUnderTest node) => ProductProcess.Start("kv", "cluster", "tail", "--at", $"{node.GatewayPort}");

    private static async Task<(int ExitCode, string Output)> KvAsync(NodeUnderTest node, params string[] words)
    {
        await using var kv = ProductProcess.Start("kv", ["cluster", .. words, "--at", $"{node.GatewayPort}"]);
        var exitCode = await kv.WaitForExitAsync();
        return (exitCode, kv.Output);
    }

    private static async Task UntilShowsAsync(NodeUnderTest node, Func<string[], bool> expected)
    {
        var shown = "";
        await Eventually.AreTrueAsync(
            async () =>
            {
                shown = (await KvAsync(node, "show")).Output;
                return expected(WithoutVersions(shown));
            },
            () => $"{node.Name} still shows:\n{shown}\n{node.Output}");
    }
}
