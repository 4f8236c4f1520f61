using System.Text;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

/// <summary>Tombstones go when every replica that may hold an older value has synced the deletion, and not before.</summary>
public sealed class CollectionTests
{
    [Fact]
    public void A_deletion_is_forgotten_when_all_have_it()
    {
        using var cluster = Started(3);
        SetAndDelete(cluster.Replicas[0], cluster, "k");
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 1);
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
        cluster.Replicas.Sum(static r => r.Counters.Collected).ShouldBe(3);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void An_expired_key_is_forgotten_like_a_deleted_one()
    {
        using var cluster = Started(2);
        cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "k", "v", cluster.NowMs + 500));
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
    }

    [Fact]
    public void A_snapshot_that_failed_holds_nothing_back()
    {
        using var cluster = Started(2);
        SetAndDelete(cluster.Replicas[0], cluster, "early");
        cluster.Run(5_000);
        cluster.Turn(cluster.Replicas[0], static r => r.SnapshotClaims());
        SetAndDelete(cluster.Replicas[0], cluster, "k");
        cluster.Run(5_000);
        cluster.Replicas.Select(static r => r.Tombstones).ShouldBe([1, 0], "the log is replayed from before the deletion");

        cluster.Turn(cluster.Replicas[0], static r => r.EndSnapshot());
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 0);
    }

    [Fact]
    public void A_paused_replica_is_waited_for_and_nothing_comes_back_with_it()
    {
        using var cluster = Started(3);
        var paused = cluster.Replicas[2];
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        cluster.DeliverAll();
        cluster.Loses = (from, to, _) => from == paused.StartId || to == paused.StartId;
        cluster.Turn(cluster.Replicas[0], static r => r.Delete("k"u8));
        cluster.Run(60_000);
        cluster.Replicas.Take(2).ShouldAllBe(static r => r.Tombstones == 1);
        TestCluster.Get(paused, "k").ShouldBe("v");

        cluster.Loses = static (_, _, _) => false;
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Discards == 0, "being away is no reason to lose anything");
    }

    [Fact]
    public void A_replica_out_of_the_cluster_is_waited_for_until_it_is_forgotten()
    {
        using var cluster = Started(3);
        var dead = cluster.Replicas[2];
        var name = dead.NameOf(dead.StartId);
        cluster.Kill(dead);
        SetAndDelete(cluster.Replicas[0], cluster, "k");
        cluster.Run(60_000);
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 1);
        cluster.Replicas[0].Replicas.Single(r => r.Name == name).State.ShouldBe(ReplicaState.Away);

        cluster.Replicas[1].Forget(name).ShouldBeNull();
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
        cluster.Replicas[0].Replicas.Single(r => r.Name == name).State.ShouldBe(ReplicaState.Forgotten);
    }

    [Fact]
    public void Who_is_away_is_named_as_waited_for_while_there_are_deletions_that_it_may_not_have_seen()
    {
        using var cluster = Started(3, durable: true);
        var (here, away) = (cluster.Replicas[0], cluster.Replicas[2]);
        var name = away.NameOf(away.StartId);
        SetAndDelete(here, cluster, "seen");
        here.AwaitedForCollection.ShouldBeEmpty("the others are all there");
        cluster.Run(5_000);
        cluster.Kill(away);
        cluster.Run(60_000);
        here.AwaitedForCollection.ShouldBeEmpty("nothing was deleted since");

        SetAndDelete(here, cluster, "unseen");
        var awaited = here.AwaitedForCollection.ShouldHaveSingleItem();
        (awaited.Name, awaited.Store).ShouldBe((name, away.Store));
        awaited.AwayMs.ShouldBeInRange(59_000, 62_000);

        cluster.Join(cluster.StartAgain(away.StartId));
        cluster.Run(500);
        here.AwaitedForCollection.ShouldBeEmpty("it is back");
        cluster.Run(10_000);
        here.Tombstones.ShouldBe(0);

        cluster.Kill(cluster.Replicas[2]);
        SetAndDelete(here, cluster, "k");
        here.AwaitedForCollection.ShouldHaveSingleItem();
        cluster.Turn(here, r => r.Forget(name).ShouldBeNull());
        here.AwaitedForCollection.Select(static r => r.State).ShouldBe([ReplicaState.Live], "the other has not said yet that it knows");
        cluster.Run(1_000);
        here.AwaitedForCollection.ShouldBeEmpty("it is forgotten");
    }

    [Fact]
    public void One_that_was_not_heard_since_the_start_is_away_since_the_start()
    {
        using var cluster = Started(2, durable: true);
        var (here, away) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Kill(away);
        cluster.Turn(here, static r => TestCluster.Set(r, "k", "v"));
        cluster.Turn(here, static r => r.Delete("k"u8).ShouldBeTrue());
        cluster.Run(1_000);
        cluster.Kill(here);
        var again = cluster.StartAgain(here.StartId);
        again.AwaitedForCollection.ShouldHaveSingleItem().AwayMs.ShouldBe(0);
        cluster.Join(again);
        cluster.Run(7_000);
        again.AwaitedForCollection.ShouldHaveSingleItem().AwayMs.ShouldBeInRange(1, 7_000);
    }

    [Fact]
    public void Nobody_waits_for_the_memory_of_a_process_whose_name_has_come_back()
    {
        using var cluster = Started(3);
        var dead = cluster.Replicas[2];
        var name = dead.NameOf(dead.StartId);
        cluster.Turn(dead, static r => TestCluster.Set(r, "of the dead", "v"));
        cluster.DeliverAll();
        cluster.Kill(dead);
        cluster.Turn(cluster.Replicas[0], static r => r.Delete("of the dead"u8));
        cluster.Start(name);
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
        cluster.Replicas[0].Replicas.Count.ShouldBe(3);
        cluster.Replicas[0].Registry.Find(dead.Store)!.Forgotten.ShouldBeTrue("what was in its memory is gone for good");
        cluster.Replicas[0].Vector()[dead.StartId].ShouldBe(new OriginMark(1, OriginMark.ClosedClock), "its origin is closed");
    }

    [Fact]
    public void What_is_written_and_not_synced_holds_nothing_back_from_a_power_cut()
    {
        using var cluster = Started(2, durable: true);
        var slow = cluster.Replicas[1];
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        cluster.DeliverAll();
        cluster.Stalled = slow;
        cluster.Turn(cluster.Replicas[0], static r => r.Delete("k"u8));
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 1);
        slow.Synced.Covers(slow.Vector()).ShouldBeFalse();

        cluster.Stalled = null;
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
    }

    [Fact]
    public void A_sync_promises_what_was_there_when_it_began()
    {
        using var cluster = Started(1, durable: true);
        var replica = cluster.Replicas[0];
        cluster.Syncs = static _ => false;
        cluster.Turn(replica, static r => TestCluster.Set(r, "a", "1"));
        replica.SyncStarting();
        cluster.Turn(replica, static r => TestCluster.Set(r, "b", "2"));
        replica.SyncDone();
        replica.Synced[replica.StartId].Number.ShouldBe(0);
        replica.SyncClaimed();
        replica.Synced[replica.StartId].Number.ShouldBe(1);
        replica.Set("c"u8, "3"u8);
        Should.Throw<CorruptStateException>(replica.SyncStarting);
    }

    [Fact]
    public void The_claim_is_logged_before_the_first_removal_under_it()
    {
        using var cluster = Started(2, durable: true);
        SetAndDelete(cluster.Replicas[0], cluster, "k");
        ulong logged = 0;
        cluster.Logged = (replica, item) =>
        {
            if (item is CollectedItem collected && replica == cluster.Replicas[0])
                logged = Math.Max(logged, collected.Clock);
        };
        for (var i = 0; i < 50 && cluster.Replicas[0].EntryCount > 0; i++)
            cluster.Run(100);
        cluster.Replicas[0].EntryCount.ShouldBe(0);
        logged.ShouldBe(cluster.Replicas[0].CollectedClock);
    }

    [Fact]
    public void A_mutation_that_comes_again_after_its_deletion_was_collected_changes_nothing()
    {
        using var cluster = Started(3);
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        var copies = cluster.UnderWay.Where(static m => m.Message is Mutations).ToList();
        cluster.DeliverAll();
        cluster.Turn(cluster.Replicas[1], static r => r.Delete("k"u8));
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
        cluster.UnderWay.AddRange(copies);
        cluster.DeliverAll();
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0 && r.Counters.BelowCollected == 0);
    }

    [Fact]
    public void What_comes_late_of_an_origin_that_is_gone_and_nobody_holds_is_not_taken()
    {
        using var cluster = Started(3);
        var dead = cluster.Replicas[2];
        cluster.Turn(dead, static r => TestCluster.Set(r, "k", "v"));
        var late = cluster.UnderWay.Where(static m => m.Message is Mutations).ToList();
        cluster.Kill(dead);
        cluster.Start(dead.NameOf(dead.StartId));
        cluster.Run(5_000);
        cluster.UnderWay.AddRange(late);
        cluster.DeliverAll();
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.EntryCount == 0);
        cluster.Replicas[0].Counters.Late.ShouldBe(1);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void An_entry_of_a_transfer_that_is_older_than_what_was_collected_is_refused()
    {
        using var cluster = Started(2, new ReplicaSettings { BacklogBytes = 0 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        SetAndDelete(one, cluster, "k");
        cluster.Run(5_000);
        one.CollectedClock.ShouldBeGreaterThan(0UL);

        // A gap that no backlog fills: it asks for the other's table, and gets an entry that was deleted long ago.
        cluster.Loses = (_, _, m) => m is Mutations;
        cluster.Turn(other, static r => TestCluster.Set(r, "new", "v"));
        cluster.Loses = static (_, _, _) => false;
        while (!cluster.UnderWay.Exists(static m => m.Message is TransferRequest))
        {
            cluster.Tick();
            while (cluster.UnderWay.FindIndex(static m => m.Message is not TransferRequest) is var i and >= 0)
                cluster.Deliver(i);
        }
        var request = (TransferRequest)cluster.UnderWay[0].Message;
        var bytes = new byte[200];
        var length = Write(bytes, "k", one.CollectedClock);
        length += Write(bytes.AsSpan(length), "young", one.CollectedClock + 1);
        cluster.Turn(one, r => r.Receive(new TransferChunk(
            other.StartId, request.Transfer, request.Cursor, 1, 0, More: false, Next: 0, default, other.Vector(), 2, bytes.AsMemory(0, length))
        {
            Step = request.Step,
            Registry = one.Registry.Hash,
        }));
        TestCluster.Get(one, "k").ShouldBeNull();
        TestCluster.Get(one, "young").ShouldBe("v");
        one.Counters.Refused.ShouldBe(1);
    }

    [Fact]
    public void What_the_dead_have_left_beyond_a_hole_reaches_all_and_then_holds_nothing_up()
    {
        using var cluster = Started(3);
        var dead = cluster.Replicas[2];
        cluster.Loses = (_, _, m) => m is Mutations { First: 1 };
        cluster.Turn(dead, static r => TestCluster.Set(r, "lost", "v"));
        cluster.Turn(dead, static r => TestCluster.Set(r, "beyond", "v"));
        cluster.DeliverFirst<Mutations>(cluster.Replicas[0]);
        cluster.Kill(dead);
        cluster.Loses = static (_, _, m) => m is DigestRequest;
        cluster.Start(dead.NameOf(dead.StartId));
        cluster.Turn(cluster.Replicas[1], static r => TestCluster.Set(r, "k", "v"));
        cluster.Turn(cluster.Replicas[1], static r => r.Delete("k"u8));
        cluster.Run(10_000);
        cluster.Replicas[1].Vector()[dead.StartId].IsClosed.ShouldBeFalse("another says that it has more, and could not be asked");
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 1 && r.Ready);

        cluster.Loses = static (_, _, _) => false;
        cluster.Run(10_000);
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 0 && r.OpenOrigins.Count == 0 && r.OriginsWithGaps == 0);
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "beyond") == "v");
        cluster.Replicas.ShouldAllBe(r => r.Vector()[dead.StartId].Equals(new OriginMark(0, OriginMark.ClosedClock)), "the number does not go across the hole");
        cluster.ShouldBeIdentical();
    }

    internal static TestCluster Started(int replicas, ReplicaSettings? settings = null, bool durable = false)
    {
        var cluster = new TestCluster(replicas, (settings ?? new ReplicaSettings()) with { Durable = durable });
        cluster.Run(3_000);
        cluster.Replicas.ShouldAllBe(static r => r.Ready);
        cluster.Replicas.ShouldAllBe(r => r.Registry.Entries.Count == replicas);
        return cluster;
    }

    internal static void SetAndDelete(Replica replica, TestCluster cluster, string key)
    {
        cluster.Turn(replica, r => TestCluster.Set(r, key, "v"));
        cluster.Turn(replica, r => r.Delete(Encoding.UTF8.GetBytes(key)).ShouldBeTrue());
        cluster.DeliverAll();
    }

    private static int Write(Span<byte> to, string key, ulong clock) =>
        new EntryRecord(RecordKind.Value, new VersionStamp(clock, 77), default, 0, Encoding.UTF8.GetBytes(key), "v"u8).Write(to, 0);
}
