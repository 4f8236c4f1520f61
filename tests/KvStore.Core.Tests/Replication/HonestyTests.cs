using System.Text;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

/// <summary>What a replica has said that it holds, it holds after a restart, and nothing that was deleted comes back with it.</summary>
public sealed class HonestyTests
{
    [Fact]
    public void What_lay_beyond_a_gap_when_a_snapshot_was_taken_is_still_held_after_a_restart()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 3; i++)
            cluster.Turn(one, r => TestCluster.Set(r, "key:" + i, "v"));
        var mutations = cluster.UnderWay.Where(m => m.Message is Mutations && m.To == other.StartId).Select(static m => m.Message).ToList();
        cluster.UnderWay.Clear();
        cluster.Turn(other, r => r.Receive(mutations[0]));
        cluster.Turn(other, r => r.Receive(mutations[2]));
        Snapshot(cluster, other);
        cluster.Turn(other, r => r.Receive(mutations[1]));
        other.Synced[one.StartId].Number.ShouldBe(3);
        cluster.Kill(other);
        cluster.StartAgain(other.StartId).Vector()[one.StartId].Number.ShouldBe(3);
    }

    [Fact]
    public void An_old_value_in_the_log_behind_a_snapshot_does_not_outlive_its_deletion()
    {
        using var cluster = CollectionTests.Started(3, durable: true);
        var (one, other, third) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        for (var i = 0; i < 2_000; i++)
            cluster.Turn(one, r => TestCluster.Set(r, "key:" + i, "v"));
        cluster.Run(1_000);
        // What a snapshot comes to last.
        var key = Enumerable.Range(0, 10_000).Select(static i => "k" + i).First(static k => Slot.Of(Encoding.UTF8.GetBytes(k)) / Table.SlotsPerPartition == Table.Partitions - 1);
        cluster.Loses = (_, to, m) => to == other.StartId && (m is RefillEnd || m is Mutations { Origin: var origin } && origin == one.StartId);
        cluster.Turn(one, r => TestCluster.Set(r, key, "old"));
        cluster.DeliverAll();
        cluster.Turn(third, r => r.Delete(Encoding.UTF8.GetBytes(key)));
        cluster.DeliverAll();
        other.Tombstones.ShouldBe(1);
        cluster.StepSnapshot(other);
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(10_000);
        third.Tombstones.ShouldBe(0);
        while (cluster.IsSnapshotting(other))
            cluster.StepSnapshot(other);
        cluster.Kill(other);
        TestCluster.Get(cluster.StartAgain(other.StartId), key).ShouldBeNull();
        cluster.Run(5_000);
    }

    [Fact]
    public void A_snapshot_that_began_before_a_flush_is_void_since_its_slices_lack_what_its_claims_cover()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var one = cluster.Replicas[0];
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "v"));
        one.SnapshotClaims();
        one.IsSnapshotVoid.ShouldBeFalse();
        cluster.Turn(one, static r => r.FlushAll());
        one.IsSnapshotVoid.ShouldBeTrue("a power cut may leave the snapshot and not the log that says what was flushed");
    }

    [Fact]
    public void A_donor_gives_nothing_that_its_own_log_does_not_have()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var (donor, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Run(1_000);
        cluster.Turn(donor, r =>
        {
            TestCluster.Set(r, "k", "v");
            r.Receive(new TransferRequest(other.StartId, 1, 0, Table.Partitions - 1, SlotSet.All));
            r.HasUnwritten.ShouldBeFalse("what was executed goes into the log with the piece that shows it");
            r.Outbox.Effects.Single(static e => e.Message is TransferChunk).AfterWrite.ShouldBeTrue();
        });
    }

    [Fact]
    public void A_snapshot_that_began_before_the_table_was_given_up_is_void()
    {
        using var cluster = CollectionTests.Started(3, durable: true);
        var (one, lost) = (cluster.Replicas[0], cluster.Replicas[2]);
        cluster.Turn(lost, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        lost.SnapshotClaims().ShouldNotBeEmpty();
        lost.IsSnapshotVoid.ShouldBeFalse();
        cluster.Turn(one, r => r.MemberUnreachable(lost.Member));
        cluster.Turn(one, r => r.Forget(lost.NameOf(lost.StartId)).ShouldBeNull());
        cluster.Turn(one, r => r.MemberUp(lost.Member));
        cluster.Run(5_000);
        (lost.Counters.Discards, lost.IsSnapshotVoid).ShouldBe((1, true));
        lost.SnapshotClaims();
        lost.IsSnapshotVoid.ShouldBeFalse();
    }

    [Fact]
    public void The_clock_that_a_replica_has_synced_ends_where_its_next_start_begins()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var (one, slow) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Stalled = slow;
        // Its wall clock is right, and another's is ahead by half a minute.
        cluster.AheadMs[one] = 30_000;
        CollectionTests.SetAndDelete(one, cluster, "k");
        cluster.Run(3_000);
        slow.Vector()[slow.StartId].Clock.ShouldBeGreaterThan(slow.Synced[slow.StartId].Clock);
        cluster.Kill(slow);
        var again = cluster.StartAgain(slow.StartId, syncedOnly: true);
        again.Vector()[again.StartId].Clock.ShouldBeGreaterThanOrEqualTo(slow.Synced[slow.StartId].Clock);
        cluster.Stalled = null;
        cluster.Join(again);
        cluster.Run(40_000);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && r.EntryCount == 0);
    }

    [Fact]
    public void A_table_that_is_not_complete_yet_is_not_said_to_be_synced()
    {
        using var cluster = CollectionTests.Started(2, new ReplicaSettings { MessageBytes = 300 }, durable: true);
        var (fresh, donor) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 100; i++)
            cluster.Turn(donor, r => TestCluster.Set(r, "key:" + i, "v"));
        cluster.Run(1_000);
        var joiner = cluster.Start();
        while (joiner.Counters.TransferredEntries < 20)
            cluster.Deliver(0);
        cluster.Turn(fresh, static r => TestCluster.Set(r, "first", "v"));
        while (joiner.Vector()[fresh.StartId].Number == 0)
            cluster.DeliverFirst<Mutations>(joiner);
        // It has synced what it has, and not yet that this is a complete table.
        joiner.Ready.ShouldBeFalse();
        cluster.Stalled = joiner;
        cluster.Run(1_000);
        joiner.Ready.ShouldBeTrue();
        joiner.Synced[fresh.StartId].Number.ShouldBe(0);
        cluster.Stalled = null;
        cluster.Run(1_000);
        joiner.Synced[fresh.StartId].Number.ShouldBe(1);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(0)]
    public void A_forgotten_replica_that_is_started_again_begins_anew_and_brings_nothing_back(int backlogBytes)
    {
        using var cluster = CollectionTests.Started(3, new ReplicaSettings { BacklogBytes = backlogBytes }, durable: true);
        var (one, lost) = (cluster.Replicas[0], cluster.Replicas[2]);
        var name = lost.NameOf(lost.StartId);
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        cluster.Kill(lost);
        cluster.Turn(one, static r => r.Delete("k"u8));
        cluster.Run(5_000);
        cluster.Turn(one, r => r.Forget(name).ShouldBeNull());
        cluster.Run(5_000);
        one.EntryCount.ShouldBe(0);
        var again = cluster.StartAgain(lost.StartId);
        TestCluster.Get(again, "k").ShouldBe("v");
        cluster.Join(again);
        cluster.Run(10_000);
        (again.Ready, again.Counters.Discards).ShouldBe((true, 1));
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == null);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void Between_two_donors_a_joiner_takes_nothing_that_they_have_deleted()
    {
        using var cluster = CollectionTests.Started(3, new ReplicaSettings { MessageBytes = 300 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        Mutations? old = null;
        cluster.Published = m => old ??= m;
        CollectionTests.SetAndDelete(cluster.Replicas[2], cluster, "k");
        for (var i = 0; i < 100; i++)
            cluster.Turn(other, r => TestCluster.Set(r, "key:" + i, new string('v', 50)));
        cluster.Run(5_000);
        one.Tombstones.ShouldBe(0);
        var joiner = cluster.Start();
        while (joiner.Counters.TransferredEntries < 20)
            cluster.Deliver(0);
        cluster.Kill(cluster.Replicas.Single(r => r.StartId == joiner.CurrentSession!.Replica));
        cluster.UnderWay.Clear();
        cluster.Tick();
        joiner.IsComplete.ShouldBeFalse();
        cluster.Turn(joiner, r => r.Receive(old!));
        cluster.Run(5_000);
        joiner.Ready.ShouldBeTrue();
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == null);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void What_others_say_while_the_disk_is_read_does_not_touch_what_is_read()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        Snapshot(cluster, other);
        Mutations? live = null;
        cluster.Published = m => live ??= m;
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "v"));
        CollectionTests.SetAndDelete(one, cluster, "deleted");
        cluster.Run(5_000);
        one.CollectedClock.ShouldBeGreaterThan(0UL);
        cluster.Kill(other);
        var again = cluster.StartUnseen("n2", other.Store);
        again.IsRecovering = true;
        again.Restore(new RegistryItem(one.Registry.Bytes));
        again.Restore(new ReadyItem());
        cluster.Introduce(again, one);
        cluster.Run(5_000);
        again.Restore(new MutationsItem(live!));
        TestCluster.Get(again, "k").ShouldBe("v");
        again.Counters.Discards.ShouldBe(0);
        again.IsRecovering = false;
        cluster.Join(again);
        cluster.Run(5_000);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void An_entry_beyond_what_is_numbered_of_the_dead_is_remembered_as_one_after_a_restart()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var holder = cluster.Replicas[1];
        var bytes = new byte[100];
        var record = new EntryRecord(RecordKind.Value, new((ulong)holder.NowMs << HybridClock.CounterBits, 7), default, 0, "k"u8, "v"u8);
        holder.Restore(new EntriesItem(1, bytes.AsMemory(0, record.Write(bytes, origin: 0))));
        Snapshot(cluster, holder);
        cluster.Kill(holder);
        var again = cluster.StartAgain(holder.StartId);
        again.OpenOrigins.ShouldBe([7UL]);
        cluster.Join(again);
        cluster.Run(5_000);
        again.Ready.ShouldBeTrue();
        again.OpenOrigins.ShouldBeEmpty("all have it, and have closed its origin");
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == "v" && r.Vector()[7].IsClosed);
    }

    private static void Snapshot(TestCluster cluster, Replica replica)
    {
        do
            cluster.StepSnapshot(replica);
        while (cluster.IsSnapshotting(replica));
    }
}
