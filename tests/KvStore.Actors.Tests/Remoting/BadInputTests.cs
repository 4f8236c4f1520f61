using System.Net.Sockets;
using KvStore.Actors.Event;
using KvStore.Actors.Remoting;
using KvStore.Actors.Tests.Fixtures;
using KvStore.Hocon;

namespace KvStore.Actors.Tests.Remoting;

/// <summary>What the other tests of this folder do not show: each is refused or dropped with a line and a count, and the node goes on.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task A_node_of_a_cluster_with_another_name_is_refused_with_a_line_on_both_sides()
    {
        await using var a = TestNode.Start();
        await using var transport = new TcpTransport(new TransportSettings { System = "other", Uid = 1 }, TimeProvider.System);
        var heard = new RecordingHandler();
        transport.Listen(heard);
        transport.Associate(a.Address).Write(Lane.Data, "/user/x", null, 1, "", []);
        (await heard.NextEventAsync("failed out")).ShouldContain("this is the actor system 'net', not 'other'");
        RemotingCounters.Of(a.System).Refused.ShouldBeGreaterThanOrEqualTo(1);
        Warnings(a).ShouldContain(text => text.Contains($"A connection from {transport.Self.Address} was refused: this is the actor system 'net'", StringComparison.Ordinal));
        await StillWorks(a);
    }

    [Fact]
    public async Task A_node_that_claims_this_nodes_own_address_is_refused()
    {
        await using var a = TestNode.Start();
        using var socket = await Dial(a);
        await socket.SendAsync(Handshake.Write(new Hello(Lane.Control, new PeerIdentity(a.Address, 77), a.Address)));
        var reply = new byte[1000];
        var count = await socket.ReceiveAsync(reply);
        Handshake.ReadReply(reply.AsSpan(Frames.LengthBytes, count - Frames.LengthBytes)).Refusal!.ShouldContain("is this node's own address");
        RemotingCounters.Of(a.System).Refused.ShouldBe(1);
        await StillWorks(a);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_in_the_middle_of_a_frame_holds_up_nobody_and_can_come_back()
    {
        await using var a = TestNode.Start();
        var inbox = a.Inbox("inbox");
        var hello = Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "net", "h", 1), 5), a.Address));
        using var first = await Dial(a);
        await first.SendAsync(hello);
        await first.ReceiveAsync(new byte[1000]);
        await first.SendAsync(new byte[] { 50, 0, 0, 0, (byte)FrameKind.Message, 0, 0x80 });
        await StillWorks(a);
        using var second = await Dial(a);
        await second.SendAsync(hello);
        (await second.ReceiveAsync(new byte[1000])).ShouldBeGreaterThan(0);
        (await first.ReceiveAsync(new byte[1]).WaitAsync(TestNode.Patience)).ShouldBe(0, "the half-open connection is closed by the new one");
        var recipient = $"{a.Address}/user/inbox";
        var writer = new MessageFrameWriter();
        var frame = new byte[writer.Measure(recipient, null, "S", 5)];
        writer.Write(recipient, null, 17, "S", "again"u8, frame);
        await second.SendAsync(frame);
        (await inbox.Next()).ShouldBe("again");
    }

    [Theory]
    [InlineData("port = many", "port")]
    [InlineData("port = { a = 1 }", "port")]
    [InlineData("maximum-frame-size = large", "maximum-frame-size")]
    [InlineData("maximum-frame-size = [1, 2]", "maximum-frame-size")]
    [InlineData("maximum-message-size = 1k", "maximum-message-size")]
    [InlineData("enable-ssl = perhaps", "enable-ssl")]
    [InlineData("hostname = { a = 1 }", "hostname")]
    public void A_key_of_the_wrong_type_fails_the_start_and_is_named(string setting, string key)
    {
        var error = Should.Throw<Exception>(() => TestNode.Start(hocon: $"akka.remote.dot-netty.tcp {{ {setting} }}"));
        (error is HoconException or AkkaException).ShouldBeTrue(error.GetType().Name);
        error.Message.ShouldContain(key);
    }

    private static async Task<Socket> Dial(TestNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", node.Address.Port!.Value);
        return socket;
    }

    private static async Task StillWorks(TestNode node)
    {
        await using var other = TestNode.Start();
        node.System.ActorOf(Props.Create<EchoActor>(), "echo");
        (await other.RefTo(node, "/user/echo").Ask<string>("fine", TestNode.Patience)).ShouldBe("fine");
    }

    private static string[] Warnings(TestNode node) => [.. node.Log.Events.OfType<Warning>().Select(static e => e.Message.ToString()!)];
}
