using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>
/// A replica whose member was removed while its process lived: it goes on alone, and comes back under another member with the same
/// start id.
/// </summary>
public sealed class RejoinTests
{
    [Theory]
    [InlineData(64 << 20)]
    [InlineData(2_000)]
    public void What_both_sides_wrote_while_they_were_apart_is_everywhere_after_the_return(int backlogBytes)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            using var cluster = new TestCluster(3, new ReplicaSettings { BacklogBytes = backlogBytes, MessageBytes = 1_024 });
            cluster.Run(2_000);
            var (lost, old) = CutOff(cluster);
            var random = new Random(seed);
            for (var i = 0; i < 200; i++)
            {
                cluster.Turn(cluster.Replicas[random.Next(3)], r => TestCluster.Set(r, "key:" + random.Next(50), "v" + i));
                if (random.Next(4) == 0)
                    cluster.Run(100);
            }
            lost.Ready.ShouldBeTrue("it serves while it is out");
            lost.Peers.ShouldBeEmpty();

            Return(cluster, lost, old + "1");
            cluster.Run(10_000);
            cluster.ShouldBeIdentical();
            foreach (var replica in cluster.Replicas)
                replica.Peers.Select(static p => p.Member).ShouldBe([.. cluster.Replicas.Where(r => r != replica).Select(static r => r.Member).Order(StringComparer.Ordinal)]);

            // Later writes are acknowledged under the new member.
            cluster.Turn(lost, static r => TestCluster.Set(r, "after", "1"));
            cluster.Run(1_500);
            lost.Peers.ShouldAllBe(p => p.Acknowledged == lost.LastNumber);
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void A_peer_that_shows_its_new_member_before_the_old_one_is_removed_is_one_peer()
    {
        using var cluster = new TestCluster(2);
        cluster.Run(2_000);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        var old = other.Member;
        other.Rename(old + "1");
        cluster.Turn(one, r => r.MemberUp(other.Member));
        cluster.Turn(other, r => r.MemberUp(other.Member));
        cluster.Run(1_000);
        one.Peers.Select(static p => p.Member).ShouldBe([other.Member]);
        cluster.Turn(one, r => r.MemberRemoved(old));
        one.Peers.Select(static p => p.Member).ShouldBe([other.Member], "the peer is where it said last");
    }

    [Fact]
    public void A_replica_that_was_still_loading_does_not_take_its_exclusion_for_an_empty_cluster()
    {
        using var cluster = new TestCluster(1);
        cluster.Run(2_000);
        var donor = cluster.Replicas[0];
        cluster.Turn(donor, static r => TestCluster.Set(r, "k", "v"));
        cluster.Loses = static (_, _, _) => true;
        var joiner = cluster.Start();
        var old = joiner.Member;
        cluster.Turn(joiner, r => r.MemberRemoved(old));
        cluster.Turn(joiner, r => r.MemberRemoved(donor.Member));
        cluster.Turn(donor, r => r.MemberRemoved(old));
        cluster.Run(60_000);
        joiner.Ready.ShouldBeFalse();

        cluster.Loses = static (_, _, _) => false;
        Return(cluster, joiner, old + "1");
        cluster.Run(5_000);
        joiner.Ready.ShouldBeTrue();
        TestCluster.Get(joiner, "k").ShouldBe("v");
    }

    /// <summary>The last replica hears nobody any more, and both sides have removed the other.</summary>
    private static (Replica Lost, string Member) CutOff(TestCluster cluster)
    {
        var lost = cluster.Replicas[^1];
        var member = lost.Member;
        cluster.Loses = (from, to, _) => from == lost.StartId || to == lost.StartId;
        foreach (var other in cluster.Replicas.Where(r => r != lost).ToList())
            cluster.Turn(other, r => r.MemberRemoved(member));
        foreach (var gone in cluster.Replicas.Select(static r => r.Member).OrderByDescending(m => m == member).ToList())
            cluster.Turn(lost, r => r.MemberRemoved(gone));
        return (lost, member);
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
