using System.Net.Sockets;
using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Scenarios;

/// <summary>
/// A node that lives and that the cluster has excluded: it comes back in the same process and on the same ports, whatever the engine's
/// way of doing that is, and only who is told to stop or to leave ends.
/// </summary>
public sealed class ExclusionTests
{
    [Theory]
    [InlineData(0, "on")]
    [InlineData(2, "on")]
    [InlineData(2, "off")]
    public async Task A_node_that_an_operator_downs_amid_writes_serves_again_and_all_are_identical(int victim, string durability)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, "--set", $"kv.durability={durability}");
        var downed = cluster.Nodes[victim];
        var asked = cluster.Nodes[1];
        using var writer = await PipelinedWriter.StartAsync(asked, "w", seed: 1);
        await using var tail = ProductProcess.Start("kv", "cluster", "tail", "--at", $"{asked.GatewayPort}");
        await UntilAsync(asked, static info => info["kvstore_members"] == "3");
        await tail.WaitForLineAsync(l => l.EndsWith($" | up | akka.tcp://kvstore@{downed.Remoting}", StringComparison.Ordinal));

        await using (var kv = ProductProcess.Start("kv", "cluster", "down", downed.Remoting, "--at", $"{asked.GatewayPort}"))
            (await kv.WaitForExitAsync()).ShouldBe(0);
        await tail.WaitForLineAsync(l => l.EndsWith($" | removed | akka.tcp://kvstore@{downed.Remoting}", StringComparison.Ordinal));
        await UntilAsync(asked, static info => info["kvstore_members_reachable"] == "3");
        await UntilAsync(downed, static info => info["loading"] == "0" && info["kvstore_members_reachable"] == "3");
        (await downed.AskAsync("SET after return")).ShouldBe("OK");
        await writer.StopAsync();
        writer.Refusal.ShouldBeNull();
        await asked.ShouldBeIdenticalAsync(3);
        await writer.CheckAsync(downed);
        (await asked.AskAsync("GET after")).ShouldBe("return");
        downed.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_stood_still_until_the_others_removed_it_serves_again_and_all_are_identical()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, "--set", "akka.cluster.split-brain-resolver.stable-after=2s");
        var (writing, frozen) = (cluster.Nodes[0], cluster.Nodes[2]);
        (await frozen.AskAsync("SET before standstill")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys: 1);
        using var writer = await PipelinedWriter.StartAsync(writing, "w", seed: 2);
        frozen.Freeze();
        await UntilAsync(writing, static info => info["kvstore_members"] == "2");
        frozen.Thaw();

        await UntilAsync(writing, static info => info["kvstore_members_reachable"] == "3");
        await UntilAsync(frozen, static info => info["loading"] == "0" && info["kvstore_members_reachable"] == "3");
        await writer.StopAsync();
        await writing.ShouldBeIdenticalAsync(3);
        await writer.CheckAsync(frozen);
        frozen.HasExited.ShouldBeFalse();
    }

    /// <summary>Wherever the word to stop finds it: while its membership ends, between two actor systems, or on its way back.</summary>
    [Theory]
    [InlineData(" | down | ")]
    [InlineData(" | removed | ")]
    public async Task A_node_that_is_told_to_stop_while_it_comes_back_ends_in_order(string change)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        var (asked, downed) = (cluster.Nodes[0], cluster.Nodes[1]);
        await using var tail = ProductProcess.Start("kv", "cluster", "tail", "--at", $"{asked.GatewayPort}");
        await tail.WaitForLineAsync(l => l.EndsWith($" | up | akka.tcp://kvstore@{downed.Remoting}", StringComparison.Ordinal));
        (await asked.AskAsync($"KVCLUSTER DOWN {downed.Remoting}")).ShouldBe("OK");
        await tail.WaitForLineAsync(l => l.Contains(change, StringComparison.Ordinal));
        downed.Terminate();
        (await downed.WaitForExitAsync()).ShouldBe(0);
    }

    // Between two actor systems no node listens, and a connection of the one that ends is cut.
    private static Task UntilAsync(NodeUnderTest node, Func<IReadOnlyDictionary<string, string>, bool> condition) => Eventually.AreTrueAsync(
        async () =>
        {
            try
            {
                var info = await node.InfoAsync();
                return info.ContainsKey("kvstore_members") && condition(info);
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                return false;
            }
        },
        () => $"{node.Name} did not come so far:\n{node.Output}");
}
