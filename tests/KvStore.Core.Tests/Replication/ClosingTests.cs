using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>An origin that is gone has left something behind a gap that nobody can fill: who may say that all there is of it is here, and when.</summary>
public sealed class ClosingTests
{
    private const string Beyond = "beyond";

    [Fact]
    public void What_another_has_closed_is_closed_here_only_once_its_table_was_compared()
    {
        using var cluster = CollectionTests.Started(3);
        var (holder, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        var dead = LeaveBeyond(cluster, holder);
        cluster.Loses = (from, _, m) => from == other.StartId && m is DigestRequest;
        cluster.Turn(holder, r => r.Forget(dead.Name).ShouldBeNull());
        cluster.Run(5_000);
        holder.Vector()[dead.StartId].IsClosed.ShouldBeTrue();
        other.Vector()[dead.StartId].IsClosed.ShouldBeFalse();
        TestCluster.Get(other, Beyond).ShouldBeNull();

        ShouldCloseWithAll(cluster, dead.StartId);
    }

    [Fact]
    public void A_replica_that_holds_something_beyond_the_gap_is_asked_before_the_origin_is_closed()
    {
        using var cluster = CollectionTests.Started(3);
        var dead = LeaveBeyond(cluster, cluster.Replicas[0]);
        cluster.Loses = static (_, _, m) => m is DigestRequest;
        cluster.Turn(cluster.Replicas[0], r => r.Forget(dead.Name).ShouldBeNull());
        cluster.Run(5_000);
        cluster.Replicas[1].Vector()[dead.StartId].IsClosed.ShouldBeFalse();

        ShouldCloseWithAll(cluster, dead.StartId);
    }

    [Fact]
    public void That_an_origin_is_closed_is_told_as_synced_when_it_is_on_disk()
    {
        using var cluster = CollectionTests.Started(3, durable: true);
        var (holder, slow) = (cluster.Replicas[0], cluster.Replicas[1]);
        var dead = LeaveBeyond(cluster, holder);
        cluster.Stalled = slow;
        cluster.Turn(holder, r => r.Forget(dead.Name).ShouldBeNull());
        cluster.Run(5_000);
        slow.Vector()[dead.StartId].IsClosed.ShouldBeTrue();
        slow.Synced[dead.StartId].IsClosed.ShouldBeFalse();

        cluster.Stalled = null;
        cluster.Run(1_000);
        slow.Synced[dead.StartId].IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_session_that_began_before_the_origin_was_known_to_be_gone_closes_nothing()
    {
        using var cluster = CollectionTests.Started(3);
        var (donor, receiver, dying) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        var name = dying.NameOf(dying.StartId);
        cluster.Turn(donor, static r => TestCluster.Set(r, "differs", "v"));
        cluster.UnderWay.Clear();
        cluster.Turn(receiver, r => r.Receive(new RepairInvite(donor.StartId)));
        while (!cluster.UnderWay.Exists(static m => m.Message is DigestRequest { Partition: not DigestRequest.Root }))
            cluster.Deliver(0);
        // The partitions are compared; what the donor takes now shows in one that was equal.
        var late = WriteBeyond(cluster, dying, donor);
        cluster.Turn(donor, r => r.Receive(late));
        cluster.Kill(dying);
        cluster.Turn(donor, r => r.Forget(name).ShouldBeNull());
        while (cluster.UnderWay.FindIndex(static m => m.Message is not DigestRequest) is var other and >= 0)
            cluster.Deliver(other);
        receiver.Registry.Hash.ShouldBe(donor.Registry.Hash);
        receiver.CurrentSession.ShouldNotBeNull();
        cluster.Loses = (from, _, m) => from == receiver.StartId && m is DigestRequest { Partition: DigestRequest.Root };
        cluster.Run(3_000);
        receiver.Counters.SessionsCompleted.ShouldBeGreaterThan(0);
        TestCluster.Get(receiver, "differs").ShouldBe("v");
        receiver.Vector()[dying.StartId].IsClosed.ShouldBeFalse("the donor had more of it when the session ended than when it began");

        ShouldCloseWithAll(cluster, dying.StartId);
    }

    [Fact]
    public void No_session_begins_with_a_replica_that_does_not_know_yet_who_is_gone()
    {
        using var cluster = CollectionTests.Started(3);
        var (donor, receiver, dying) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        var name = dying.NameOf(dying.StartId);
        var late = WriteBeyond(cluster, dying, donor);
        cluster.Kill(dying);
        cluster.Loses = (_, to, m) => to == donor.StartId && m is RegistryUpdate;
        cluster.Turn(receiver, r => r.Forget(name).ShouldBeNull());
        cluster.Turn(receiver, r => r.Receive(new RepairInvite(donor.StartId)));
        cluster.DeliverAll();
        // Under way since before its origin was gone, and taken by one who has not heard of that.
        cluster.Turn(donor, r => r.Receive(late));
        TestCluster.Get(donor, Beyond).ShouldBe("v");
        cluster.Loses = (from, _, m) => from == receiver.StartId && m is DigestRequest;
        cluster.Run(3_000);
        receiver.Registry.Hash.ShouldBe(donor.Registry.Hash);
        receiver.Vector()[dying.StartId].IsClosed.ShouldBeFalse("the donor has more of it than when it was asked");

        ShouldCloseWithAll(cluster, dying.StartId);
    }

    [Fact]
    public void Nothing_is_closed_by_what_was_said_before_its_sayer_knew_who_is_gone()
    {
        using var cluster = CollectionTests.Started(3);
        var (holder, other, dying) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        var name = dying.NameOf(dying.StartId);
        cluster.Turn(dying, static r => TestCluster.Set(r, "known", "v"));
        cluster.Run(1_000);
        var late = WriteBeyond(cluster, dying, holder);
        cluster.Kill(dying);
        cluster.Loses = (_, to, m) => to == holder.StartId && m is RegistryUpdate;
        cluster.Turn(other, r => r.Forget(name).ShouldBeNull());
        cluster.Run(3_000);
        other.Vector()[dying.StartId].IsClosed.ShouldBeFalse("one has not heard yet, and takes what is still under way");
        cluster.Turn(holder, r => r.Receive(late));
        TestCluster.Get(holder, Beyond).ShouldBe("v");

        ShouldCloseWithAll(cluster, dying.StartId);
    }

    [Fact]
    public void A_replica_that_has_lost_what_it_had_closed_gives_up_what_it_has_though_it_holds_every_number()
    {
        using var cluster = CollectionTests.Started(3, durable: true);
        var (holder, loser, dying) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        var name = dying.NameOf(dying.StartId);
        var written = new List<LogItem>();
        cluster.Logged = (replica, item) =>
        {
            if (replica == loser)
                written.Add(item);
        };
        var known = loser.Registry;
        cluster.Turn(holder, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        var (before, clock) = (written.ToList(), holder.Vector());
        cluster.Turn(dying, static r => TestCluster.Set(r, "lost", "v"));
        cluster.UnderWay.Clear();
        cluster.Turn(dying, static r => r.Delete("k"u8).ShouldBeTrue());
        cluster.DeliverFirst<Mutations>(holder);
        cluster.Kill(dying);
        cluster.Turn(holder, r => r.Forget(name).ShouldBeNull());
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);

        cluster.Kill(loser);
        var again = cluster.StartUnseen("n2", loser.Store);
        again.Restore(new RegistryItem(known.Bytes));
        again.Restore(new ReadyItem());
        foreach (var item in before)
            again.Restore(item);
        TestCluster.Get(again, "k").ShouldBe("v");
        again.Vector().Covers(clock).ShouldBeTrue();
        cluster.Join(again);
        cluster.Run(10_000);
        (again.Ready, again.Counters.Discards).ShouldBe((true, 1));
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == null);
        cluster.ShouldBeIdentical();
    }

    /// <summary>The last replica dies, having left to one what nobody can number.</summary>
    private static (ulong StartId, string Name) LeaveBeyond(TestCluster cluster, Replica holder)
    {
        var dying = cluster.Replicas[^1];
        var name = dying.NameOf(dying.StartId);
        cluster.Turn(holder, r => r.Receive(WriteBeyond(cluster, dying, holder)));
        cluster.Kill(dying);
        TestCluster.Get(holder, Beyond).ShouldBe("v");
        return (dying.StartId, name);
    }

    /// <summary>A write that is lost, and another behind it, which no replica has received yet.</summary>
    private static Mutations WriteBeyond(TestCluster cluster, Replica dying, Replica to)
    {
        cluster.Turn(dying, static r => TestCluster.Set(r, "lost", "v"));
        cluster.UnderWay.RemoveAll(m => m.From == dying.StartId);
        cluster.Turn(dying, static r => TestCluster.Set(r, Beyond, "v"));
        var message = cluster.UnderWay.First(m => m.From == dying.StartId && m.To == to.StartId && m.Message is Mutations).Message;
        cluster.UnderWay.RemoveAll(m => m.From == dying.StartId);
        return (Mutations)message;
    }

    private static void ShouldCloseWithAll(TestCluster cluster, ulong origin)
    {
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(r => r.Vector()[origin].IsClosed && TestCluster.Get(r, Beyond) == "v");
        cluster.ShouldBeIdentical();
    }
}
