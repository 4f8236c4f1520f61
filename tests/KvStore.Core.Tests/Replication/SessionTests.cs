using System.Text;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

/// <summary>Two tables are compared, and what differs is exchanged.</summary>
public sealed class SessionTests
{
    [Fact]
    public void One_entry_that_differs_among_ten_thousand_is_found_and_its_slot_alone_is_moved()
    {
        using var cluster = Filled(2, 10_000);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        Plant(one, "key:77", "newer", 1 << 20);
        cluster.Turn(other, static r => r.Repair().ShouldBe(1));
        var seen = Deliver(cluster);
        TestCluster.Get(other, "key:77").ShouldBe("newer");
        cluster.ShouldBeIdentical();
        seen.OfType<TransferRequest>().Select(static m => m.Step).ShouldBe([TransferStep.List, TransferStep.Wanted]);
        seen.OfType<TransferRequest>().ShouldAllBe(static m => m.Slots.Count == 1);
        seen.OfType<DigestRequest>().Count().ShouldBe(3, "the partitions, then the slots of one, then once more the slot that differed");
        seen.OfType<DigestReply>().Last().Digests.Length.ShouldBe(1);
        seen.OfType<TransferChunk>().First().Count.ShouldBeLessThan(10);
        seen.OfType<TransferChunk>().Last().Count.ShouldBe(1);
        seen.OfType<RepairInvite>().ShouldBeEmpty();
        (other.Counters.SlotsDiffering, other.Counters.RepairedEntries).ShouldBe((1, 1));
    }

    [Fact]
    public void A_session_that_was_asked_for_with_a_silent_peer_has_failed_until_the_peer_is_heard_again()
    {
        using var cluster = Filled(2, 10);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Loses = (from, _, _) => from == other.StartId;
        cluster.Turn(one, static r => r.Repair().ShouldBe(1));
        cluster.Run(500);
        one.Repairs.Single().Phase.ShouldBe("comparing");
        cluster.Run(new ReplicaSettings().SilenceMs + (4 * new ReplicaSettings().RequestTimeoutMs));
        one.Repairs.Single().Phase.ShouldBe("failed");

        cluster.Loses = static (_, _, _) => false;
        cluster.Run(10_000);
        one.Repairs.Single().Phase.ShouldBe("done");
    }

    [Fact]
    public void What_only_the_receiver_has_comes_to_the_donor_by_an_invitation_and_there_it_ends()
    {
        using var cluster = Filled(2, 1_000);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        Plant(one, "from one", "1", 1);
        Plant(other, "from other", "2", 2);
        cluster.Turn(other, static r => r.Repair());
        var seen = Deliver(cluster);
        TestCluster.Get(one, "from other").ShouldBe("2");
        TestCluster.Get(other, "from one").ShouldBe("1");
        cluster.ShouldBeIdentical();
        seen.OfType<RepairInvite>().ShouldHaveSingleItem();
        (one.Counters.RepairedEntries, other.Counters.RepairedEntries).ShouldBe((1, 1));
    }

    [Fact]
    public void An_invited_replica_does_not_invite_whatever_it_has_by_then()
    {
        using var cluster = Filled(2, 100);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        Plant(other, "from other", "2", 2);
        cluster.Turn(other, static r => r.Repair());
        while (one.CurrentSession is not { Reason: SessionReason.Invited })
            cluster.Deliver(0);
        // In the slot that is being received, so that it differs afterwards.
        for (var more = 0; one.CurrentSession is not null; more++)
        {
            Plant(one, "{from other}" + more, "v", more);
            cluster.Deliver(0);
        }
        Deliver(cluster).ShouldNotContain(static m => m is RepairInvite);
    }

    [Fact]
    public void A_floor_that_one_of_them_lacks_crosses_either_way()
    {
        foreach (var (receiver, keys) in new[] { (0, 100), (1, 100), (0, 0), (1, 0) })
        {
            using var cluster = Filled(2, keys);
            cluster.Replicas[0].Restore(new FloorItem(new VersionStamp(ulong.MaxValue / 2, 1)));
            cluster.Turn(cluster.Replicas[receiver], static r => r.Repair());
            Deliver(cluster);
            cluster.Replicas.ShouldAllBe(static r => r.Count == 0);
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void Equal_versions_with_unequal_contents_are_found_counted_and_evened_out_from_either_side()
    {
        foreach (var receiver in new[] { 0, 1 })
        {
            using var cluster = Filled(2, 1_000);
            Plant(cluster.Replicas[0], "rotten", "one", 5);
            Plant(cluster.Replicas[1], "rotten", "other", 5);
            cluster.Turn(cluster.Replicas[receiver], static r => r.Repair());
            Deliver(cluster);
            cluster.ShouldBeIdentical();
            TestCluster.Get(cluster.Replicas[0], "rotten").ShouldBe(TestCluster.Get(cluster.Replicas[1], "rotten"));
            cluster.Replicas.Sum(static r => r.Counters.Diverged).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void Replicas_that_agree_ask_once_each_interval_and_say_nothing_else()
    {
        using var cluster = Filled(3, 500, new ReplicaSettings { AntiEntropyIntervalMs = 1_000 });
        var seen = new List<PeerMessage>();
        cluster.Loses = (_, _, m) =>
        {
            seen.Add(m);
            return false;
        };
        cluster.Run(20_000);
        seen.RemoveAll(static m => m is ReplicaStatus);
        seen.ShouldAllBe(static m => m is DigestRequest || m is DigestReply);
        seen.OfType<DigestRequest>().ShouldAllBe(static m => m.Partition == DigestRequest.Root);
        seen.Count.ShouldBeInRange(2 * 3 * 18, 2 * 3 * 28);
        foreach (var replica in cluster.Replicas)
            seen.OfType<DigestReply>().Count(m => m.Replica == replica.StartId).ShouldBeInRange(15, 30, "every peer in its turn");
    }

    [Fact]
    public void No_interval_means_no_sessions()
    {
        using var cluster = Filled(2, 10, new ReplicaSettings { AntiEntropyIntervalMs = 0 });
        var before = cluster.Replicas[0].Counters.SessionsStarted;
        cluster.Run(300_000);
        cluster.Replicas[0].Counters.SessionsStarted.ShouldBe(before);
    }

    [Fact]
    public void A_session_under_writes_that_never_pause_ends()
    {
        using var cluster = Filled(2, 2_000, new ReplicaSettings { MessageBytes = 512, RepairPauseMs = 0 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
            Plant(one, "more:" + i, "v", i);
        cluster.Turn(other, static r => r.Repair());
        var deliveries = 0;
        while (other.CurrentSession is not null)
        {
            deliveries++.ShouldBeLessThan(20_000);
            foreach (var replica in cluster.Replicas)
                cluster.Turn(replica, r => TestCluster.Set(r, "key:" + random.Next(2_000), "w"));
            // Sessions make headway beside a stream that is always three messages late.
            cluster.Deliver(0);
            cluster.Deliver(cluster.UnderWay.FindIndex(static m => m.Message is not Mutations) is >= 0 and var at ? at : 0);
        }
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
        cluster.Replicas.Sum(static r => r.Counters.SessionsCompleted).ShouldBeLessThan(12);
    }

    [Fact]
    public void A_background_session_rests_between_pieces_and_one_that_fills_a_gap_does_not()
    {
        using var cluster = Filled(2, 1_000, new ReplicaSettings { MessageBytes = 512, RepairPauseMs = 300, BacklogBytes = 2_000 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 1_000; i++)
            Plant(one, "more:" + i, "v", i);
        cluster.Turn(other, static r => r.Repair());
        Deliver(cluster).OfType<TransferRequest>().Select(static m => m.Step).ShouldBe([TransferStep.List, TransferStep.Wanted]);
        cluster.Tick();
        Deliver(cluster).ShouldNotContain(static m => m is TransferRequest);
        cluster.Tick();
        cluster.Tick();
        Deliver(cluster).Count(m => m is TransferRequest request && request.Replica == other.StartId).ShouldBeInRange(1, 3);

        using var gap = Filled(2, 1_000, new ReplicaSettings { MessageBytes = 512, RepairPauseMs = 300, BacklogBytes = 2_000 });
        gap.Loses = static (_, _, m) => m is Mutations;
        for (var i = 0; i < 1_000; i++)
            gap.Turn(gap.Replicas[0], r => TestCluster.Set(r, "more:" + i, new string('v', 100)));
        gap.Loses = static (_, _, _) => false;
        gap.Run(1_500);
        gap.ShouldBeIdentical();
    }

    [Fact]
    public void What_a_session_changed_is_written_before_what_it_claims_and_one_that_changed_nothing_writes_nothing()
    {
        using var cluster = Filled(2, 1_000, new ReplicaSettings { Durable = true, BacklogBytes = 2_000 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        var written = new List<LogItem>();
        cluster.Logged = (replica, item) =>
        {
            if (replica == other && item is not CeilingItem)
                written.Add(item);
        };
        cluster.Turn(other, static r => r.Repair());
        Deliver(cluster);
        written.ShouldBeEmpty();

        cluster.Loses = static (_, _, m) => m is Mutations;
        for (var i = 0; i < 100; i++)
            cluster.Turn(one, r => TestCluster.Set(r, "key:" + i, "again"));
        cluster.Loses = static (_, _, _) => false;
        var repaired = other.Counters.RepairedEntries;
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
        other.Counters.RepairedEntries.ShouldBe(repaired + 100);
        written[..^1].ShouldAllBe(static i => i is EntriesItem);
        written.OfType<EntriesItem>().Sum(static i => i.Count).ShouldBe(100, "no more than what was new");
        written[^1].ShouldBeOfType<CoveredItem>().Vector[one.StartId].Number.ShouldBe(one.LastNumber);
    }

    [Fact]
    public void Answers_that_overtake_each_other_claim_no_more_than_the_earliest_of_them()
    {
        using var cluster = new TestCluster(1);
        cluster.Run(1_500);
        var donor = cluster.Replicas[0];
        for (var i = 0; i < 200; i++)
            cluster.Turn(donor, r => TestCluster.Set(r, "key:" + i, "v"));
        var joiner = cluster.Start();
        cluster.DeliverUntil<TransferRequest>();
        cluster.UnderWay.Count(static m => m.Message is TransferRequest).ShouldBe(4);
        cluster.DeliverFirst<TransferRequest>(donor);
        // This lies in what the first answer has passed, and the joiner never hears of it but by its number.
        var first = Enumerable.Range(0, 200).First(static i => Slot.Of(Encoding.UTF8.GetBytes("key:" + i)) < Slot.Count / 4);
        cluster.Turn(donor, r => TestCluster.Set(r, "key:" + first, "later"));
        cluster.UnderWay.RemoveAll(static m => m.Message is Mutations);
        for (var i = 0; i < 3; i++)
            cluster.DeliverFirst<TransferRequest>(donor);
        while (cluster.UnderWay.FindLastIndex(static m => m.Message is TransferChunk) is >= 0 and var at)
            cluster.Deliver(at);
        joiner.Ready.ShouldBeTrue();
        TestCluster.Get(joiner, "key:" + first).ShouldBe("v");
        joiner.Vector()[donor.StartId].Number.ShouldBe(200);
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_repair_on_demand_has_a_session_with_every_peer_and_says_how_far_it_is()
    {
        using var cluster = Filled(3, 1_000, new ReplicaSettings { RepairPauseMs = 0, MessageBytes = 512 });
        var asked = cluster.Replicas[0];
        Plant(cluster.Replicas[1], "at one", "1", 1);
        Plant(cluster.Replicas[2], "at another", "2", 2);
        var before = asked.Counters.SessionsCompleted;
        cluster.Turn(asked, static r => r.Repair().ShouldBe(2));
        var session = asked.CurrentSession.ShouldNotBeNull();
        (session.Reason, session.Percent, session.IsWhole, asked.SessionsDue).ShouldBe((SessionReason.Requested, 0, false, 1));
        while (asked.CurrentSession is not null)
        {
            asked.CurrentSession.Percent.ShouldBeInRange(0, 100);
            cluster.Deliver(0);
        }
        asked.Counters.SessionsCompleted.ShouldBe(before + 2);
        (TestCluster.Get(asked, "at one"), TestCluster.Get(asked, "at another")).ShouldBe(("1", "2"));
    }

    [Fact]
    public void A_member_that_was_out_of_reach_is_compared_with_when_it_is_back()
    {
        using var cluster = Filled(2, 100);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(one, r => r.MemberUnreachable(other.Member));
        Plant(other, "meanwhile", "1", 1);
        cluster.Run(1_000);
        TestCluster.Get(one, "meanwhile").ShouldBeNull();
        cluster.Turn(one, r => r.MemberUp(other.Member));
        cluster.Run(100);
        TestCluster.Get(one, "meanwhile").ShouldBe("1");
    }

    [Fact]
    public void What_lies_beyond_a_hole_reaches_all_and_the_hole_is_filled_when_its_origin_is_back()
    {
        using var cluster = Filled(3, 10);
        var (away, lucky, unlucky) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        var before = away.LastNumber;
        cluster.Turn(away, static r => TestCluster.Set(r, "lost", "to all"));
        cluster.UnderWay.Clear();
        cluster.Turn(away, static r => TestCluster.Set(r, "reaches", "one"));
        cluster.UnderWay.RemoveAll(m => m.To != lucky.StartId);
        cluster.DeliverFirst<Mutations>(lucky);
        cluster.Loses = (from, to, _) => from == away.StartId || to == away.StartId;
        cluster.Remove(away.Member);
        cluster.Run(3_000);
        TestCluster.Get(unlucky, "reaches").ShouldBe("one");
        lucky.Vector()[away.StartId].Number.ShouldBe(before, "it may not claim what it does not hold");

        cluster.Loses = static (_, _, _) => false;
        cluster.Join(away);
        cluster.Run(3_000);
        cluster.Replicas.ShouldAllBe(r => TestCluster.Get(r, "lost") == "to all");
        cluster.Replicas.ShouldAllBe(r => r.Vector()[away.StartId].Number == before + 2);
        cluster.ShouldBeIdentical();
    }

    /// <summary>Replicas that hold the same keys, and have nothing to say to each other.</summary>
    internal static TestCluster Filled(int replicas, int keys, ReplicaSettings? settings = null)
    {
        var cluster = new TestCluster(replicas, settings ?? new ReplicaSettings());
        cluster.Run(2_000);
        cluster.Turn(cluster.Replicas[0], r =>
        {
            for (var i = 0; i < keys; i++)
                TestCluster.Set(r, "key:" + i, new string('v', 20));
        });
        cluster.Run(1_500);
        cluster.ShouldBeIdentical();
        return cluster;
    }

    /// <summary>An entry that came by no stream: nothing but a comparison finds it.</summary>
    internal static void Plant(Replica replica, string key, string value, int above)
    {
        var bytes = new byte[EntryRecord.MaxSize(key.Length, value.Length)];
        var version = new VersionStamp(((ulong)replica.NowMs << HybridClock.CounterBits) + (ulong)above, 7);
        var record = new EntryRecord(RecordKind.Value, version, default, 0, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        replica.Restore(new EntriesItem(1, bytes.AsMemory(0, record.Write(bytes, origin: 0))));
    }

    internal static List<PeerMessage> Deliver(TestCluster cluster)
    {
        var seen = new List<PeerMessage>();
        while (cluster.UnderWay.Count > 0)
        {
            seen.Add(cluster.UnderWay[0].Message);
            cluster.Deliver(0);
        }
        return seen;
    }
}
