using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>A replica that was left behind gives up what it has and joins anew; one that was only away does not.</summary>
public sealed class DiscardTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forgotten_replica_that_returns_brings_nothing_back_and_counts_what_it_lost(bool durable)
    {
        using var cluster = CollectionTests.Started(3, durable: durable);
        var (one, lost) = (cluster.Replicas[0], cluster.Replicas[2]);
        var (name, member, start) = (lost.NameOf(lost.StartId), lost.Member, lost.StartId);
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "v"));
        cluster.DeliverAll();
        Cut(cluster, lost);
        cluster.Turn(lost, static r => TestCluster.Set(r, "alone", "1"));
        cluster.Turn(lost, static r => TestCluster.Set(r, "alone", "2"));
        cluster.Turn(one, static r => r.Delete("k"u8));
        cluster.Turn(one, static r => TestCluster.Set(r, "after", "v"));
        cluster.Run(5_000);
        one.Forget(name).ShouldBeNull();
        cluster.Run(5_000);
        one.Tombstones.ShouldBe(0);
        TestCluster.Get(lost, "k").ShouldBe("v");

        var items = new List<LogItem>();
        cluster.Logged = (replica, item) =>
        {
            if (replica == lost)
                items.Add(item);
        };
        Return(cluster, lost, member + "1");
        cluster.Run(10_000);
        lost.Ready.ShouldBeTrue();
        lost.Counters.Discards.ShouldBe(1);
        lost.Counters.Lost.ShouldBe(2);
        lost.StartId.ShouldNotBe(start);
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == null && TestCluster.Get(r, "alone") == null && TestCluster.Get(r, "after") == "v");
        cluster.Replicas.ShouldAllBe(r => r.Replicas.Single(v => v.Name == name).State == ReplicaState.Live);
        items.OfType<ResetItem>().Count().ShouldBe(durable ? 1 : 0);

        cluster.Turn(lost, static r => TestCluster.Set(r, "again", "v"));
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
        cluster.Replicas.ShouldAllBe(static r => r.Counters.BelowCollected == 0);
    }

    [Fact]
    public void A_live_replica_cannot_be_forgotten_and_nobody_knows_a_name_that_never_was()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        one.Forget(one.NameOf(one.StartId))!.ShouldContain("live member");
        one.Forget(other.NameOf(other.StartId))!.ShouldContain("live member");
        one.Forget("nobody")!.ShouldContain("'nobody'");
        cluster.Turn(one, r => r.MemberUnreachable(other.Member));
        one.Forget(other.NameOf(other.StartId)).ShouldBeNull();
    }

    [Fact]
    public void A_replica_forgotten_by_mistake_while_it_is_there_joins_anew_at_once()
    {
        using var cluster = CollectionTests.Started(3);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(other, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        cluster.Turn(one, r => r.MemberUnreachable(other.Member));
        cluster.Turn(one, r => r.Forget(other.NameOf(other.StartId)));
        cluster.Turn(one, r => r.MemberUp(other.Member));
        cluster.Run(5_000);
        other.Counters.Discards.ShouldBe(1);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && TestCluster.Get(r, "k") == "v");
        cluster.Replicas.ShouldAllBe(static r => r.Replicas.All(static v => v.State == ReplicaState.Live && v.Lag == 0));
    }

    [Fact]
    public void Of_two_that_began_apart_the_one_with_more_stays_and_the_other_joins_it()
    {
        using var cluster = new TestCluster(0, new ReplicaSettings { BacklogBytes = 0 });
        cluster.Loses = static (from, to, m) => from != to && m is Mutations;
        var (large, small) = (cluster.StartUnseen(), cluster.StartUnseen());
        foreach (var replica in cluster.Replicas)
            cluster.Turn(replica, r => r.MemberUp(r.Member));
        cluster.Run(1_000);
        for (var i = 0; i < 5; i++)
            cluster.Turn(large, r => TestCluster.Set(r, "large" + i, "v"));
        cluster.Turn(small, static r => TestCluster.Set(r, "small", "v"));
        CollectionTests.SetAndDelete(large, cluster, "k");
        CollectionTests.SetAndDelete(small, cluster, "k");
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && r.CollectedClock > 0);

        cluster.Loses = static (_, _, _) => false;
        cluster.Introduce(large, small);
        cluster.Run(10_000);
        (large.Counters.Discards, small.Counters.Discards).ShouldBe((0, 1));
        cluster.Replicas.ShouldAllBe(static r => r.Ready && r.Count == 5);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_donor_that_collects_while_it_gives_makes_the_joiner_begin_again()
    {
        using var cluster = CollectionTests.Started(2, new ReplicaSettings { MessageBytes = 300 });
        var (donor, third) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 100; i++)
            cluster.Turn(donor, r => TestCluster.Set(r, "key:" + i, new string('v', 50)));
        cluster.Run(1_000);
        cluster.Tick();
        cluster.NowMs += 500;
        cluster.Turn(third, static r => r.Tick());
        var status = cluster.UnderWay.Select(static m => m.Message).OfType<ReplicaStatus>().Last(m => m.Replica == third.StartId);
        cluster.DeliverAll();

        // The third had drawn its watermark before it heard of who joins, and is heard while the donor gives.
        cluster.Loses = (from, to, _) => from == third.StartId || to == third.StartId;
        var joiner = cluster.Start("j");
        var transfers = new HashSet<ulong>();
        for (var i = 0; !joiner.Ready && i < 10_000; i++)
        {
            if (cluster.UnderWay.Count == 0)
                cluster.Tick();
            if (cluster.UnderWay[0].Message is TransferRequest { Cursor: > 0 } request && transfers.Add(request.Transfer) && transfers.Count == 1)
                cluster.Turn(donor, r => r.Receive(status with { Registry = r.Registry.Hash, Collected = third.Vector(), CollectedClock = third.Vector()[third.StartId].Clock }));
            cluster.Deliver(0);
        }
        joiner.Ready.ShouldBeTrue();
        transfers.Count.ShouldBe(2);
        joiner.CollectedClock.ShouldBe(donor.CollectedClock);
        joiner.Digest().ShouldBe(donor.Digest());
    }

    [Fact]
    public void A_joiner_does_not_take_what_was_deleted_from_a_message_that_is_as_old()
    {
        using var cluster = new TestCluster(1);
        cluster.Run(1_500);
        var donor = cluster.Replicas[0];
        Mutations? old = null;
        cluster.Published = m => old ??= m;
        cluster.Turn(donor, static r => TestCluster.Set(r, "k", "v"));
        cluster.Turn(donor, static r => r.Delete("k"u8));
        cluster.Run(3_000);
        donor.EntryCount.ShouldBe(0);
        var joiner = cluster.Start();
        cluster.Turn(joiner, r => r.Receive(old!));
        cluster.DeliverAll();
        cluster.Turn(joiner, r => r.Receive(old!));
        cluster.Run(3_000);
        cluster.Turn(joiner, r => r.Receive(old!));
        joiner.Ready.ShouldBeTrue();
        joiner.EntryCount.ShouldBe(0);
        cluster.ShouldBeIdentical();
    }

    private static void Cut(TestCluster cluster, Replica lost)
    {
        cluster.Loses = (from, to, _) => from == lost.StartId || to == lost.StartId;
        var member = lost.Member;
        foreach (var other in cluster.Replicas.Where(r => r != lost).ToList())
        {
            cluster.Turn(other, r => r.MemberRemoved(member));
            cluster.Turn(lost, r => r.MemberRemoved(other.Member));
        }
    }

    private static void Return(TestCluster cluster, Replica lost, string member)
    {
        cluster.Loses = static (_, _, _) => false;
        cluster.Turn(lost, r => r.Rename(member));
        cluster.Turn(lost, r => r.MemberUp(member));
        foreach (var other in cluster.Replicas.Where(r => r != lost).ToList())
            cluster.Introduce(other, lost);
    }
}
