using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "cluster")]
public sealed class ClusterSpecs : ClusterNetwork
{
    [Fact]
    public void A_node_that_has_not_joined_is_in_no_cluster()
    {
        Here.State.Members.ShouldBeEmpty();
        Here.IsUp.ShouldBeFalse();
        Here.SelfAddress.ShouldBe(AddressOf(Sys));
        Here.SelfUniqueAddress.Address.ShouldBe(Here.SelfAddress);
    }

    [Fact]
    public async Task A_node_that_joins_itself_is_up_and_leads()
    {
        await Join(0);
        await AwaitAssertAsync(() => Here.State.Leader.ShouldBe(Here.SelfAddress));
        Here.SelfMember.Status.ShouldBe(MemberStatus.Up);
        Here.SelfMember.Address.ShouldBe(Here.SelfAddress);
        Here.SelfMember.UniqueAddress.ShouldBe(Here.SelfUniqueAddress);
        Here.IsUp.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_nodes_see_each_other_up_and_agree_on_the_leader()
    {
        var nodes = await Join(1);
        await AwaitAssertAsync(() => Cluster.Get(nodes[1]).State.Leader.ShouldBe(Here.State.Leader));
        Here.State.Members.Select(static member => member.Address).ShouldBe(
            Cluster.Get(nodes[1]).State.Members.Select(static member => member.Address));
        Here.State.Unreachable.ShouldBeEmpty();
    }

    [Fact]
    public async Task Three_nodes_see_each_other_up()
    {
        var nodes = await Join(2);
        foreach (var node in nodes)
            Cluster.Get(node).State.Members.Select(static m => m.UniqueAddress).ShouldBe(nodes.Select(static n => Cluster.Get(n).SelfUniqueAddress), ignoreOrder: true);
    }

    [Fact]
    public async Task The_seed_nodes_of_the_configuration_are_joined_without_being_asked()
    {
        await Join(0);
        var node = StartNode(more: $"akka.cluster.seed-nodes = [\"{Here.SelfAddress}\"]");
        await SeesUp(node, 2);
        await SeesUp(Sys, 2);
    }

    [Fact]
    public async Task Nobody_is_up_before_enough_have_joined()
    {
        const string two = "akka.cluster.min-nr-of-members = 2";
        var first = StartNode(more: two);
        var cluster = Cluster.Get(first);
        cluster.Join(cluster.SelfAddress);
        await AwaitAssertAsync(() => StatusOf(cluster, cluster.SelfAddress).ShouldBe(MemberStatus.Joining), Long);
        var second = StartNode(more: two);
        Cluster.Get(second).Join(cluster.SelfAddress);
        await SeesUp(first, 2);
        await SeesUp(second, 2);
    }

    [Fact]
    public async Task Members_carry_their_roles()
    {
        await Join(0);
        var node = StartNode(more: "akka.cluster.roles = [\"store\", \"web\"]");
        Cluster.Get(node).Join(Here.SelfAddress);
        await SeesUp(Sys, 2);
        var member = Here.State.Members.Single(m => m.Address.Equals(AddressOf(node)));
        member.Roles.ShouldBe(["store", "web"], ignoreOrder: true);
        member.HasRole("store").ShouldBeTrue();
        member.HasRole("other").ShouldBeFalse();
        Cluster.Get(node).SelfRoles.ShouldBe(["store", "web"], ignoreOrder: true);
        await AwaitAssertAsync(() => Here.State.RoleLeader("store").ShouldBe(AddressOf(node)));
    }

    [Fact]
    public async Task A_callback_runs_when_the_node_is_up_and_at_once_where_it_is()
    {
        Here.RegisterOnMemberUp(() => TestActor.Tell("up", ActorRefs.NoSender));
        await Join(0);
        await ExpectMsgAsync("up");
        Here.RegisterOnMemberUp(() => TestActor.Tell("up again", ActorRefs.NoSender));
        await ExpectMsgAsync("up again");
    }

    [Fact]
    public async Task A_subscriber_first_gets_the_state_and_then_the_events_in_their_order()
    {
        await Join(0);
        Here.Subscribe(TestActor, typeof(ClusterEvent.IMemberEvent));
        var state = await ExpectMsgAsync<ClusterEvent.CurrentClusterState>();
        state.Members.Select(static member => member.Address).ShouldBe([Here.SelfAddress]);
        var node = StartNode();
        Cluster.Get(node).Join(Here.SelfAddress);
        (await ExpectMsgAsync<ClusterEvent.MemberJoined>()).Member.Address.ShouldBe(AddressOf(node));
        var up = await ExpectMsgAsync<ClusterEvent.MemberUp>();
        up.Member.Address.ShouldBe(AddressOf(node));
        up.Member.Status.ShouldBe(MemberStatus.Up);
    }

    [Fact]
    public async Task A_subscriber_may_get_the_state_as_the_events_that_led_there()
    {
        await Join(1);
        Here.Subscribe(TestActor, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp));
        var first = await ExpectMsgAsync<ClusterEvent.MemberUp>();
        var second = await ExpectMsgAsync<ClusterEvent.MemberUp>();
        Address[] seen = [first.Member.Address, second.Member.Address];
        seen.ShouldBe(Here.State.Members.Select(static member => member.Address), ignoreOrder: true);
    }

    [Fact]
    public async Task A_subscriber_that_takes_it_back_hears_nothing_more()
    {
        await Join(0);
        var other = CreateTestProbe();
        Here.Subscribe(TestActor, typeof(ClusterEvent.MemberUp));
        Here.Subscribe(other.Ref, typeof(ClusterEvent.MemberUp));
        await ExpectMsgAsync<ClusterEvent.CurrentClusterState>();
        await other.ExpectMsgAsync<ClusterEvent.CurrentClusterState>();
        Here.Unsubscribe(TestActor);
        Cluster.Get(StartNode()).Join(Here.SelfAddress);
        await other.ExpectMsgAsync<ClusterEvent.MemberUp>();
        await ExpectNoMsgAsync(100);
    }

    [Fact]
    public async Task The_state_can_be_asked_for_once()
    {
        await Join(0);
        Here.SendCurrentClusterState(TestActor);
        (await ExpectMsgAsync<ClusterEvent.CurrentClusterState>()).Members.Count.ShouldBe(1);
    }

    [Fact]
    public void A_subscription_to_what_is_no_event_is_refused() =>
        Should.Throw<ArgumentException>(() => Here.Subscribe(TestActor, typeof(string)));
}
