using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

/// <summary>How members go: by leaving, or since they were downed; and that none comes back as the one that it was.</summary>
public sealed class DepartureTests
{
    public static TheoryData<int> Seeds => MembershipScenarioTests.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_downed_crashed_node_is_removed_and_others_can_join_again(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 3);
        var victim = cluster[1];
        cluster.Kill(1);
        cluster.RunUntil(() => cluster.Running.All(n => n.SeesUnreachable(victim)), 10_000, "unreachable");
        cluster.Start(4, 2, 3);
        cluster.RunFor(3000);
        cluster[4].Machine.SelfMember.Status.ShouldBe(MemberStatus.Joining, "nobody becomes Up while somebody is unreachable");
        cluster.Do(3, (m, now) => m.Down(victim.Self.Address, now));
        cluster.RunUntil(() => cluster.AllUp(3), 2000, "removed and joined");
        cluster[2].Events.OfType<ClusterEvent.MemberRemoved>().Single().PreviousStatus.ShouldBe(MemberStatus.Down);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leaving_member_goes_through_all_its_stations(int seed)
    {
        foreach (var leaver in new[] { 1, 3 })
        {
            var cluster = SimulatedCluster.Up(seed, 3);
            var node = cluster[leaver];
            cluster.Do(2, (m, now) => m.Leave(node.Self.Address, now));
            var took = cluster.RunUntil(() => cluster.Running.Count(n => n.Sees(MemberStatus.Up, 2)) == 2, 5000, "left");
            took.ShouldBeLessThan(1500);
            node.RemovedBecause.ShouldBe("this member has left");
            cluster[2].EventsAbout(node).TakeLast(3).ShouldBe(["MemberLeft", "MemberExited", "MemberRemoved"]);
            cluster[2].Events.OfType<ClusterEvent.MemberRemoved>().Single().PreviousStatus.ShouldBe(MemberStatus.Exiting);
            node.Events.ShouldContain(ClusterEvent.ClusterShuttingDown.Instance);
        }
    }

    [Fact]
    public void The_last_member_can_leave_too()
    {
        var cluster = new SimulatedCluster(1);
        var node = cluster.Start(1, 1);
        cluster.Do(1, (m, now) => m.Leave(m.Self.Address, now));
        cluster.RunFor(500);
        node.RemovedBecause.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_live_member_that_is_downed_ends_and_is_removed_without_waiting_for_the_failure_detector(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 3);
        var victim = cluster[3];
        cluster.Do(1, (m, now) => m.Down(victim.Self.Address, now));
        cluster.RunUntil(() => cluster[1].Sees(MemberStatus.Up, 2) && cluster[2].Sees(MemberStatus.Up, 2), 2000, "removed");
        victim.RemovedBecause.ShouldBe("this member was downed");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_removed_incarnation_never_comes_back_and_learns_its_fate_when_the_partition_heals(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 5);
        cluster.RunFor(5000);
        var lost = cluster[5];
        cluster.Cut([5], [1, 2, 3, 4]);
        cluster.RunUntil(() => cluster.Running.Where(n => n != lost).All(n => n.SeesUnreachable(lost)), 10_000, "unreachable");
        cluster.Do(2, (m, now) => m.Down(lost.Self.Address, now));
        cluster.RunUntil(() => Enumerable.Range(1, 4).All(i => cluster[i].Sees(MemberStatus.Up, 4)), 5000, "removed");
        cluster.Heal();
        cluster.RunUntil(() => lost.Machine.HasEnded, 15_000, "told");
        cluster.RunFor(10_000);
        cluster.Running.Where(n => n != lost).ShouldAllBe(n => n.Sees(MemberStatus.Up, 4));
        cluster[1].EventsAbout(lost).TakeLast(2).ShouldBe(["MemberDowned", "MemberRemoved"]);

        // It may return as a new incarnation.
        cluster.Kill(5);
        cluster.Start(5, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(5), 3000, "back");
    }

    [Fact]
    public void Removed_incarnations_are_forgotten_after_their_time()
    {
        var cluster = new SimulatedCluster(5, new MembershipSettings { TombstoneTimeToLiveMs = 60_000 });
        for (var i = 1; i <= 3; i++)
            cluster.Start(i, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(3), 3000, "Up");
        cluster.Kill(3);
        cluster.Start(3, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(3), 3000, "Up again");
        cluster.Running.ShouldAllBe(n => n.Machine.Gossip.Tombstones.Count == 1);
        cluster.RunFor(70_000);
        cluster.Running.ShouldAllBe(n => n.Machine.Gossip.Tombstones.IsEmpty);
    }
}
