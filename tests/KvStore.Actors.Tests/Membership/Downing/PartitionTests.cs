using KvStore.Actors.Membership;
using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Tests.Membership.Downing;

/// <summary>Whole clusters that are cut apart, each story under several seeds, in virtual time on a simulated network.</summary>
public sealed class PartitionTests
{
    /// <summary>The failure detectors notice within ten seconds, the resolver waits for twenty, and the word has to spread.</summary>
    private const long DecisionMs = 35_000;

    private const long ReturnMs = 30_000;

    private static readonly MembershipSettings s_resolved = new() { SplitBrain = SplitBrainSettings.Default };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_smaller_side_goes_the_greater_one_stays_and_after_the_heal_all_agree(int seed)
    {
        Partition(seed, keeps: [1, 2], loses: [3]);
        Partition(seed, keeps: [2, 3], loses: [1]);
        Partition(seed, keeps: [1, 2, 3], loses: [4, 5]);
        Partition(seed, keeps: [3, 4, 5], loses: [1, 2]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_two_equal_sides_that_with_the_lowest_address_stays(int seed) => Partition(seed, keeps: [1, 4], loses: [2, 3]);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Without_a_resolver_a_partition_ends_nobodys_membership_and_nobody_can_join_meanwhile(int seed)
    {
        var cluster = UpCluster(seed, 3, new MembershipSettings());
        cluster.Cut([1, 2], [3]);
        cluster.RunFor(10 * DecisionMs);
        cluster[1].Machine.Gossip.Members.Count.ShouldBe(3);
        cluster[3].Machine.Gossip.Members.Count.ShouldBe(3);
        cluster.Start(4, 1, 2);
        cluster.RunFor(DecisionMs);
        cluster[4].Machine.SelfMember.Status.ShouldBe(MemberStatus.Joining, "with the resolver it would be Up: see the story of the crash");
        // The very condition that the stories above wait for.
        Should.Throw<InvalidOperationException>(() => cluster.RunUntil(() => Stays(cluster, [1, 2]), DecisionMs, "the greater side alone"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crashed_node_is_removed_by_itself_and_another_takes_its_place(int seed)
    {
        var cluster = UpCluster(seed, 3);
        cluster.Kill(1);
        cluster.Start(4, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(3), DecisionMs, "removed, and the new one Up");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_the_majority_crashes_at_once_the_rest_goes_and_waits_for_somebody_to_come_back(int seed)
    {
        var cluster = UpCluster(seed, 5);
        foreach (var index in new[] { 1, 3, 5 })
            cluster.Kill(index);
        cluster.RunUntil(() => !cluster[2].Machine.IsMember && !cluster[4].Machine.IsMember, DecisionMs, "the rest is out");
        cluster.RunFor(10 * DecisionMs);
        cluster[2].Machine.IsMember.ShouldBeFalse();
        cluster[4].Machine.IsMember.ShouldBeFalse();
        cluster.Start(3, 1, 2, 3);
        cluster.RunFor(10_000);
        cluster[3].Machine.IsMember.ShouldBeFalse("it is not the first seed");
        cluster.Start(1, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(4), ReturnMs, "one cluster with the first seed");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nodes_that_are_each_alone_all_go_and_form_one_cluster_when_they_hear_each_other_again(int seed)
    {
        var cluster = UpCluster(seed, 3);
        CutEachFromEach(cluster, 3);
        cluster.RunUntil(() => cluster.Running.All(static n => !n.Machine.IsMember), DecisionMs, "each is out");
        cluster.RunFor(5 * DecisionMs);
        cluster.Running.ShouldAllBe(static n => !n.Machine.IsMember);
        // Two hear each other, and the third may have others behind it: they go on waiting.
        cluster.Heal();
        cluster.Cut([3], [1, 2]);
        cluster.RunFor(DecisionMs);
        cluster.Running.ShouldAllBe(static n => !n.Machine.IsMember);
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(3), ReturnMs, "one cluster");
        cluster.Running.Select(static n => n.Machine.State.Leader).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_partition_that_heals_before_stable_after_downs_nobody(int seed)
    {
        var cluster = UpCluster(seed, 5);
        cluster.RunFor(5000);
        var before = cluster.Running.Select(static n => n.Self).ToArray();
        cluster.Cut([1, 2], [3, 4, 5]);
        cluster.RunFor(18_000);
        cluster.Heal();
        cluster.RunFor(3 * DecisionMs);
        cluster.AllUp(5).ShouldBeTrue(cluster.Describe());
        cluster.Running.Select(static n => n.Self).ShouldBe(before);
        cluster.Running.ShouldAllBe(static n => !n.Events.OfType<ClusterEvent.MemberDowned>().Any());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_first_seed_that_was_downed_founds_no_second_cluster_however_long_it_is_alone(int seed)
    {
        var cluster = UpCluster(seed, 3);
        var before = cluster[1].Self;
        cluster.Cut([1], [2, 3]);
        cluster.RunUntil(() => !cluster[1].Machine.IsMember, DecisionMs, "the first seed is out");
        for (var minute = 0; minute < 60; minute++)
        {
            cluster.RunFor(60_000);
            cluster[1].Machine.IsMember.ShouldBeFalse();
        }
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(3), ReturnMs, "one cluster");
        cluster[1].Self.ShouldNotBe(before);
        cluster[1].Machine.State.Members.ShouldBe(cluster[2].Machine.State.Members);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_first_seed_that_outlived_the_others_begins_anew_when_all_of_them_are_back_or_an_operator_says_so(int seed)
    {
        foreach (var isTold in new[] { false, true })
        {
            var cluster = UpCluster(seed, 3);
            cluster.Kill(2);
            cluster.Kill(3);
            cluster.RunUntil(() => !cluster[1].Machine.IsMember, DecisionMs, "out");
            cluster.Start(2, 1, 2, 3);
            cluster.RunFor(60_000);
            cluster.Running.ShouldAllBe(static n => !n.Machine.IsMember, "the third may be alive and the head of a cluster");
            if (isTold)
                cluster.Do(1, static (m, now) => m.Join(m.Self.Address, now));
            else
                cluster.Start(3, 1, 2, 3);
            cluster.RunUntil(() => cluster.AllUp(isTold ? 2 : 3), ReturnMs, "one cluster");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Links_that_never_settle_make_everybody_go_and_the_cluster_forms_anew_when_they_do(int seed)
    {
        var cluster = UpCluster(seed, 5);
        cluster.RunFor(5000);
        // Two nodes come and go by turns, so that somebody is out of reach all the time and no view lasts.
        for (var round = 0; round < 10 && cluster.Running.All(static n => n.Machine.IsMember); round++)
        {
            var (coming, going) = round % 2 == 0 ? (4, 5) : (5, 4);
            cluster.Cut([going], [1, 2, 3, coming]);
            cluster.RunFor(7000);
            cluster.Heal();
            cluster.Cut([going], [1, 2, 3, coming]);
            cluster.RunFor(5000);
        }
        cluster.Heal();
        cluster.Trace.ShouldContain(static line => line.Contains("kept changing", StringComparison.Ordinal));
        cluster.RunUntil(() => cluster.AllUp(5), 2 * DecisionMs, "one cluster");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Two_nodes_with_a_broken_link_between_them_go_and_the_rest_stays(int seed)
    {
        var cluster = UpCluster(seed, 5);
        cluster.RunFor(5000);
        var before = cluster.Running.Select(static n => n.Self).ToArray();
        cluster.Cut([2], [4]);
        cluster.RunUntil(() => new[] { 1, 3, 5 }.All(i => !cluster[i].Machine.Gossip.HasMember(before[1]) && !cluster[i].Machine.Gossip.HasMember(before[3])), DecisionMs, "both removed");
        // They come back through the others, and are found out again for as long as the link is broken.
        cluster.RunFor(2 * DecisionMs);
        new[] { 1, 3, 5 }.Select(i => cluster[i].Self).ShouldBe([before[0], before[2], before[4]]);
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(5), DecisionMs, "one cluster");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_minority_that_was_leaving_does_not_come_back(int seed)
    {
        var cluster = UpCluster(seed, 3);
        cluster.RunFor(5000);
        cluster.Cut([3], [1, 2]);
        cluster.RunFor(12_000);
        cluster.Do(3, static (m, now) => m.Leave(m.Self.Address, now));
        cluster.RunUntil(() => cluster[3].Machine.HasEnded, DecisionMs, "ended");
        cluster.Heal();
        cluster.RunFor(2 * ReturnMs);
        cluster[1].Sees(MemberStatus.Up, 2).ShouldBeTrue();
        cluster[3].Lineage.HasEnded.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_is_cut_in_whatever_order_there_is_one_cluster_in_the_end_and_never_two_at_a_time(int seed)
    {
        var random = new Random(seed * 6007);
        var cluster = UpCluster(seed, 5);
        for (var round = 0; round < 8; round++)
        {
            var side = Enumerable.Range(1, 5).Where(_ => random.Next(2) == 0).ToArray();
            cluster.Cut(side, [.. Enumerable.Range(1, 5).Except(side)]);
            RunAsOne(cluster, random.Next(60));
            if (random.Next(2) == 0)
                cluster.Heal();
            RunAsOne(cluster, random.Next(20));
        }
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(5), 4 * DecisionMs, "one cluster");
    }

    private static void Partition(int seed, int[] keeps, int[] loses)
    {
        var cluster = UpCluster(seed, keeps.Length + loses.Length);
        cluster.RunFor(seed * 500);
        var kept = keeps.Select(i => cluster[i].Self).ToArray();
        var lost = loses.Select(i => cluster[i].Self).ToArray();
        cluster.Cut(keeps, loses);
        cluster.RunUntil(() => Stays(cluster, keeps) && loses.All(i => !cluster[i].Machine.IsMember), DecisionMs, "decided");
        cluster.RunFor(2 * DecisionMs);
        loses.ShouldAllBe(i => !cluster[i].Machine.IsMember);
        keeps.Select(i => cluster[i].Self).ShouldBe(kept);
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(keeps.Length + loses.Length), ReturnMs, "returned");
        loses.Select(i => cluster[i].Self).Intersect(lost).ShouldBeEmpty("an incarnation that was removed does not come back");
        foreach (var index in loses)
        {
            // Its own removal first, then the others', and later the view of the cluster it is in again.
            var first = cluster[index].Events.OfType<ClusterEvent.MemberRemoved>().First().Member.UniqueAddress;
            lost.ShouldContain(first);
            cluster[index].Events.ShouldNotContain(ClusterEvent.ClusterShuttingDown.Instance);
            cluster[index].EventsAbout(cluster[index]).ShouldBe(["MemberJoined", "MemberUp"]);
        }
    }

    /// <summary>Two nodes that may act, since all whom they know agree with them, and that do not know each other, are two clusters.</summary>
    private static void RunAsOne(SimulatedCluster cluster, int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            cluster.RunFor(1000);
            var agreed = cluster.Running.Where(static n => n.Machine.IsConverged && n.Machine.SelfMember.Status == MemberStatus.Up).ToArray();
            foreach (var one in agreed)
                agreed.ShouldAllBe(other => one.Machine.Gossip.HasMember(other.Self) || other.Machine.Gossip.HasMember(one.Self), cluster.Describe());
        }
    }

    private static bool Stays(SimulatedCluster cluster, int[] side) =>
        side.All(i => cluster[i].Sees(MemberStatus.Up, side.Length) && side.All(j => cluster[i].Machine.Gossip.HasMember(cluster[j].Self)));

    private static void CutEachFromEach(SimulatedCluster cluster, int count)
    {
        for (var i = 1; i <= count; i++)
            cluster.Cut([i], [.. Enumerable.Range(1, count).Where(j => j != i)]);
    }

    private static SimulatedCluster UpCluster(int seed, int count, MembershipSettings? settings = null)
    {
        var cluster = new SimulatedCluster(seed, settings ?? s_resolved) { Rejoins = true };
        for (var i = 1; i <= count; i++)
            cluster.Start(i, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(count), 5000, "Up");
        return cluster;
    }
}
