using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "cluster leave")]
public sealed class ClusterLeaveSpecs : ClusterNetwork
{
    [Fact]
    public async Task A_node_that_leaves_passes_through_the_statuses_in_their_order()
    {
        var nodes = await Join(1);
        Here.Subscribe(TestActor, ClusterEvent.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));
        await ExpectMsgAsync<ClusterEvent.CurrentClusterState>();
        var address = AddressOf(nodes[1]);
        Here.Leave(address);
        (await ExpectMsgAsync<ClusterEvent.MemberLeft>()).Member.Address.ShouldBe(address);
        (await ExpectMsgAsync<ClusterEvent.MemberExited>()).Member.Address.ShouldBe(address);
        var removed = await ExpectMsgAsync<ClusterEvent.MemberRemoved>();
        removed.Member.Address.ShouldBe(address);
        removed.PreviousStatus.ShouldBe(MemberStatus.Exiting);
        await SeesOnly(Sys, 1);
    }

    [Fact]
    public async Task A_leave_completes_when_the_node_is_removed_and_its_system_ends()
    {
        var nodes = await Join(1);
        var removed = new TaskCompletionSource();
        Cluster.Get(nodes[1]).RegisterOnMemberRemoved(removed.SetResult);
        await Cluster.Get(nodes[1]).LeaveAsync().WaitAsync(Long);
        await removed.Task.WaitAsync(Long);
        await nodes[1].WhenTerminated.WaitAsync(Long);
        await SeesOnly(Sys, 1);
    }

    [Fact]
    public async Task A_coordinated_shutdown_leaves_the_cluster()
    {
        var nodes = await Join(2);
        await CoordinatedShutdown.Get(nodes[2]).Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Long);
        await SeesOnly(nodes[0], 2);
        await SeesOnly(nodes[1], 2);
        Here.State.Unreachable.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_was_downed_is_removed()
    {
        var nodes = await Join(2);
        Here.Subscribe(TestActor, typeof(ClusterEvent.MemberRemoved));
        await ExpectMsgAsync<ClusterEvent.CurrentClusterState>();
        var address = AddressOf(nodes[2]);
        await Stop(nodes[2]);
        Here.Down(address);
        var removed = await ExpectMsgAsync<ClusterEvent.MemberRemoved>();
        removed.Member.Address.ShouldBe(address);
        removed.PreviousStatus.ShouldBe(MemberStatus.Down);
        await SeesOnly(nodes[1], 2);
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_unreachable()
    {
        var alert = StartNode(more: "akka.cluster.failure-detector.acceptable-heartbeat-pause = 1s");
        var cluster = Cluster.Get(alert);
        cluster.Join(cluster.SelfAddress);
        await SeesUp(alert, 1);
        var silent = StartNode();
        Cluster.Get(silent).Join(cluster.SelfAddress);
        await SeesUp(alert, 2);
        await SeesUp(silent, 2);
        var probe = CreateTestProbe(alert);
        cluster.Subscribe(probe.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember));
        var address = AddressOf(silent);
        await Stop(silent);
        (await probe.ExpectMsgAsync<ClusterEvent.UnreachableMember>()).Member.Address.ShouldBe(address);
        await AwaitAssertAsync(() => cluster.State.Unreachable.Select(static member => member.Address).ShouldBe([address]));
    }

    [Fact]
    public async Task A_watcher_hears_of_an_actor_whose_node_the_cluster_removed()
    {
        await Join(0);
        var node = StartNode(more: "akka.cluster.run-coordinated-shutdown-when-down = off");
        Cluster.Get(node).Join(Here.SelfAddress);
        await SeesUp(Sys, 2);
        var remote = await Known(node);
        await WatchAsync(remote);
        Here.Down(AddressOf(node));
        await ExpectTerminatedAsync(remote);
        await ExpectNoMsgAsync(100);
    }

    [Fact]
    public async Task A_watcher_hears_of_an_actor_whose_node_has_ended()
    {
        var nodes = await Join(1);
        var remote = await Known(nodes[1]);
        await WatchAsync(remote);
        await Stop(nodes[1]);
        Here.Down(remote.Path.Address);
        await ExpectTerminatedAsync(remote);
    }

    [Fact]
    public async Task A_node_that_starts_again_on_its_address_is_a_new_incarnation_in_the_place_of_the_old()
    {
        var nodes = await Join(1);
        var address = AddressOf(nodes[1]);
        var before = Cluster.Get(nodes[1]).SelfUniqueAddress;
        await Stop(nodes[1]);
        var again = StartNode(address.Port!.Value);
        AddressOf(again).ShouldBe(address);
        Cluster.Get(again).SelfUniqueAddress.ShouldNotBe(before);
        Cluster.Get(again).Join(Here.SelfAddress);
        await SeesUp(again, 2);
        await AwaitAssertAsync(
            () => Here.State.Members.Select(static m => m.UniqueAddress).ShouldBe([Here.SelfUniqueAddress, Cluster.Get(again).SelfUniqueAddress], ignoreOrder: true), Long);
    }

    /// <summary>An actor of another node by the reference it answers with, which names its incarnation.</summary>
    private async Task<IActorRef> Known(ActorSystem node)
    {
        Across(Sys, node, node.ActorOf<Echo>("echo")).Tell(new Parcel("hello"));
        await ExpectMsgAsync(new Parcel("hello"));
        return LastSender;
    }
}
