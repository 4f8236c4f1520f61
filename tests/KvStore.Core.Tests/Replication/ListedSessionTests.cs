using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Replication;

/// <summary>What differs travels, and not what lies beside it.</summary>
public sealed class ListedSessionTests
{
    [Fact]
    public void What_a_replica_has_missed_comes_without_the_rest_of_its_slots_and_without_a_list()
    {
        using var cluster = SessionTests.Filled(2, 20_000, new ReplicaSettings { BacklogBytes = 2_000 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Loses = static (_, _, m) => m is Mutations;
        for (var i = 0; i < 300; i++)
            cluster.Turn(one, r => TestCluster.Set(r, "key:" + (i * 61), "again"));
        cluster.Loses = static (_, _, _) => false;
        var (sent, repaired) = (one.Counters.EntriesSent, other.Counters.RepairedEntries);
        cluster.Run(3_000);
        cluster.ShouldBeIdentical();
        // What the refill brings comes by the stream.
        (other.Counters.RepairedEntries - repaired).ShouldBeInRange(200, 300);
        (one.Counters.EntriesSent - sent).ShouldBeInRange(200, 300);
        other.Counters.ListedEntries.ShouldBe(0);
    }

    [Fact]
    public void What_is_under_way_in_the_stream_is_neither_listed_nor_sent()
    {
        using var cluster = SessionTests.Filled(2, 5_000);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 100; i++)
            cluster.Turn(other, r => TestCluster.Set(r, "key:" + i, "newer here"));
        var stream = cluster.UnderWay.Where(static m => m.Message is Mutations).ToList();
        cluster.UnderWay.Clear();
        cluster.Turn(other, static r => r.Repair());
        var seen = new List<PeerMessage>();
        while (cluster.UnderWay.Count > 0)
        {
            seen.Add(cluster.UnderWay[0].Message);
            if (cluster.UnderWay[0].Message is DigestRequest { Slots.IsFull: false })
            {
                cluster.UnderWay.InsertRange(0, stream);
                stream.Clear();
            }
            cluster.Deliver(0);
        }
        stream.ShouldBeEmpty();
        seen.ShouldNotContain(static m => m is TransferRequest || m is RepairInvite);
        cluster.ShouldBeIdentical();
        one.Counters.EntriesSent.ShouldBe(0);
    }

    [Fact]
    public void Lists_and_what_is_wanted_of_them_are_asked_for_again_where_they_are_lost_and_do_no_harm_where_they_come_twice()
    {
        var random = new Random(3);
        for (var run = 0; run < 10; run++)
        {
            using var cluster = SessionTests.Filled(2, 500, new ReplicaSettings { MessageBytes = 200, RepairPauseMs = 0, RequestTimeoutMs = 300 });
            var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
            for (var i = 0; i < 60; i++)
                SessionTests.Plant(one, $"{{s}}{i}", new string('v', random.Next(300)), i);
            cluster.Loses = (_, _, m) => m is TransferRequest or TransferChunk && random.Next(10) == 0;
            cluster.Turn(other, static r => r.Repair());
            for (var steps = 0; steps < 20_000 && other.CurrentSession is not null; steps++)
            {
                if (cluster.UnderWay.Count == 0)
                    cluster.Tick();
                else
                    cluster.Deliver(random.Next(Math.Min(3, cluster.UnderWay.Count)), keep: random.Next(3) == 0);
            }
            cluster.Loses = static (_, _, _) => false;
            cluster.Run(10_000);
            cluster.ShouldBeIdentical();
            other.Counters.ListedEntries.ShouldBeGreaterThanOrEqualTo(60);
        }
    }

    [Fact]
    public void A_partition_that_doubles_between_a_list_and_what_is_wanted_of_it_shows_all_of_it()
    {
        using var cluster = SessionTests.Filled(2, 100, new ReplicaSettings { MessageBytes = 300, RepairPauseMs = 0 });
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 200; i++)
            SessionTests.Plant(one, $"{{s}}{i}", "planted", i);
        var grown = 0;
        cluster.Turn(other, static r => r.Repair());
        while (cluster.UnderWay.Count > 0)
        {
            if (cluster.UnderWay[0].Message is TransferRequest { Step: TransferStep.Wanted } && grown < 3_000)
            {
                for (var end = grown + 300; grown < end; grown++)
                    SessionTests.Plant(one, $"{{s}}more {grown}", "v", grown);
            }
            cluster.Deliver(0);
        }
        grown.ShouldBe(3_000);
        for (var i = 0; i < 200; i++)
            TestCluster.Get(other, $"{{s}}{i}").ShouldBe("planted");
    }

    [Fact]
    public void A_key_is_found_by_its_hash_alone()
    {
        using var table = new Table(hashSeed: 5);
        for (var i = 0; i < 1_000; i++)
            table.Apply(Encoding.UTF8.GetBytes($"key:{i}"), new EntryView(new((ulong)i + 1, 1), EntryKind.Value, 0, "v"u8), out _, out _);
        for (var i = 0; i < 1_000; i++)
        {
            var key = Encoding.UTF8.GetBytes($"key:{i}");
            table.TryFind(Slot.Of(key) / Table.SlotsPerPartition, ByteHash.Of(key, 5), out var entry).ShouldBeTrue();
            entry.Version.Clock.ShouldBe((ulong)i + 1);
            table.TryFind(Slot.Of(key) / Table.SlotsPerPartition, ByteHash.Of(key, 6), out _).ShouldBeFalse();
        }
    }
}
