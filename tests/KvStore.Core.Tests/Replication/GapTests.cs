using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>Mutations that are missing: noticed, asked for of whoever has them, and given up where nobody does.</summary>
public sealed class GapTests
{
    [Fact]
    public void A_gap_that_no_backlog_reaches_is_closed_by_a_transfer()
    {
        using var cluster = new TestCluster(2, new ReplicaSettings { BacklogBytes = 2_000 });
        cluster.Run(1_500);
        cluster.Loses = (_, _, m) => m is Mutations;
        for (var i = 0; i < 500; i++)
            cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "key:" + i, new string('v', 100)));
        cluster.DeliverAll();
        cluster.Loses = static (_, _, _) => false;
        cluster.Replicas[1].Count.ShouldBe(0);
        cluster.Run(3_000);
        cluster.Replicas[1].Count.ShouldBe(500);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void What_only_one_peer_got_of_a_dead_origin_reaches_the_others_from_that_peer()
    {
        using var cluster = new TestCluster(3);
        cluster.Run(1_500);
        var (dying, lucky, unlucky) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        cluster.Loses = (_, to, m) => m is Mutations && to == unlucky.StartId;
        cluster.Turn(dying, r => TestCluster.Set(r, "last", "words"));
        cluster.DeliverAll();
        cluster.Kill(dying);
        cluster.Loses = static (_, _, _) => false;
        TestCluster.Get(lucky, "last").ShouldBe("words");
        TestCluster.Get(unlucky, "last").ShouldBeNull();
        cluster.Run(3_000);
        TestCluster.Get(unlucky, "last").ShouldBe("words");
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_hole_that_nobody_can_fill_is_asked_of_nobody_and_what_lies_beyond_it_reaches_all()
    {
        using var cluster = new TestCluster(3);
        cluster.Run(1_500);
        var (dying, lucky) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(dying, r => TestCluster.Set(r, "lost", "to all"));
        cluster.UnderWay.Clear();
        cluster.Turn(dying, r => TestCluster.Set(r, "reaches", "one"));
        cluster.UnderWay.RemoveAll(m => m.To != lucky.StartId);
        while (cluster.UnderWay.Exists(m => m.Message is Mutations))
            cluster.Deliver(cluster.UnderWay.FindIndex(m => m.Message is Mutations));
        cluster.Kill(dying);
        cluster.Run(1_000);
        TestCluster.Get(cluster.Replicas[1], "reaches").ShouldBe("one");
        cluster.ShouldBeIdentical();
        var before = lucky.Counters.RefillsRequested;
        cluster.Run(10_000);
        lucky.Counters.RefillsRequested.ShouldBe(before);
        lucky.Vector()[dying.StartId].Number.ShouldBe(0);
        lucky.OriginsWithGaps.ShouldBe(1, "its origin is away, and may come back with what is missing");

        lucky.Forget(dying.NameOf(dying.StartId)).ShouldBeNull();
        cluster.Run(3_000);
        cluster.Replicas.ShouldAllBe(r => r.Ready && r.OriginsWithGaps == 0 && r.Vector()[dying.StartId].Equals(new OriginMark(0, OriginMark.ClosedClock)));
    }

    [Fact]
    public void The_loss_of_the_last_message_is_noticed_though_nothing_follows_it()
    {
        using var cluster = new TestCluster(2);
        cluster.Run(1_500);
        cluster.Loses = static (_, _, m) => m is Mutations;
        cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "k", "v"));
        cluster.DeliverAll();
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(1_200);
        TestCluster.Get(cluster.Replicas[1], "k").ShouldBe("v");
    }

    [Fact]
    public void A_refill_of_small_messages_is_bounded_by_what_messages_cost_and_not_by_their_bytes_alone()
    {
        using var cluster = new TestCluster(2, new ReplicaSettings { RefillBytes = 2_000 });
        cluster.Run(1_500);
        cluster.Loses = static (_, _, m) => m is Mutations;
        for (var i = 0; i < 1_000; i++)
            cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", ""));
        cluster.Loses = static (_, _, _) => false;
        cluster.Turn(cluster.Replicas[0], r => r.Receive(new RefillRequest(cluster.Replicas[1].StartId, r.StartId, 1)));
        cluster.UnderWay.Count(static m => m.Message is Mutations).ShouldBeLessThan(20);
    }
}
