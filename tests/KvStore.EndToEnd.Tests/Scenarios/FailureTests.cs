using System.Diagnostics;
using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Scenarios;

public sealed class FailureTests
{
    /// <summary>What the survivors of a kill -9 may take to say so; the failure detector's default settings need about 5 s.</summary>
    private static readonly TimeSpan UnreachableWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_very_first_writes_after_a_start_reach_every_node()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        foreach (var node in cluster.Nodes)
            (await node.AskAsync($"SET first:{node.Name} here")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys: 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_killed_node_is_reported_missed_by_nobody_and_catches_up_when_it_is_started_again(int victim)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        var dying = cluster.Nodes[victim];
        var survivors = cluster.Nodes.Where(n => n != dying).ToList();
        (await survivors[0].AskAsync("SET before kill")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys: 1);

        await dying.KillAsync();
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 200; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            (await survivors[i % 2].AskAsync($"SET after:{i} kill")).ShouldBe("OK");
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(asked).Ticks));
        }
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(2), "the survivors answer without a pause");
        foreach (var survivor in survivors)
        {
            await Eventually.AreTrueAsync(
                async () => (await survivor.InfoAsync())["kvstore_members_reachable"] == "2",
                () => $"{survivor.Name} did not report {dying.Name} unreachable:\n{survivor.Output}",
                UnreachableWithin);
        }

        var returned = await cluster.RestartAsync(dying);
        await returned.WaitUntilReadyAsync(3);
        await cluster.WaitUntilIdenticalAsync(keys: 201);
        (await returned.AskAsync("SET after return")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys: 202);
    }

    [Fact]
    public async Task A_node_told_to_stop_leaves_and_the_others_forget_it()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        cluster.Nodes[1].Terminate();
        (await cluster.Nodes[1].WaitForExitAsync()).ShouldBe(0);
        foreach (var node in (NodeUnderTest[])[cluster.Nodes[0], cluster.Nodes[2]])
        {
            await Eventually.AreTrueAsync(
                async () => (await node.InfoAsync())["kvstore_members"] == "2",
                () => $"{node.Name} still has the node that left:\n{node.Output}");
        }
    }
}
