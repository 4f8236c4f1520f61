using System.Text;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

public sealed class JoinTests
{
    private static readonly ReplicaSettings SmallPieces = new() { MessageBytes = 2_048 };

    [Fact]
    public void The_only_member_serves_at_once_and_of_three_that_start_together_all_serve_soon()
    {
        using var alone = new TestCluster(1);
        alone.Run(100);
        alone.Replicas[0].Ready.ShouldBeTrue();

        using var three = new TestCluster(3);
        three.Run(1_500);
        three.Replicas.ShouldAllBe(r => r.Ready);
    }

    [Fact]
    public void A_replica_that_the_cluster_has_not_taken_in_yet_does_not_serve()
    {
        using var replica = new Replica(new ReplicaSettings(), 1, 1, "me#1");
        for (var now = 0; now < 60_000; now += 100)
        {
            replica.Advance(now);
            replica.Tick();
        }
        replica.Ready.ShouldBeFalse();
        replica.MemberUp("me#1");
        replica.Tick();
        replica.Ready.ShouldBeTrue();
    }

    [Fact]
    public void A_joiner_ends_identical_though_writes_go_on_and_every_fifth_message_is_lost()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            using var cluster = new TestCluster(2, SmallPieces);
            cluster.Run(1_500);
            for (var i = 0; i < 500; i++)
                cluster.Turn(cluster.Replicas[i % 2], r => TestCluster.Set(r, "key:" + random.Next(300), new string('v', random.Next(200))));
            cluster.DeliverAll();

            var joiner = cluster.Start();
            joiner.Ready.ShouldBeFalse();
            cluster.Loses = (_, _, _) => random.Next(5) == 0;
            for (var i = 0; i < 300; i++)
            {
                cluster.Turn(cluster.Replicas[i % 2], r => TestCluster.Set(r, "key:" + random.Next(400), new string('w', random.Next(200))));
                cluster.Run(random.Next(2) * 100);
                while (cluster.UnderWay.Count > 3)
                    cluster.Deliver(random.Next(cluster.UnderWay.Count));
            }
            cluster.Loses = static (_, _, _) => false;
            cluster.Run(15_000);
            joiner.Ready.ShouldBeTrue($"seed {seed}");
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void A_joiner_whose_donor_dies_goes_on_with_another()
    {
        using var cluster = new TestCluster(2, SmallPieces);
        cluster.Run(1_500);
        for (var i = 0; i < 1_000; i++)
            cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "key:" + i, new string('v', 100)));
        cluster.DeliverAll();

        var joiner = cluster.Start();
        cluster.Turn(cluster.Replicas[0], static r => r.Tick());
        while (!joiner.IsTransferring || joiner.Counters.TransferredEntries == 0)
        {
            if (cluster.UnderWay.Count == 0)
                cluster.Turn(cluster.Replicas[0], static r => r.MemberUp(r.Member));
            cluster.Deliver(0);
        }
        joiner.Ready.ShouldBeFalse();
        cluster.Kill(cluster.Replicas[0]);
        cluster.Run(5_000);
        joiner.Ready.ShouldBeTrue();
        joiner.Count.ShouldBe(1_000);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_joiner_whose_donor_dies_receives_from_the_next_only_the_rest()
    {
        using var cluster = new TestCluster(2, SmallPieces);
        cluster.Run(1_500);
        cluster.Turn(cluster.Replicas[0], r =>
        {
            for (var i = 0; i < 2_000; i++)
                TestCluster.Set(r, "key:" + i, new string('v', 100));
        });
        cluster.DeliverAll();

        var joiner = cluster.Start();
        cluster.Turn(cluster.Replicas[0], static r => r.MemberUp(r.Member));
        while (joiner.Counters.TransferredEntries < 1_500)
            cluster.Deliver(0);
        cluster.Kill(cluster.Replicas.First(r => r.StartId == joiner.CurrentSession!.Replica));
        cluster.Run(5_000);
        joiner.Ready.ShouldBeTrue();
        joiner.Counters.TransferredEntries.ShouldBeInRange(2_000, 2_100);
        (joiner.Counters.SessionsFailed, joiner.Counters.TransfersCompleted).ShouldBe((1, 0));
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_value_larger_than_a_message_crosses_by_stream_and_by_transfer()
    {
        using var cluster = new TestCluster(2, SmallPieces);
        cluster.Run(1_500);
        var value = new string('v', 1_000_000);
        cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "big", value));
        cluster.DeliverAll();
        var joiner = cluster.Start();
        cluster.Run(2_000);
        TestCluster.Get(joiner, "big").ShouldBe(value);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void Received_mutations_are_applied_acknowledged_and_never_published_again()
    {
        using var cluster = new TestCluster(3);
        cluster.Run(1_500);
        var origin = cluster.Replicas[0];
        for (var i = 0; i < 30; i++)
            cluster.Turn(origin, r => TestCluster.Set(r, "key:" + i, "v"));
        cluster.DeliverAll();
        origin.Counters.Published.ShouldBe(30);
        foreach (var peer in cluster.Replicas.Skip(1))
        {
            peer.Counters.Published.ShouldBe(0);
            peer.Counters.Received.ShouldBe(30);
            peer.Counters.Applied.ShouldBe(30);
        }
        origin.Peers.ShouldAllBe(p => p.Acknowledged == 30);
    }

    [Fact]
    public void A_write_that_its_origin_made_without_having_seen_ours_is_counted_as_a_conflict()
    {
        using var cluster = new TestCluster(2);
        cluster.Run(1_500);
        cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "k", "a"));
        cluster.Turn(cluster.Replicas[1], r => TestCluster.Set(r, "k", "b"));
        cluster.DeliverAll();
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Conflicts == 1, "the author of either side learns of it");
        cluster.Turn(cluster.Replicas[0], r => TestCluster.Set(r, "k", "c"));
        cluster.DeliverAll();
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Conflicts == 1, "the author of either side learns of it");
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_loading_replica_has_nothing_to_flush_for_what_it_may_not_acknowledge_yet()
    {
        using var cluster = new TestCluster(1);
        cluster.Run(1_500);
        var joiner = cluster.Start();
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        // The turn asserts it: an owner that flushes while there is something to flush would do nothing else.
        cluster.DeliverFirst<Mutations>(joiner);
        joiner.Ready.ShouldBeFalse();
        cluster.Run(1_500);
        cluster.Replicas[0].Peers.ShouldAllBe(p => p.Acknowledged == 1);
    }

    [Fact]
    public void A_late_status_does_not_bring_back_a_member_that_was_removed()
    {
        using var cluster = new TestCluster(2);
        cluster.Run(1_500);
        var (gone, left) = (cluster.Replicas[0], cluster.Replicas[1]);
        var joiner = cluster.Start();
        cluster.UnderWay.Clear();
        cluster.Turn(gone, static r => r.MemberUp(r.Member));
        cluster.Crash(gone);
        cluster.Remove(gone.Member);
        cluster.DeliverAll();
        left.Peers.ShouldNotContain(p => p.Replica == gone.StartId);
        cluster.Run(10_000);
        joiner.Ready.ShouldBeTrue();
    }

    [Fact]
    public void A_joiner_whose_donor_does_not_answer_goes_on_with_another()
    {
        using var cluster = new TestCluster(3);
        cluster.Run(1_500);
        cluster.Turn(cluster.Replicas[1], static r => TestCluster.Set(r, "k", "v"));
        cluster.DeliverAll();
        var deaf = cluster.Replicas[0];
        cluster.Loses = (_, to, m) => to == deaf.StartId && m is TransferRequest;
        var joiner = cluster.Start();
        cluster.Run(10_000);
        joiner.Ready.ShouldBeTrue();
        TestCluster.Get(joiner, "k").ShouldBe("v");
    }

    [Fact]
    public void Parts_of_two_answers_to_one_request_are_not_taken_for_one_answer()
    {
        using var cluster = new TestCluster(1, SmallPieces);
        cluster.Run(1_500);
        var donor = cluster.Replicas[0];
        for (var i = 0; i < 40; i++)
            cluster.Turn(donor, r => TestCluster.Set(r, "key:" + i, new string('v', 700)));
        var joiner = cluster.Start();
        cluster.DeliverUntil<TransferRequest>();
        cluster.Deliver(cluster.UnderWay.FindIndex(static m => m.Message is TransferRequest), keep: true);
        // When the request comes again, what the first answer had in its first part takes less room, so more follows it there.
        var first = cluster.UnderWay.Select(static m => m.Message).OfType<TransferChunk>().First(static c => c is { Part: 0, More: true });
        foreach (var key in KeysOf(first))
            cluster.Turn(donor, r => TestCluster.Set(r, key, "w"));
        cluster.DeliverFirst<TransferRequest>(donor);
        cluster.UnderWay.RemoveAll(m => m.Message is TransferChunk { Part: > 0 } lost && lost.Vector.Equals(first.Vector));
        while (!joiner.Ready)
        {
            if (cluster.UnderWay.Count > 0)
                cluster.Deliver(0);
            else
                cluster.Tick();
        }
        // At once: later the tables would be compared, and what was left out would be found.
        joiner.Count.ShouldBe(40);
        cluster.Run(1_000);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void What_a_transfer_replaces_is_no_conflict()
    {
        using var cluster = new TestCluster(2, new ReplicaSettings { BacklogBytes = 2_000 });
        cluster.Run(1_500);
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "a"));
        cluster.DeliverAll();
        cluster.Loses = static (_, _, m) => m is Mutations;
        for (var i = 0; i < 100; i++)
            cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "b"));
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(3_000);
        cluster.ShouldBeIdentical();
        cluster.Replicas[1].Counters.TransfersCompleted.ShouldBe(1);
        cluster.Replicas[1].Counters.SessionsCompleted.ShouldBeGreaterThan(1);
        cluster.Replicas[1].Counters.Conflicts.ShouldBe(0);
    }

    [Fact]
    public void A_wall_clock_that_is_set_back_stops_neither_statuses_nor_refills()
    {
        using var cluster = new TestCluster(2);
        cluster.Run(1_500);
        cluster.NowMs -= 600_000;
        cluster.Loses = static (_, _, m) => m is Mutations;
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "k", "v"));
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
    }

    private static List<string> KeysOf(TransferChunk chunk)
    {
        var keys = new List<string>();
        var records = chunk.Records.Span;
        for (var i = 0; i < chunk.Count; i++)
            keys.Add(Encoding.UTF8.GetString(EntryRecord.Read(ref records, origin: 0).Key));
        return keys;
    }
}
