using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

/// <summary>The stories of issue and operation, each under several seeds.</summary>
public sealed class MembershipScenarioTests
{
    private const int SeedsPerStory = 20;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, SeedsPerStory)];

    [Fact]
    public void A_node_whose_only_seed_is_itself_is_up_at_once()
    {
        var cluster = new SimulatedCluster(1);
        var node = cluster.Start(1, 1);
        node.Machine.SelfMember.Status.ShouldBe(MemberStatus.Up);
        node.EventsAbout(node).ShouldBe(["MemberJoined", "MemberUp"]);
        node.Machine.State.Leader.ShouldBe(node.Self.Address);
    }

    [Fact]
    public void A_node_that_joins_itself_without_seeds_is_up_at_once()
    {
        var cluster = new SimulatedCluster(1);
        var node = cluster.StartIdle(1);
        cluster.Do(1, (m, now) => m.Join(m.Self.Address, now));
        node.Machine.SelfMember.Status.ShouldBe(MemberStatus.Up);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Three_and_five_nodes_that_start_together_are_all_up_soon(int seed)
    {
        foreach (var count in new[] { 3, 5 })
        {
            var cluster = new SimulatedCluster(seed);
            for (var i = 1; i <= count; i++)
                cluster.Start(i, 1, 2, 3);
            cluster.RunUntil(() => cluster.AllUp(count), 3000, $"{count} nodes Up").ShouldBeLessThan(1500);
            cluster.Running.Select(n => n.Machine.State.Leader).Distinct().ShouldHaveSingleItem().ShouldBe(SimulatedCluster.AddressOf(1));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Twenty_nodes_with_one_seed_form_one_cluster(int seed)
    {
        var cluster = new SimulatedCluster(seed);
        for (var i = 1; i <= 20; i++)
            cluster.Start(i, 1);
        cluster.RunUntil(() => cluster.AllUp(20), 15_000, "20 nodes Up");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_first_seed_that_comes_late_is_waited_for(int seed)
    {
        var cluster = new SimulatedCluster(seed);
        cluster.Start(2, 1, 2, 3);
        cluster.Start(3, 1, 2, 3);
        cluster.RunFor(20_000);
        cluster[2].Machine.IsMember.ShouldBeFalse();
        cluster.Start(1, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(3), 3000, "all Up");
    }

    [Fact]
    public void The_first_seed_begins_alone_when_the_others_stay_silent_for_the_seed_node_timeout()
    {
        var cluster = new SimulatedCluster(1);
        cluster.Start(1, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(1), 6000, "alone").ShouldBeInRange(5000, 5100);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_restarted_first_seed_joins_the_cluster_that_went_on_without_it(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 3);
        var old = cluster[1];
        cluster.Kill(1);
        cluster.RunFor(300);
        var young = cluster.Start(1, 1, 2, 3);
        var took = cluster.RunUntil(() => cluster.AllUp(3), 5000, "restarted");
        took.ShouldBeLessThan(2000);
        young.Self.ShouldNotBe(old.Self);
        cluster[2].Machine.Gossip.HasMember(old.Self).ShouldBeFalse();
        cluster[2].EventsAbout(old).TakeLast(2).ShouldBe(["MemberDowned", "MemberRemoved"]);
        cluster[2].EventsAbout(young).Last().ShouldBe("MemberUp");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_member_killed_and_restarted_is_up_again_within_two_seconds(int seed)
    {
        foreach (var victim in new[] { 1, 2, 3, 4, 5 })
        {
            var cluster = SimulatedCluster.Up(seed, 5);
            cluster.Kill(victim);
            cluster.RunFor(50);
            cluster.Start(victim, 1, 2, 3);
            cluster.RunUntil(() => cluster.AllUp(5), 5000, $"node{victim} restarted").ShouldBeLessThan(2000);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crashed_node_is_unreachable_for_all_others_within_ten_seconds(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 5);
        cluster.RunFor(30_000);
        var victim = cluster[3];
        cluster.Kill(3);
        cluster.RunUntil(() => cluster.Running.All(n => n.SeesUnreachable(victim)), 10_000, "unreachable");
        cluster[1].Machine.Gossip.Find(victim.Self)!.Status.ShouldBe(MemberStatus.Up, "without a resolver nobody is downed");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_node_that_crashed_before_its_first_heartbeat_is_found_too(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 3);
        var victim = cluster[2];
        cluster.Kill(2);
        cluster.RunUntil(() => cluster.Running.All(n => n.SeesUnreachable(victim)), 10_000, "unreachable");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_partition_makes_both_sides_unreachable_and_its_end_reachable_again(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 5);
        cluster.RunFor(10_000);
        cluster.Cut([1, 2], [3, 4, 5]);
        cluster.RunUntil(
            () => cluster.Running.All(n => cluster.Running.All(m => n.Index <= 2 == m.Index <= 2 || n.SeesUnreachable(m))),
            10_000,
            "both sides unreachable");
        cluster.RunFor(20_000);
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(5) && cluster.Running.All(n => n.Machine.State.Unreachable.IsEmpty), 10_000, "healed");
        var back = cluster[1].Events.OfType<ClusterEvent.ReachableMember>().Select(e => e.Member.Address).ToHashSet();
        back.IsSupersetOf([cluster[3].Self.Address, cluster[4].Self.Address, cluster[5].Self.Address]).ShouldBeTrue();
        cluster[1].Events.OfType<ClusterEvent.MemberRemoved>().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_link_cut_in_one_direction_is_noticed_and_mended(int seed)
    {
        var cluster = SimulatedCluster.Up(seed, 3);
        cluster.RunFor(5000);
        cluster.CutOneWay(1, 2);
        cluster.RunUntil(() => cluster.Running.All(n => n.Machine.State.Unreachable.Count > 0), 12_000, "noticed by all");
        cluster.Heal();
        cluster.RunUntil(() => cluster.AllUp(3), 10_000, "mended");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_cluster_forms_and_heals_although_a_fifth_of_all_messages_is_lost(int seed)
    {
        var cluster = new SimulatedCluster(seed) { LossPerMille = 200 };
        for (var i = 1; i <= 5; i++)
            cluster.Start(i, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(5), 60_000, "Up in spite of losses");
        cluster.Kill(1);
        cluster.Start(1, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(5), 60_000, "restarted in spite of losses");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_befalls_a_cluster_it_agrees_once_the_faults_end(int seed)
    {
        var random = new Random(seed * 7919);
        var cluster = SimulatedCluster.Up(seed, 5);
        for (var round = 0; round < 12; round++)
        {
            switch (random.Next(4))
            {
                case 0:
                    var victim = 1 + random.Next(5);
                    if (victim == 1)
                    {
                        // The first seed, restarted where it can reach nobody, forms a cluster of its own: Akka's rule, and a
                        // reason to list several seeds and to start that one with care. It is not this story.
                        cluster.Heal();
                        cluster.LossPerMille = 0;
                    }
                    cluster.Kill(victim);
                    cluster.RunFor(random.Next(3000));
                    cluster.Start(victim, 1, 2, 3);
                    break;
                case 1:
                    var apart = 1 + random.Next(5);
                    cluster.Cut([apart], [.. Enumerable.Range(1, 5).Where(i => i != apart)]);
                    break;
                case 2:
                    cluster.LossPerMille = random.Next(400);
                    break;
                default:
                    cluster.Heal();
                    break;
            }
            cluster.RunFor(random.Next(15_000));
        }
        cluster.Heal();
        cluster.LossPerMille = 0;
        cluster.RunUntil(() => cluster.AllUp(5), 60_000, "agreed");
        // One version names one content.
        cluster.RunFor(5000);
        var first = cluster[1].Machine.Gossip;
        cluster.Running.ShouldAllBe(n => n.Machine.Gossip.SameContent(first) && n.Machine.Gossip.Version.Equals(first.Version));
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        static string Run()
        {
            var cluster = SimulatedCluster.Up(42, 5);
            cluster.Kill(2);
            cluster.RunFor(20_000);
            return cluster.Describe() + cluster.MessagesSent + cluster.BytesSent;
        }

        Run().ShouldBe(Run());
    }

    [Fact]
    public void Nobody_is_up_before_the_minimum_has_joined()
    {
        var cluster = new SimulatedCluster(3, new MembershipSettings { MinNrOfMembers = 3 });
        cluster.Start(1, 1);
        cluster.Start(2, 1);
        cluster.RunFor(10_000);
        cluster[1].Machine.SelfMember.Status.ShouldBe(MemberStatus.Joining);
        cluster.Start(3, 1);
        cluster.RunUntil(() => cluster.AllUp(3), 3000, "enough");
    }

    [Fact]
    public void A_node_of_another_actor_system_is_not_let_in()
    {
        var cluster = new SimulatedCluster(1);
        var node = cluster.Start(1, 1);
        var stranger = new UniqueAddress(new Address("akka.tcp", "other", "node9", 4053), 1);
        cluster.Do(1, (m, now) => m.OnMessage(new JoinMessage(stranger, [], AppVersion.Zero), now));
        node.Machine.Gossip.Members.Count.ShouldBe(1);
        cluster.Trace.ShouldContain(line => line.Contains("actor system", StringComparison.Ordinal));
    }
}
