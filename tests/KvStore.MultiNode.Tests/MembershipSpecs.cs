namespace KvStore.MultiNode.Tests;

/// <summary>How members come and go, each story once, on real sockets.</summary>
public sealed class MembershipSpecs
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Nodes_that_join_one_seed_are_all_up(int nodes)
    {
        await using var cluster = await SpecCluster.StartAsync(nodes);
        cluster.Nodes.ShouldAllBe(n => n.Cluster.State.Leader != null);
        cluster.Nodes.Select(static n => n.Cluster.State.Leader).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Nodes_that_start_together_with_the_same_seeds_form_one_cluster()
    {
        await using var cluster = new SpecCluster();
        SpecNode[] nodes = [cluster.Add(), cluster.Add(), cluster.Add()];
        foreach (var node in nodes)
            node.Join(nodes);
        await cluster.UntilAllSeeEachOtherAsync(nodes);
    }

    [Fact]
    public async Task Nodes_wait_for_a_first_seed_that_comes_late()
    {
        await using var cluster = new SpecCluster();
        var late = cluster.Add();
        SpecNode[] early = [cluster.Add(), cluster.Add()];
        foreach (var node in early)
            node.Join(late, early[0]);
        await SpecCluster.UntilAsync(() => early.All(static n => n.MemberCount() == 0), static () => "nobody founds a cluster but the first seed");
        late.Join(late, early[0]);
        await cluster.UntilAllSeeEachOtherAsync([late, .. early]);
    }

    [Fact]
    public async Task A_node_that_leaves_is_removed_from_all_views()
    {
        await using var cluster = await SpecCluster.StartAsync(3);
        cluster.Nodes[1].Cluster.Leave(cluster.Nodes[1].Address);
        await cluster.UntilAllSeeEachOtherAsync([cluster.Nodes[0], cluster.Nodes[2]]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_node_that_crashes_is_unreachable_and_its_next_incarnation_takes_its_place(int victim)
    {
        await using var cluster = await SpecCluster.StartAsync(3);
        var dying = cluster.Nodes[victim];
        var survivors = cluster.Nodes.Where(n => n != dying).ToList();
        var address = dying.Address;
        await dying.CrashAsync();
        await cluster.UntilReachableAreAsync(survivors);
        survivors.ShouldAllBe(n => n.MemberCount() == 3);

        var returned = cluster.Add(address.Port!.Value);
        returned.Join([.. survivors]);
        await cluster.UntilAllSeeEachOtherAsync([.. survivors, returned]);
    }

    [Fact]
    public async Task A_rolling_restart_leaves_the_cluster_whole()
    {
        await using var cluster = await SpecCluster.StartAsync(3);
        var running = cluster.Nodes.ToList();
        for (var i = 0; i < 3; i++)
        {
            var old = running[i];
            var port = old.Address.Port!.Value;
            old.Cluster.Leave(old.Address);
            running.Remove(old);
            await cluster.UntilAllSeeEachOtherAsync(running);
            await old.CrashAsync();
            var fresh = cluster.Add(port);
            fresh.Join([.. running]);
            running.Insert(i, fresh);
            await cluster.UntilAllSeeEachOtherAsync(running);
        }
    }
}
