using KvStore.Node;

namespace KvStore.MultiNode.Tests;

/// <summary>Whole stores on a network that fails.</summary>
public sealed class StoreSpecs
{
    [Fact]
    public async Task Both_sides_of_a_partition_serve_on_and_are_identical_when_it_ends()
    {
        await using var cluster = await StartAsync(3);
        var clients = cluster.Nodes.Select(static n => new SpecClient(n.System)).ToList();
        await clients[0].TalkAsync("SET before here\n");
        await UntilIdenticalAsync(clients, keys: 1);

        var (here, there) = (cluster.Nodes.Take(2).ToList(), cluster.Nodes.Skip(2).ToList());
        SpecCluster.Cut(here, there);
        await cluster.UntilReachableAreAsync(here);
        for (var i = 0; i < 200; i++)
        {
            (await clients[i % 2].TalkAsync($"SET key:{i} majority\n")).ShouldBe("OK\n");
            (await clients[2].TalkAsync($"SET key:{i + 100} minority\n")).ShouldBe("OK\n");
        }
        SpecCluster.Heal(here, there);
        await UntilIdenticalAsync(clients, keys: 301);
        (await clients[1].TalkAsync("INFO replication\n")).ShouldContain("diverged:0");
    }

    [Fact]
    public async Task What_a_node_could_not_send_is_asked_for()
    {
        await using var cluster = await StartAsync(2);
        var clients = cluster.Nodes.Select(static n => new SpecClient(n.System)).ToList();
        var (mute, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        mute.Faults.Blackhole(other.Address, FaultDirection.Send);
        await clients[0].TalkAsync(string.Concat(Enumerable.Range(0, 100).Select(static i => $"SET unheard:{i} x\n")));
        mute.Faults.PassThrough(other.Address, FaultDirection.Send);
        await UntilIdenticalAsync(clients, keys: 100);
    }

    private static async Task<SpecCluster> StartAsync(int nodes)
    {
        var cluster = new SpecCluster(NodeSettings.Reference);
        for (var i = 0; i < nodes; i++)
        {
            var node = cluster.Add();
            _ = new StoreNode(node.System, new NodeSettings { Gateway = null, Replica = new() { Name = $"n{i}" } }, new NodeIdentity((ulong)i + 1, 7), TimeProvider.System);
        }
        foreach (var node in cluster.Nodes)
            node.Join(cluster.Nodes[0]);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        foreach (var node in cluster.Nodes)
            await UntilAsync(async () => await new SpecClient(node.System).TalkAsync("PING\n") == "PONG\n");
        return cluster;
    }

    internal static Task UntilIdenticalAsync(IReadOnlyList<SpecClient> clients, int keys) => UntilAsync(async () =>
    {
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (var client in clients)
            contents.Add(await client.TalkAsync("DBSIZE\nDEBUG DIGEST\n"));
        return contents.Count == 1 && contents.Single().StartsWith($"{keys}\n", StringComparison.Ordinal);
    });

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(SpecNode.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
            await timer.WaitForNextTickAsync(patience.Token);
    }
}
