using KvStore.Actors.Membership;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Membership;

public sealed class ClusterTests
{
    [Fact]
    public async Task Three_systems_find_each_other_through_their_seeds_and_tell_it_in_order()
    {
        await using var a = TestNode.Start("cluster");
        var seeds = $"akka.cluster.seed-nodes = [\"{a.Address}\"], akka.cluster.roles = [store]";
        var inbox = a.Inbox();
        a.Cluster.Subscribe(inbox.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        a.Cluster.SelfUniqueAddress.Address.ShouldBe(a.Address);
        a.Cluster.SelfMember.Status.ShouldBe(MemberStatus.Removed);
        a.Cluster.JoinSeedNodes([a.Address]);
        (await inbox.Next<ClusterEvent.MemberJoined>()).Member.Address.ShouldBe(a.Address);
        (await inbox.Next<ClusterEvent.MemberUp>()).Member.Address.ShouldBe(a.Address);
        await using var b = TestNode.Start("cluster", hocon: seeds);
        (await inbox.Next<ClusterEvent.MemberJoined>()).Member.Address.ShouldBe(b.Address);
        (await inbox.Next<ClusterEvent.MemberUp>()).Member.UniqueAddress.ShouldBe(b.Cluster.SelfUniqueAddress);
        await using var c = TestNode.Start("cluster", hocon: seeds);
        (await inbox.Next<ClusterEvent.MemberJoined>()).Member.HasRole("store").ShouldBeTrue();
        (await inbox.Next<ClusterEvent.MemberUp>()).Member.Address.ShouldBe(c.Address);
        foreach (var node in new[] { a, b, c })
            await node.SeesUp(3);
        // One who subscribes late gets the same story, or the state at once.
        var late = b.Inbox();
        b.Cluster.Subscribe(late.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp));
        (await late.Next<ClusterEvent.MemberUp>()).Member.Status.ShouldBe(MemberStatus.Up);
        await late.Next<ClusterEvent.MemberUp>();
        await late.Next<ClusterEvent.MemberUp>();
        var snapshot = c.Inbox();
        c.Cluster.Subscribe(snapshot.Ref, typeof(ClusterEvent.MemberUp));
        (await snapshot.Next<ClusterEvent.CurrentClusterState>()).Members.Count.ShouldBe(3);
        c.Cluster.SelfRoles.ShouldBe(["store"]);
        c.Cluster.IsUp.ShouldBeTrue();
    }

    [Fact]
    public async Task A_killed_node_becomes_unreachable_and_its_successor_takes_its_place()
    {
        var nodes = await TestNode.StartCluster(3);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var old = nodes[2].Cluster.SelfUniqueAddress;
        var inbox = a.Inbox();
        a.Cluster.Subscribe(inbox.Ref, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        await inbox.Next<ClusterEvent.CurrentClusterState>();
        await nodes[2].Kill();
        (await inbox.Until<ClusterEvent.UnreachableMember>()).Member.UniqueAddress.ShouldBe(old);
        await using var c = TestNode.Start("cluster", old.Address.Port!.Value);
        c.Cluster.SelfUniqueAddress.ShouldNotBe(old);
        c.Cluster.JoinSeedNodes([a.Address]);
        (await inbox.Until<ClusterEvent.MemberRemoved>()).Member.UniqueAddress.ShouldBe(old);
        (await inbox.Until<ClusterEvent.MemberUp>()).Member.UniqueAddress.ShouldBe(c.Cluster.SelfUniqueAddress);
        await c.SeesUp(3);
        c.System.ActorOf(Props.Create<EchoActor>(), "echo");
        (await a.RefTo(c, "/user/echo").Ask<string>("there again", TestNode.Patience)).ShouldBe("there again");
    }

    [Fact]
    public async Task Actors_of_a_removed_node_count_as_stopped_also_for_those_who_watch_later()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        var b = nodes[1];
        // A reference to somewhere that never answers: only the cluster can say that its node is gone.
        var inbox = a.Inbox();
        await b.Kill();
        var somebody = a.RefTo(b, "/user/somebody#1");
        inbox.Watch(somebody);
        a.Cluster.Down(b.Address);
        var terminated = await inbox.Next<Terminated>();
        terminated.AddressTerminated.ShouldBeTrue();
        terminated.ActorRef.ShouldBe(somebody);
        var late = a.Inbox();
        late.Watch(a.RefTo(b, "/user/another"));
        (await late.Next<Terminated>()).AddressTerminated.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_shuts_down_leaves_gracefully_and_the_last_one_ends_quickly()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        var b = nodes[1];
        var inbox = a.Inbox();
        a.Cluster.Subscribe(inbox.Ref, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        await inbox.Next<ClusterEvent.CurrentClusterState>();
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Cluster.RegisterOnMemberRemoved(() => removed.TrySetResult());
        await CoordinatedShutdown.Get(b.System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(TestNode.Patience);
        await removed.Task.WaitAsync(TestNode.Patience);
        await inbox.Next<ClusterEvent.MemberLeft>();
        await inbox.Next<ClusterEvent.MemberExited>();
        (await inbox.Next<ClusterEvent.MemberRemoved>()).PreviousStatus.ShouldBe(MemberStatus.Exiting);
        b.Cluster.IsTerminated.ShouldBeTrue();
        await CoordinatedShutdown.Get(a.System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(TestNode.Patience);
        a.Log.Events.Select(static e => e.Message.ToString()!).ShouldNotContain(static text => text.Contains("timed out", StringComparison.Ordinal));
        a.System.WhenTerminated.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_member_that_is_asked_to_leave_shuts_its_system_down()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        a.Cluster.Leave(b.Address);
        await b.System.WhenTerminated.WaitAsync(TestNode.Patience);
        CoordinatedShutdown.Get(b.System).ShutdownReason.ShouldBeOfType<CoordinatedShutdown.ClusterLeavingReason>();
        await a.SeesUp(1);
    }

    [Fact]
    public async Task A_downed_member_returns_with_another_uid_and_its_system_lives_on()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var inbox = b.Inbox();
        b.Cluster.Subscribe(inbox.Ref, typeof(ClusterEvent.IMemberEvent));
        await inbox.Next<ClusterEvent.CurrentClusterState>();
        var old = b.Cluster.SelfUniqueAddress;
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Cluster.RegisterOnMemberRemoved(() => removed.TrySetResult());
        var witness = a.Inbox();
        a.Cluster.Subscribe(witness.Ref, typeof(ClusterEvent.MemberRemoved));
        await witness.Next<ClusterEvent.CurrentClusterState>();
        a.Cluster.Down(b.Address);
        (await inbox.Until<ClusterEvent.MemberRemoved>()).Member.UniqueAddress.ShouldBe(old, "its own removal comes first");
        (await witness.Next<ClusterEvent.MemberRemoved>()).Member.UniqueAddress.ShouldBe(old);
        await removed.Task.WaitAsync(TestNode.Patience);
        await inbox.Until(message => message is ClusterEvent.MemberUp { Member.Address: var address } && address == b.Address);
        b.Cluster.IsTerminated.ShouldBeFalse();
        b.Cluster.SelfUniqueAddress.ShouldNotBe(old);
        b.Cluster.SelfMember.Status.ShouldBe(MemberStatus.Up);
        await a.SeesUp(2);
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        (await a.RefTo(b, "/user/echo").Ask<string>("alive", TestNode.Patience)).ShouldBe("alive");
        // The shutdown waits for this incarnation's leave, although the former one has long been gone.
        await CoordinatedShutdown.Get(b.System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(TestNode.Patience);
        (await witness.Until<ClusterEvent.MemberRemoved>()).PreviousStatus.ShouldBe(MemberStatus.Exiting);
    }

    [Fact]
    public async Task A_callback_runs_when_the_node_is_up_and_one_that_comes_later_at_once()
    {
        await using var a = TestNode.Start("cluster");
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        a.Cluster.RegisterOnMemberUp(() => first.TrySetResult());
        a.Cluster.Join(a.Cluster.SelfAddress);
        await first.Task.WaitAsync(TestNode.Patience);
        a.Cluster.RegisterOnMemberUp(() => second.TrySetResult());
        await second.Task.WaitAsync(TestNode.Patience);
        await a.Cluster.LeaveAsync().WaitAsync(TestNode.Patience);
        await a.System.WhenTerminated.WaitAsync(TestNode.Patience);
    }

    [Fact]
    public async Task A_system_of_another_provider_has_no_cluster()
    {
        await using var a = TestNode.Start();
        Should.Throw<ConfigurationException>(() => Cluster.Get(a.System)).Message.ShouldContain("akka.actor.provider");
    }
}
