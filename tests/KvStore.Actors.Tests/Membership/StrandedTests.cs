using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

/// <summary>Nodes that were let in and never came to be Up: what let them in has forgotten them, or never told them.</summary>
public sealed class StrandedTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_node_that_was_let_in_by_one_that_is_gone_and_of_whom_the_others_have_never_heard_joins_anew(int seed)
    {
        var cluster = TwoUp(seed);
        cluster.Cut([1], [2]);
        var joiner = cluster.Start(3, 2, 1);
        cluster.Cut([1], [3]);
        cluster.RunUntil(() => joiner.Machine.IsMember, 10_000, "welcomed by 2");
        joiner.Machine.SelfMember.Status.ShouldBe(MemberStatus.Joining, "what 1 would have to agree to");
        cluster.Kill(2);
        cluster.Do(1, static (m, now) => m.Down(SimulatedCluster.AddressOf(2), now));
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(2), 60_000, "1 and 3 Up");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_node_that_was_removed_before_its_welcome_reached_it_joins_as_another(int seed)
    {
        var cluster = TwoUp(seed);
        cluster.CutOneWay(1, 3);
        cluster.CutOneWay(2, 3);
        var joiner = cluster.StartIdle(3);
        var first = joiner.Self;
        cluster.Do(3, static (m, now) => m.Join(SimulatedCluster.AddressOf(1), now));
        cluster.RunUntil(() => cluster[1].Machine.Gossip.HasMember(first), 5_000, "let in");
        cluster.Do(1, static (m, now) => m.Down(SimulatedCluster.AddressOf(3), now));
        cluster.RunUntil(() => !cluster[1].Machine.Gossip.HasMember(first) && !cluster[2].Machine.Gossip.HasMember(first), 20_000, "removed");
        joiner.Machine.IsMember.ShouldBeFalse();
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(3), 60_000, "all Up");
        cluster[3].Self.ShouldNotBe(first);
    }

    private static SimulatedCluster TwoUp(int seed)
    {
        var cluster = new SimulatedCluster(seed) { Rejoins = true };
        cluster.Start(1, 1);
        cluster.Start(2, 1);
        cluster.RunUntil(() => cluster.AllUp(2), 10_000, "two Up");
        return cluster;
    }
}
