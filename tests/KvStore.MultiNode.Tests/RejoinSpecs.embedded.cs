using KvStore.Node;

namespace KvStore.MultiNode.Tests;

/// <summary>
/// A node that the resolver downs keeps its store and comes back by itself. The embedded engine alone can do this: on Akka.NET the
/// membership of an actor system that was downed is over, and its process must be started again.
/// </summary>
public sealed class RejoinSpecs
{
    [Fact]
    public async Task The_minority_serves_on_rejoins_when_the_partition_ends_and_all_are_identical()
    {
        await using var cluster = new SpecCluster(NodeSettings.Reference + "\nakka.cluster.split-brain-resolver.stable-after = 2s\n");
        for (var i = 0; i < 3; i++)
            _ = new StoreNode(cluster.Add().System, new NodeSettings { Gateway = null }, new NodeIdentity((ulong)i + 1, 7), TimeProvider.System);
        foreach (var node in cluster.Nodes)
            node.Join(cluster.Nodes[0]);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        var clients = cluster.Nodes.Select(static n => new SpecClient(n.System)).ToList();
        foreach (var client in clients)
            await StoreSpecs.UntilAsync(async () => await client.TalkAsync("PING\n") == "PONG\n");

        // The first seed is the one that is cut off: it must not found a cluster of its own.
        var (here, there) = (cluster.Nodes.Skip(1).ToList(), cluster.Nodes.Take(1).ToList());
        SpecCluster.Cut(here, there);
        await cluster.UntilAllSeeEachOtherAsync(here);
        await SpecCluster.UntilAsync(() => there[0].UpAndReachable().Count == 0, static () => "the minority still believes that it is a cluster");
        (await clients[0].TalkAsync("SET minority served\n")).ShouldBe("OK\n");
        (await clients[1].TalkAsync("SET majority served\n")).ShouldBe("OK\n");
        SpecCluster.Heal(here, there);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        await StoreSpecs.UntilIdenticalAsync(clients, keys: 2);
    }
}
