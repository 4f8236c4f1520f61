using KvStore.Actors.Remoting;

namespace KvStore.Actors.Tests.Remoting;

/// <summary>Who is not let in, and what costs a connection: no peer, and no garbage, takes anything from the others.</summary>
public sealed class TcpStrangerTests : TcpTransportFixture
{
    [Fact]
    public async Task A_node_of_another_actor_system_is_refused_and_told_why()
    {
        var (a, events) = Start(s => s with { System = "other" });
        var (b, refusals) = Start();
        a.Associate(b.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", "x"u8);
        (await events.NextEventAsync("failed out")).ShouldContain("this is the actor system 'kv', not 'other'");
        await refusals.NextEventAsync("failed in");
        b.Counters.Refused.ShouldBeGreaterThan(0);
        a.Counters.Refused.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_node_that_dialled_somebody_else_is_refused()
    {
        var (a, events) = Start();
        var (b, _) = Start();
        a.Associate(b.Self.Address.WithHost("localhost")).Write(Lane.Data, "/user/store", null, 1, "", "x"u8);
        (await events.NextEventAsync("failed out")).ShouldContain($"this is {b.Self.Address}, not");
    }

    [Fact]
    public async Task Another_protocol_version_is_refused_by_name()
    {
        var (b, events) = Start();
        using var stranger = Dial(b);
        var hello = Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "kv", "h", 1), 1), b.Self.Address));
        hello[Frames.LengthBytes + 1 + 4] = 99;
        await stranger.SendAsync(hello);
        (await events.NextEventAsync("failed in")).ShouldContain("version 99");
        Handshake.ReadReply(await ReceiveFrameAsync(stranger)).Refusal!.ShouldContain("version 99");
        b.Counters.Refused.ShouldBe(1);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\u0005\0\0\0XXXXX")]
    [InlineData("\0\0\0\0")]
    public async Task Garbage_closes_the_connection_and_is_counted(string garbage)
    {
        var (b, events) = Start();
        using var stranger = Dial(b);
        await stranger.SendAsync(System.Text.Encoding.Latin1.GetBytes(garbage));
        await events.NextEventAsync("failed in");
        (await ClosedAsync(stranger)).ShouldBeTrue();
        b.Counters.Malformed.ShouldBe(1);
        await StillWorksAsync(b, events);
    }

    [Fact]
    public async Task A_frame_bomb_closes_the_connection_and_is_counted()
    {
        var (b, events) = Start();
        using var peer = Dial(b);
        await peer.SendAsync(Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "kv", "h", 1), 5), b.Self.Address)));
        Handshake.ReadReply(await ReceiveFrameAsync(peer)).Accepted.ShouldBe(b.Self);
        await peer.SendAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0x7F, 4 });
        (await events.NextEventAsync("disconnected Data in")).ShouldContain("2147483647 bytes");
        (await ClosedAsync(peer)).ShouldBeTrue();
        b.Counters.Malformed.ShouldBe(1);
        await StillWorksAsync(b, events);
    }

    [Fact]
    public async Task A_message_frame_that_means_nothing_closes_the_connection()
    {
        var (b, events) = Start();
        using var peer = Dial(b);
        await peer.SendAsync(Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "kv", "h", 1), 5), b.Self.Address)));
        await ReceiveFrameAsync(peer);
        await peer.SendAsync(new byte[] { 3, 0, 0, 0, 4, 7, 0 });
        (await events.NextEventAsync("disconnected Data in")).ShouldContain("never written out");
        b.Counters.Malformed.ShouldBe(1);
    }

    [Fact]
    public async Task A_stranger_that_stays_silent_is_closed_after_the_handshake_timeout()
    {
        var (b, events) = Start(s => s with { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        using var stranger = Dial(b);
        await stranger.SendAsync(new byte[] { 40, 0 });
        await events.NextEventAsync("no handshake within");
        (await ClosedAsync(stranger)).ShouldBeTrue();
        b.Counters.HandshakeTimeouts.ShouldBe(1);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_refused()
    {
        var (b, events) = Start(s => s with { MaxInboundConnections = 2 });
        using var first = Dial(b);
        using var second = Dial(b);
        using var third = Dial(b);
        await events.NextEventAsync("connections already");
        (await ClosedAsync(third)).ShouldBeTrue();
    }

    private async Task StillWorksAsync(TcpTransport transport, RecordingHandler heard)
    {
        var (other, _) = Start();
        other.Associate(transport.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", "alive"u8);
        (await heard.NextFrameAsync()).Payload.ShouldBe("alive"u8.ToArray());
    }
}
