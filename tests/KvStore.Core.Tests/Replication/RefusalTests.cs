using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>A node that must not accept writes says why, in one sentence, and only as long as it is so.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(61_000)]
    [InlineData(-61_000)]
    public void A_node_whose_clock_is_wrong_refuses_writes_until_it_is_right_again_and_the_others_go_on(long aheadMs)
    {
        using var cluster = CollectionTests.Started(3);
        var wrong = cluster.Replicas[1];
        cluster.AheadMs[wrong] = aheadMs;
        cluster.Run(2_000);
        wrong.Refusal!.ShouldContain("clock of this node");
        cluster.Replicas.Where(r => r != wrong).ShouldAllBe(static r => r.Refusal == null);

        // What the others have accepted it takes all the same, and they what it had.
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        cluster.Turn(wrong, static r => TestCluster.Set(r, "drifted", "v"));
        cluster.DeliverAll();
        cluster.ShouldBeIdentical();

        cluster.AheadMs[wrong] = 0;
        cluster.Run(3_000);
        wrong.Refusal.ShouldBeNull();
    }

    [Fact]
    public void Of_two_nodes_nobody_can_say_whose_clock_is_wrong()
    {
        using var cluster = CollectionTests.Started(2);
        cluster.AheadMs[cluster.Replicas[1]] = 3_600_000;
        cluster.Run(3_000);
        cluster.Replicas.ShouldAllBe(static r => r.Refusal == null);
    }

    [Fact]
    public void The_later_of_two_nodes_of_one_name_refuses_writes_and_takes_nothing_from_the_first()
    {
        using var cluster = CollectionTests.Started(3);
        var first = cluster.Replicas[0];
        var later = cluster.Start(first.NameOf(first.StartId));
        cluster.Run(5_000);
        later.Refusal!.ShouldContain("both named 'n1'");
        cluster.Replicas.Where(r => r != later).ShouldAllBe(static r => r.Refusal == null);
        cluster.Replicas.ShouldAllBe(r => r.Registry.IsCurrent(first.StartId));
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Discards == 0);

        cluster.Kill(first);
        cluster.Run(5_000);
        later.Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_copied_data_folder_is_found_out()
    {
        using var cluster = new TestCluster(0, new ReplicaSettings { Durable = true });
        var original = cluster.Join(cluster.StartUnseen("a", store: 9));
        cluster.Run(2_000);
        var copy = cluster.Join(cluster.StartUnseen("b", store: 9));
        cluster.Run(5_000);
        copy.Refusal!.ShouldContain("copies of one data folder");
        original.Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_node_with_limits_of_its_own_refuses_writes_and_names_the_setting_both_values_and_a_peer()
    {
        using var cluster = CollectionTests.Started(3);
        var other = StartWith(cluster, static s => s with { MemoryLimitBytes = 1 << 20 });
        cluster.Run(3_000);
        other.Refusal.ShouldBe("kv.limits.memory is 1048576 on this node, and 0 on 'n1' and 2 more: writes are refused here until all nodes have the same.");
        cluster.Replicas.Where(r => r != other).ShouldAllBe(static r => r.Refusal == null);

        // What the others have accepted it takes all the same.
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        cluster.DeliverAll();
        cluster.ShouldBeIdentical();
    }

    [Theory]
    [InlineData("kv.limits.eviction is allkeys-lru on this node, and noeviction on 'n1'", EvictionPolicy.AllKeysLru, 0, 0)]
    [InlineData("kv.limits.key is 5 on this node, and 0 on 'n1'", EvictionPolicy.NoEviction, 5, 0)]
    [InlineData("kv.limits.value is 7 on this node, and 0 on 'n1'", EvictionPolicy.NoEviction, 0, 7)]
    public void Of_two_nodes_with_unlike_limits_the_later_one_refuses_writes_while_both_are_there(string why, EvictionPolicy eviction, int key, int value)
    {
        using var cluster = CollectionTests.Started(1);
        var first = cluster.Replicas[0];
        var later = StartWith(cluster, s => s with { Eviction = eviction, LongestBytes = (key, value) });
        cluster.Run(3_000);
        later.Refusal!.ShouldStartWith(why);
        first.Refusal.ShouldBeNull();

        cluster.Kill(first);
        cluster.Run(500);
        later.Refusal.ShouldBeNull("there is nobody it differs from");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void While_a_changed_limit_goes_from_node_to_node_some_accept_writes_and_behind_it_all_do(int nodes)
    {
        using var cluster = CollectionTests.Started(nodes, durable: true);
        var old = cluster.Replicas.ToList();
        cluster.Told = static s => s with { MemoryLimitBytes = 1 << 20 };
        foreach (var replica in old)
        {
            cluster.Kill(replica);
            RunAccepting(cluster);
            cluster.Join(cluster.StartAgain(replica.StartId));
            RunAccepting(cluster);
        }
        cluster.Replicas.Count.ShouldBe(nodes);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && r.Refusal == null);
    }

    [Fact]
    public void Nodes_that_load_with_other_limits_do_not_outnumber_the_one_that_serves()
    {
        using var cluster = CollectionTests.Started(1);
        var serving = cluster.Replicas[0];
        cluster.Turn(serving, static r => TestCluster.Set(r, "k", "v"));
        cluster.Loses = static (_, _, m) => m is TransferChunk;
        for (var i = 0; i < 2; i++)
            StartWith(cluster, static s => s with { MemoryLimitBytes = 1 << 20 });
        cluster.Run(3_000);
        cluster.Replicas.Count(static r => r.Ready).ShouldBe(1);
        serving.Refusal.ShouldBeNull();

        cluster.Loses = static (_, _, _) => false;
        cluster.Run(10_000);
        serving.Refusal!.ShouldContain("kv.limits.memory is 0 on this node, and 1048576 on 'n2' and 1 more");
        cluster.Replicas.Where(r => r != serving).ShouldAllBe(static r => r.Ready && r.Refusal == null);
    }

    [Fact]
    public void A_late_status_of_a_process_that_was_there_before_is_no_twin()
    {
        using var cluster = CollectionTests.Started(2);
        var old = cluster.Replicas[1];
        cluster.Tick();
        cluster.Run(500);
        cluster.NowMs += 500;
        cluster.Turn(old, static r => r.Tick());
        var late = cluster.UnderWay.Where(m => m.From == old.StartId && m.Message is ReplicaStatus).ToList();
        late.ShouldNotBeEmpty();
        cluster.Crash(old);
        var next = cluster.Start(old.NameOf(old.StartId));
        cluster.Turn(next, r => r.MemberUp(old.Member));
        cluster.UnderWay.AddRange(late.Select(m => (m.From, next.StartId, m.Message)));
        cluster.Run(100);
        cluster.UnderWay.AddRange(late.Select(m => (m.From, next.StartId, m.Message)));
        cluster.Run(1_000);
        next.Refusal.ShouldBeNull();
    }

    private static Replica StartWith(TestCluster cluster, Func<ReplicaSettings, ReplicaSettings> told)
    {
        cluster.Told = told;
        return cluster.Start();
    }

    /// <summary>Lets time pass; a refusal by all is for no longer than it takes them to hear of each other.</summary>
    private static void RunAccepting(TestCluster cluster)
    {
        for (var (passed, refused) = (0, 0); passed < 5_000; passed += 100)
        {
            cluster.Run(100);
            refused = cluster.Replicas.Any(static r => r.Ready && r.Refusal == null) ? 0 : refused + 100;
            refused.ShouldBeLessThanOrEqualTo(500);
        }
    }
}
