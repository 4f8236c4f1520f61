using KvStore.Node;

namespace KvStore.MultiNode.Tests;

/// <summary>
/// A node that the resolver downs keeps its store and comes back by itself. The embedded engine alone can do this: on Akka.NET the
/// membership of an actor system that was downed is over, and the host begins another one.
/// </summary>
public sealed class RejoinSpecs
{
    private const string Quick = "\nakka.cluster.split-brain-resolver.stable-after = 2s\n";

    [Fact]
    public async Task A_partition_that_outlasts_the_resolver_leaves_all_with_the_same_data_on_disk()
    {
        using var folders = new SpecFolders();
        await using var cluster = new SpecCluster(NodeSettings.Reference + Quick);
        var stores = new List<SpecStore>();
        for (var i = 0; i < 3; i++)
            stores.Add(await SpecStore.StartAsync(cluster.Add(), $"n{i}", folders));
        await SpecStore.JoinAsync(cluster, stores);
        (await stores[2].Client.TalkAsync("SET before cut\nSET deleted:there x\nSET deleted:here x\n")).ShouldBe("OK\nOK\nOK\n");
        await StoreSpecs.UntilIdenticalAsync([.. stores.Select(static s => s.Client)], keys: 3);

        var (here, there) = (cluster.Nodes.Skip(1).ToList(), cluster.Nodes.Take(1).ToList());
        SpecCluster.Cut(here, there);
        await cluster.UntilAllSeeEachOtherAsync(here);
        await SpecCluster.UntilAsync(() => there[0].UpAndReachable().Count == 0, static () => "the minority still believes that it is a cluster");
        for (var i = 0; i < 500; i++)
        {
            (await stores[0].Client.TalkAsync($"SET minority:{i} x\nSET both:{i} minority\n")).ShouldBe("OK\nOK\n");
            (await stores[1 + (i % 2)].Client.TalkAsync($"SET majority:{i} x\nSET both:{i} majority\n")).ShouldBe("OK\nOK\n");
        }
        (await stores[0].Client.TalkAsync("DEL deleted:there\nGET before\n")).ShouldBe("1\ncut\n");
        (await stores[1].Client.TalkAsync("DEL deleted:here\nGET before\n")).ShouldBe("1\ncut\n");

        SpecCluster.Heal(here, there);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        await StoreSpecs.UntilIdenticalAsync([.. stores.Select(static s => s.Client)], keys: 1501);
        foreach (var store in stores)
            (await store.Client.TalkAsync("GET deleted:there\nGET deleted:here\nGET minority:499\nGET majority:499\nEXISTS both:499\n")).ShouldBe("(nil)\n(nil)\nx\nx\n1\n");
        await stores[0].ShouldBeIdenticalAsync(3);
        // What came over the wire is on every disk too: it went to the log before it was acknowledged.
        foreach (var store in stores)
            (await store.Client.TalkAsync("INFO persistence\n")).ShouldContain("log_failed_writes:0");
    }

    [Fact]
    public async Task The_minority_serves_on_rejoins_when_the_partition_ends_and_all_are_identical()
    {
        await using var cluster = new SpecCluster(NodeSettings.Reference + Quick);
        for (var i = 0; i < 3; i++)
            _ = new StoreNode(cluster.Add().System, new NodeSettings { Gateway = null, Replica = new() { Name = $"n{i}" } }, new NodeIdentity((ulong)i + 1, 7), TimeProvider.System);
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
