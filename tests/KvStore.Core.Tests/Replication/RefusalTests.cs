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
}
