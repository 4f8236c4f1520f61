using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>Processes that were started again with what the earlier one had written.</summary>
public sealed class RestartTests
{
    private static readonly ReplicaSettings Durable = new() { Durable = true, MessageBytes = 2_048, SilenceMs = 5_000 };

    [Fact]
    public void A_recovered_replica_is_sent_what_it_missed_and_nothing_else()
    {
        using var cluster = Filled(Durable);
        var again = Restart(cluster, cluster.Replicas[2], missed: 50);
        again.Ready.ShouldBeFalse("it has not caught up");
        cluster.Run(1_000);
        again.Ready.ShouldBeTrue();
        again.Counters.Received.ShouldBeLessThan(60);
        again.Counters.TransferredEntries.ShouldBe(0);
        again.Counters.RefillsRequested.ShouldBeGreaterThan(0);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_recovered_replica_that_missed_nothing_serves_as_soon_as_a_peer_knows_it()
    {
        using var cluster = Filled(Durable);
        var again = Restart(cluster, cluster.Replicas[2], missed: 0);
        cluster.DeliverAll();
        again.Ready.ShouldBeTrue("no time has passed");
        again.Counters.SessionsStarted.ShouldBe(0);
    }

    [Fact]
    public void Where_no_backlog_reaches_back_a_recovered_replica_receives_the_slots_that_differ()
    {
        using var cluster = Filled(Durable with { BacklogBytes = 3_000 });
        var again = Restart(cluster, cluster.Replicas[2], missed: 200);
        cluster.Run(300);
        again.Ready.ShouldBeTrue();
        again.Counters.RepairedEntries.ShouldBeInRange(1, 200);
        again.Counters.TransferredEntries.ShouldBeLessThan(500);
        again.Counters.TransfersCompleted.ShouldBe(0);
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void What_a_replica_had_accepted_and_nobody_had_received_comes_back_with_it()
    {
        foreach (var backlog in new[] { 1 << 20, 1_000 })
        {
            using var cluster = Filled(Durable with { BacklogBytes = backlog });
            var victim = cluster.Replicas[2];
            cluster.Loses = static (_, _, m) => m is Mutations;
            for (var i = 0; i < 30; i++)
                cluster.Turn(victim, r => TestCluster.Set(r, "mine:" + i, "v"));
            cluster.Loses = static (_, _, _) => false;
            Restart(cluster, victim, missed: 10);
            cluster.Run(3_000);
            cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "mine:0") == "v" && TestCluster.Get(r, "mine:29") == "v");
            cluster.Replicas.ShouldAllBe(r => r.Vector()[victim.StartId].Number == 30);
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void A_whole_cluster_that_is_started_again_with_different_data_on_each_serves_the_sum_of_it()
    {
        foreach (var backlog in new[] { 1 << 20, 1_000 })
        {
            using var cluster = Filled(Durable with { BacklogBytes = backlog });
            cluster.Loses = static (_, _, m) => m is Mutations;
            foreach (var replica in cluster.Replicas)
            {
                for (var i = 0; i < 30; i++)
                    cluster.Turn(replica, r => TestCluster.Set(r, $"only:{r.StartId}:{i}", "v"));
            }
            cluster.Loses = static (_, _, _) => false;
            var before = cluster.Replicas.Select(static r => r.StartId).ToList();
            foreach (var replica in cluster.Replicas)
                cluster.Crash(replica);
            cluster.UnderWay.Clear();
            foreach (var crashed in before)
                cluster.StartAgain(crashed);
            foreach (var replica in cluster.Replicas)
                cluster.Join(replica);
            cluster.Run(5_000);
            cluster.Replicas.ShouldAllBe(static r => r.Ready && r.Count == 1_090 && r.OriginsWithGaps == 0);
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void An_emptied_replica_does_not_begin_to_serve_before_a_complete_one_however_much_it_holds()
    {
        using var cluster = new TestCluster(0, Durable);
        var small = cluster.Start();
        cluster.Run(500);
        cluster.Turn(small, static r => TestCluster.Set(r, "the", "data"));
        var large = cluster.Start();
        cluster.Run(1_500);
        for (var i = 0; i < 100; i++)
            cluster.Turn(large, r => TestCluster.Set(r, "key:" + i, "v"));
        cluster.Crash(large);
        cluster.Crash(small);
        cluster.UnderWay.Clear();

        // The first has the lower start id and, by a join that broke off, more entries; but not all.
        var emptied = cluster.StartUnseen();
        for (var i = 0; i < 100; i++)
            Plant(emptied, i);
        var complete = cluster.StartAgain(small.StartId);
        (emptied.IsComplete, complete.IsComplete).ShouldBe((false, true));
        emptied.EntryCount.ShouldBeGreaterThan(complete.EntryCount);
        cluster.Introduce(emptied, complete);
        cluster.Turn(emptied, r => r.MemberUp(r.Member));
        cluster.Turn(complete, r => r.MemberUp(r.Member));
        while (!complete.Ready)
        {
            emptied.Ready.ShouldBeFalse();
            cluster.Tick();
            while (cluster.UnderWay.Count > 0 && !complete.Ready)
                cluster.Deliver(0);
        }
        emptied.Ready.ShouldBeFalse();
        cluster.Run(2_000);
        emptied.Ready.ShouldBeTrue();
        TestCluster.Get(emptied, "the").ShouldBe("data");
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void An_emptied_replica_waits_for_a_member_that_is_silent_and_may_be_complete()
    {
        using var cluster = new TestCluster(0, Durable);
        var first = cluster.Start();
        cluster.Run(500);
        cluster.Turn(first, static r => TestCluster.Set(r, "the", "data"));
        cluster.Crash(first);
        cluster.UnderWay.Clear();

        var emptied = cluster.StartUnseen();
        var complete = cluster.StartAgain(first.StartId);
        cluster.Loses = (from, _, _) => from == complete.StartId;
        cluster.Turn(emptied, r => r.MemberUp(complete.Member));
        cluster.Turn(emptied, r => r.MemberUp(r.Member));
        cluster.Run(4_000);
        emptied.Ready.ShouldBeFalse();
        cluster.Loses = static (_, _, _) => false;
        cluster.Turn(complete, r => r.MemberUp(emptied.Member));
        cluster.Turn(complete, r => r.MemberUp(r.Member));
        cluster.Run(4_000);
        TestCluster.Get(emptied, "the").ShouldBe("data");
        cluster.Replicas.ShouldAllBe(static r => r.Ready);
    }

    [Fact]
    public void A_join_that_was_cut_short_by_a_restart_is_not_taken_for_a_complete_table()
    {
        using var cluster = Filled(Durable);
        var joiner = cluster.Start();
        cluster.Turn(cluster.Replicas[0], static r => r.MemberUp(r.Member));
        while (joiner.Counters.TransferredEntries < 300)
            cluster.Deliver(0);
        cluster.Crash(joiner);
        cluster.Remove(joiner.Member);
        var again = cluster.StartAgain(joiner.StartId);
        again.IsComplete.ShouldBeFalse();
        cluster.Join(again);
        cluster.Run(2_000);
        again.Ready.ShouldBeTrue();
        again.Counters.TransferredEntries.ShouldBeLessThan(1_000, "what the first process had received is compared, not sent again");
        cluster.ShouldBeIdentical();
    }

    private static TestCluster Filled(ReplicaSettings settings)
    {
        var cluster = new TestCluster(3, settings);
        cluster.Run(2_000);
        cluster.Turn(cluster.Replicas[0], r =>
        {
            for (var i = 0; i < 1_000; i++)
                TestCluster.Set(r, "key:" + i, new string('v', 50));
        });
        cluster.Run(1_500);
        cluster.ShouldBeIdentical();
        return cluster;
    }

    private static Replica Restart(TestCluster cluster, Replica victim, int missed)
    {
        cluster.Crash(victim);
        cluster.Remove(victim.Member);
        for (var i = 0; i < missed; i++)
            cluster.Turn(cluster.Replicas[i % 2], r => TestCluster.Set(r, "key:" + i, "missed"));
        cluster.DeliverAll();
        var again = cluster.StartAgain(victim.StartId);
        cluster.Join(again);
        return again;
    }

    private static void Plant(Replica replica, int number)
    {
        var bytes = new byte[100];
        var record = new EntryRecord(RecordKind.Value, new((ulong)number + 1, 3), default, 0, [(byte)number], "v"u8);
        replica.Restore(new EntriesItem(1, bytes.AsMemory(0, record.Write(bytes, origin: 0))));
    }
}
