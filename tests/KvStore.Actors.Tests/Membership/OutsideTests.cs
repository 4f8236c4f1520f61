using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

/// <summary>Two clusters that have removed each other: what still passes between them, and how a node changes over.</summary>
public sealed class OutsideTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Those_who_give_their_membership_up_for_that_of_others_are_let_in_there(int seed)
    {
        var cluster = Split(seed);
        var stays = new[] { 1, 2, 3 }.Select(i => cluster[i].Self).ToList();
        var left = cluster[4].Self;
        foreach (var index in (int[])[4, 5])
            JoinInstead(cluster, index);
        cluster.RunUntil(() => cluster.AllUp(5), 30_000, "one cluster");
        new[] { 1, 2, 3 }.Select(i => cluster[i].Self).ShouldBe(stays);
        cluster[4].Self.Address.ShouldBe(left.Address);
        cluster[4].Self.ShouldNotBe(left);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_that_is_out_and_knows_nobody_who_is_left_asks_those_it_is_told_of(int seed)
    {
        var cluster = new SimulatedCluster(seed) { Rejoins = true };
        cluster.Start(1, 1);
        // Its seed is a machine that is gone.
        cluster.Start(2, 9);
        cluster.RunFor(30_000);
        cluster[2].Machine.IsMember.ShouldBeFalse();
        JoinInstead(cluster, 2, 1);
        cluster.RunUntil(() => cluster.AllUp(2), 5_000, "let in");
    }

    [Fact]
    public void One_that_is_leaving_or_that_nobody_has_told_to_join_stays_as_it_is()
    {
        var cluster = Split(seed: 1);
        cluster.Do(4, static (m, now) => m.Leave(m.Self.Address, now));
        JoinInstead(cluster, 4);
        cluster[4].Machine.SelfMember.Status.ShouldNotBe(MemberStatus.Down);
        cluster.StartIdle(6);
        JoinInstead(cluster, 6);
        cluster.RunFor(30_000);
        cluster[6].Machine.IsMember.ShouldBeFalse();
        cluster[1].Machine.Gossip.Members.Count.ShouldBe(3);
    }

    [Fact]
    public void Words_pass_where_actors_are_not_heard_any_more()
    {
        var world = new VirtualCluster(3, seed: 1, "akka.cluster.downing-provider-class = \"\"");
        world.Advance(TimeSpan.FromSeconds(10));
        var (here, there) = (world.Clusters[0], world.Clusters[2]);
        var heard = world.Systems[2].Probe();
        there.ListenOutside(heard.Ref);
        here.RemovedAddresses.ShouldBeEmpty();
        world.Network.Cut(there.SelfAddress);
        world.Advance(TimeSpan.FromSeconds(20));
        here.Down(there.SelfAddress);
        there.Down(here.SelfAddress);
        there.Down(world.Clusters[1].SelfAddress);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Network.Mend(there.SelfAddress);
        here.State.Members.Count.ShouldBe(2);
        there.State.Members.Count.ShouldBe(1);
        here.RemovedAddresses.ShouldBe([there.SelfAddress]);
        there.RemovedAddresses.ShouldBe([here.SelfAddress, world.Clusters[1].SelfAddress]);

        here.TellOutside(there.SelfAddress, "hello"u8.ToArray());
        world.Systems[0].Provider.ResolveActorRef(there.SelfAddress + heard.Ref.Path.ToStringWithoutAddress()).Tell("not heard", ActorRefs.NoSender);
        world.Advance(TimeSpan.FromSeconds(2));
        var word = heard.Received.ShouldHaveSingleItem().ShouldBeOfType<OutsideMessage>();
        word.From.ShouldBe(here.SelfAddress);
        word.Content.ToArray().ShouldBe("hello"u8.ToArray());
        Should.Throw<ArgumentException>(() => here.TellOutside(there.SelfAddress, new byte[MembershipCodec.MaxOutsideBytes + 1]));
        world.Stop();
    }

    private static void JoinInstead(SimulatedCluster cluster, int index, params int[] others)
    {
        others = others.Length > 0 ? others : [1, 2, 3];
        cluster[index].Lineage.JoinInstead([.. others.Select(SimulatedCluster.AddressOf)], cluster.NowMs + cluster[index].ClockSkewMs);
        cluster.Do(index, static (_, _) => { });
    }

    // Of five, each side has judged the other dead, and the network is whole again.
    private static SimulatedCluster Split(int seed)
    {
        var cluster = new SimulatedCluster(seed) { Rejoins = true };
        // Their seed is on the side that is to move: it shows nobody the way.
        foreach (var index in (int[])[4, 1, 2, 3, 5])
            cluster.Start(index, 4);
        cluster.RunUntil(() => cluster.AllUp(5), 10_000, "Up");
        cluster.Cut([1, 2, 3], [4, 5]);
        cluster.RunFor(15_000);
        foreach (var index in (int[])[4, 5])
            cluster.Do(1, (m, now) => m.Down(SimulatedCluster.AddressOf(index), now));
        foreach (var index in (int[])[1, 2, 3])
            cluster.Do(4, (m, now) => m.Down(SimulatedCluster.AddressOf(index), now));
        cluster.RunUntil(() => cluster[1].Sees(MemberStatus.Up, 3) && cluster[4].Sees(MemberStatus.Up, 2) && cluster[5].Sees(MemberStatus.Up, 2), 15_000, "two clusters");
        cluster.Heal();
        cluster.RunFor(30_000);
        cluster[1].Machine.Gossip.Members.Count.ShouldBe(3, "nothing makes one of them by itself");
        return cluster;
    }
}
