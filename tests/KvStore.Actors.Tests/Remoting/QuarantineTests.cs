using System.Globalization;
using KvStore.Actors.Event;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Remoting;

public sealed class QuarantineTests
{
    [Fact]
    public async Task What_a_removed_member_still_says_is_dropped_until_it_is_a_member_again()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var events = a.Inbox();
        a.Cluster.Subscribe(events.Ref, typeof(ClusterEvent.MemberRemoved));
        var inbox = a.Inbox("inbox");
        var fromB = b.RefTo(a, "/user/inbox");
        (await inbox.NextAfter(() => fromB.Tell("hello", ActorRefs.NoSender))).ShouldBe("hello");
        a.Cluster.Down(b.Address);
        await events.Until<ClusterEvent.MemberRemoved>();
        var counters = RemotingCounters.Of(a.System);
        await Eventually.Holds(() =>
        {
            fromB.Tell("ghost", ActorRefs.NoSender);
            return counters.Quarantined > 0;
        });
        Warnings(a).ShouldContain(static text => text.Contains("is no longer in the cluster", StringComparison.Ordinal));
        // The process lives on, and its membership begins anew under another number.
        ((TransportRemoting)((ActorSystemImpl)a.System).Remoting!).OnMember(new UniqueAddress(b.Address, 12345));
        // What was still under way when it became a member again is its word too.
        object heard;
        do
            heard = await inbox.NextAfter(() => fromB.Tell("back", ActorRefs.NoSender));
        while (heard is "hello" or "ghost");
        heard.ShouldBe("back");
        counters.QuarantinedConnections.ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_nodes_with_one_address_the_one_that_answers_there_is_heard()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        var port = b.Address.Port!.Value.ToString(CultureInfo.InvariantCulture);
        await using var impostor = TestNode.Start(hocon: $"akka.remote.dot-netty.tcp.public-port = {port}");
        impostor.Address.ShouldBe(b.Address);
        var inbox = a.Inbox("inbox");
        var echo = a.RefTo(b, "/user/echo");
        (await echo.Ask<string>("first", TestNode.Patience)).ShouldBe("first");
        var fromImpostor = impostor.RefTo(a, "/user/inbox");
        (await inbox.NextAfter(() => fromImpostor.Tell("claimed", ActorRefs.NoSender))).ShouldBe("claimed");
        // The claim makes this node dial again, and the answer settles it.
        var replies = a.Inbox();
        (await replies.NextAfter(() => echo.Tell("second", replies.Ref))).ShouldBe("second");
        var counters = RemotingCounters.Of(a.System);
        var before = counters.Quarantined + counters.QuarantinedConnections;
        await Eventually.Holds(() =>
        {
            fromImpostor.Tell("ignored", ActorRefs.NoSender);
            return counters.Quarantined + counters.QuarantinedConnections > before;
        });
        (await echo.Ask<string>("third", TestNode.Patience)).ShouldBe("third");
        Warnings(a).ShouldContain(static text => text.Contains("that incarnation is no longer in the cluster", StringComparison.Ordinal) || text.Contains("counts as dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_whose_address_another_has_taken_is_refused_and_told_why()
    {
        await using var a = TestNode.Start();
        await using var transport = new TcpTransport(new TransportSettings { System = "net", Uid = 1 }, TimeProvider.System);
        transport.Listen(new RecordingHandler());
        var address = transport.Self.Address;
        var remoting = (ITransportHandler)((ActorSystemImpl)a.System).Remoting!;
        remoting.OnConnected(new PeerIdentity(address, 1), Lane.Data, inbound: true);
        remoting.OnConnected(new PeerIdentity(address, 2), Lane.Data, inbound: true);
        var heard = new RecordingHandler();
        await using var late = new TcpTransport(new TransportSettings { System = "net", Uid = 1, PublicPort = address.Port }, TimeProvider.System);
        late.Listen(heard);
        late.Associate(a.Address).Write(Lane.Data, "/user/x", null, 1, "", []);
        (await heard.NextEventAsync("failed out")).ShouldContain("another node has taken the address");
        RemotingCounters.Of(a.System).QuarantinedConnections.ShouldBeGreaterThanOrEqualTo(1);
        RemotingCounters.Of(a.System).Refused.ShouldBeGreaterThanOrEqualTo(1);
        Warnings(a).ShouldContain(static text => text.Contains("counts as dead", StringComparison.Ordinal));
    }

    private static string[] Warnings(TestNode node) => [.. node.Log.Events.OfType<Warning>().Select(static e => e.Message.ToString()!)];
}
