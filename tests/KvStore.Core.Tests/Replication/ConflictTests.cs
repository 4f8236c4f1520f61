using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

public sealed class ConflictTests
{
    [Fact]
    public void Two_writes_that_had_not_seen_each_other_are_journaled_where_either_was_accepted()
    {
        using var cluster = CollectionTests.Started(3);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "lost"));
        cluster.Turn(other, static r => TestCluster.Set(r, "k", "kept"));
        cluster.DeliverAll();
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == "kept");
        foreach (var replica in (Replica[])[one, other])
        {
            var conflict = replica.Conflicts.Last(10).ShouldHaveSingleItem();
            Encoding.UTF8.GetString(conflict.Key.Span).ShouldBe("k");
            (replica.NameOf(conflict.Winner.StartId), replica.NameOf(conflict.Loser.StartId)).ShouldBe(("n2", "n1"));
            (conflict.IsPossible, conflict.AtMs).ShouldBe((false, cluster.NowMs));
        }
    }

    [Fact]
    public void Writes_one_after_the_other_at_two_nodes_are_none_in_whatever_order_they_come_to_a_third()
    {
        using var cluster = CollectionTests.Started(3);
        var (a, b, c) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        for (var i = 0; i < 10; i++)
        {
            // c hears of a's write last, when it has b's, which followed it, and has itself written on top of that.
            cluster.Turn(a, r => TestCluster.Set(r, "k", "a" + i));
            cluster.DeliverFirst<Mutations>(b);
            cluster.Turn(b, r => TestCluster.Set(r, "k", "b" + i));
            cluster.Deliver(cluster.UnderWay.FindIndex(m => m.To == c.StartId && m.From == b.StartId && m.Message is Mutations));
            cluster.Turn(c, r => TestCluster.Set(r, "k", "c" + i));
            while (cluster.UnderWay.Count > 0)
                cluster.Deliver(cluster.UnderWay.Count - 1);
        }
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Conflicts == 0 && r.Conflicts.Count == 0);
        cluster.Replicas.ShouldAllBe(static r => TestCluster.Get(r, "k") == "c9");
    }

    [Fact]
    public void Sequential_clients_never_journal_a_conflict_however_messages_are_ordered()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            using var cluster = CollectionTests.Started(3);
            var random = new Random(seed);
            var seen = cluster.Replicas[0];
            for (var i = 0; i < 60; i++)
            {
                // The client goes on where its last write has been seen; everything else may be late.
                var next = cluster.Replicas[random.Next(3)];
                while (!next.Vector().Covers(seen.Vector()))
                    cluster.Deliver(random.Next(cluster.UnderWay.Count));
                seen = next;
                var key = "k" + random.Next(3);
                cluster.Turn(next, r => Act(r, random, key));
                for (var n = random.Next(4); n > 0 && cluster.UnderWay.Count > 0; n--)
                    cluster.Deliver(random.Next(cluster.UnderWay.Count));
                if (random.Next(10) == 0)
                    cluster.Tick();
            }
            cluster.Run(5_000);
            cluster.Replicas.ShouldAllBe(r => r.Counters.Conflicts == 0, $"seed {seed}: " + string.Join(' ', cluster.Replicas.SelectMany(static r => r.Conflicts.Last(5))));
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void A_key_that_is_written_anew_after_its_deletion_was_collected_is_none()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        CollectionTests.SetAndDelete(one, cluster, "k");
        while (one.Tombstones > 0 && other.Tombstones > 0)
            cluster.Run(100);
        cluster.Turn(one.Tombstones == 0 ? one : other, static r => TestCluster.Set(r, "k", "new"));
        cluster.Run(2_000);
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Conflicts == 0);
    }

    [Fact]
    public void The_journal_is_bounded_in_number_and_in_bytes_and_cuts_long_keys()
    {
        var journal = new ConflictJournal(5_000);
        var key = new byte[2_000];
        for (var i = 0; i < 6_000; i++)
            journal.Add(key, new VersionStamp(2, 1), new VersionStamp(1, 1), i, isPossible: false);
        journal.Count.ShouldBe(ConflictJournal.MaxTotalKeyBytes / ConflictJournal.MaxKeyBytes);
        journal.KeyBytes.ShouldBe(ConflictJournal.MaxTotalKeyBytes);
        journal.Last(1)[0].IsCut.ShouldBeTrue();
        for (var i = 0; i < 6_000; i++)
            journal.Add("k"u8, new VersionStamp(2, 1), new VersionStamp(1, 1), i, isPossible: true);
        journal.Count.ShouldBe(5_000);
        journal.Last(3).Select(static c => c.AtMs).ShouldBe([5_999L, 5_998L, 5_997L]);
        journal.Last(3)[0].IsCut.ShouldBeFalse();
    }

    private static void Act(Replica replica, Random random, string key)
    {
        switch (random.Next(8))
        {
            case 0:
                replica.Delete(Encoding.UTF8.GetBytes(key));
                break;
            case 1:
                replica.FlushAll();
                break;
            default:
                TestCluster.Set(replica, key, "v");
                break;
        }
    }
}
