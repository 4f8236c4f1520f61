using KvStore.Actors.Membership;
using KvStore.Actors.PublishSubscribe;

namespace KvStore.Actors.Tests.Membership.Downing;

/// <summary>Whole systems, cut off and let back in, on one thread in virtual time: what the actors of a downed node go through.</summary>
public sealed class RejoinTests
{
    private const string Resolved = "akka.cluster.downing-provider-class = \"Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster\"";

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_node_that_was_cut_off_joins_again_by_itself_and_publish_and_subscribe_go_on(int lost)
    {
        var world = Start(Resolved);
        var self = world.Clusters[lost];
        var old = self.SelfUniqueAddress;
        var probes = world.Systems.ConvertAll(static system => system.Probe());
        for (var i = 0; i < 3; i++)
            Mediator(world, i).Tell(new Subscribe("news", probes[i].Ref), ActorRefs.NoSender);
        var events = world.Systems[lost].Probe();
        self.Subscribe(events.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        world.Advance(TimeSpan.FromSeconds(3));

        world.Network.Cut(self.SelfAddress);
        world.Advance(TimeSpan.FromSeconds(40));
        world.Clusters.FindAll(c => c != self).ShouldAllBe(static c => c.State.Members.Count == 2);
        self.State.Members.ShouldBeEmpty();
        self.IsTerminated.ShouldBeFalse();
        self.SelfMember.Status.ShouldBe(MemberStatus.Removed);
        self.SelfUniqueAddress.ShouldNotBe(old);
        // Its own subscribers hear it as before.
        Mediator(world, lost).Tell(new Publish("news", "to myself"), ActorRefs.NoSender);
        world.Advance(TimeSpan.FromSeconds(1));
        probes[lost].Received.ShouldBe(["to myself"]);

        world.Network.Mend(self.SelfAddress);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Clusters.ShouldAllBe(static c => c.State.Members.Count == 3 && c.State.Members.All(static m => m.Status == MemberStatus.Up));
        self.SelfMember.UniqueAddress.ShouldBe(self.SelfUniqueAddress);
        events.Received.OfType<ClusterEvent.MemberRemoved>().Select(static e => e.Member.UniqueAddress).First().ShouldBe(old);
        events.Received.OfType<ClusterEvent.MemberRemoved>().Count().ShouldBe(3);
        events.Received.OfType<ClusterEvent.MemberUp>().Count(e => e.Member.UniqueAddress == self.SelfUniqueAddress).ShouldBe(1);

        foreach (var probe in probes)
            probe.Received.Clear();
        for (var i = 0; i < 3; i++)
            Mediator(world, i).Tell(new Publish("news", $"from n{i}"), ActorRefs.NoSender);
        world.Advance(TimeSpan.FromSeconds(1));
        foreach (var probe in probes)
            probe.Received.OfType<string>().Order(StringComparer.Ordinal).ShouldBe(["from n0", "from n1", "from n2"]);
        world.Stop();
    }

    [Fact]
    public void Without_a_resolver_the_same_partition_removes_nobody()
    {
        var world = Start("akka.cluster.downing-provider-class = \"\"");
        var before = world.Clusters.ConvertAll(static c => c.SelfUniqueAddress);
        world.Network.Cut(world.Clusters[2].SelfAddress);
        world.Advance(TimeSpan.FromMinutes(3));
        world.Clusters.ShouldAllBe(static c => c.State.Members.Count == 3);
        world.Clusters.ConvertAll(static c => c.SelfUniqueAddress).ShouldBe(before);
        world.Stop();
    }

    [Fact]
    public void A_node_that_stops_while_it_is_out_does_not_join_again()
    {
        var world = Start(Resolved);
        var lost = world.Clusters[2];
        world.Network.Cut(lost.SelfAddress);
        world.Advance(TimeSpan.FromSeconds(40));
        lost.State.Members.ShouldBeEmpty();
        lost.Leave(lost.SelfAddress);
        world.Network.Mend(lost.SelfAddress);
        world.Advance(TimeSpan.FromSeconds(30));
        world.Clusters[0].State.Members.Count.ShouldBe(2);
        lost.State.Members.ShouldBeEmpty();
        world.Stop();
    }

    [Fact]
    public void A_seed_replays_exactly_through_partition_and_return() => Log(seed: 11).ShouldBe(Log(seed: 11));

    private static List<string> Log(int seed)
    {
        var world = Start(Resolved, seed);
        world.Network.Cut(world.Clusters[1].SelfAddress);
        world.Advance(TimeSpan.FromSeconds(40));
        world.Network.Mend(world.Clusters[1].SelfAddress);
        world.Advance(TimeSpan.FromSeconds(20));
        world.Clusters.ShouldAllBe(static c => c.State.Members.Count == 3);
        world.Stop();
        return [.. world.Log.Events.Select(static e => $"{e.LogSource} {e.Message}")];
    }

    private static VirtualCluster Start(string hocon, int seed = 1)
    {
        var world = new VirtualCluster(3, seed, hocon);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Clusters.ShouldAllBe(static c => c.State.Members.Count(static m => m.Status == MemberStatus.Up) == 3);
        return world;
    }

    private static IActorRef Mediator(VirtualCluster world, int node) => DistributedPubSub.Get(world.Systems[node].System).Mediator;
}
