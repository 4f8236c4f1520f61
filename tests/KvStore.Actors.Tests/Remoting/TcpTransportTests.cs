using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using KvStore.Actors.Remoting;
using Xunit.Abstractions;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Remoting;

public sealed class TcpTransportTests(ITestOutputHelper output) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = RecordingHandler.Patience;

    private readonly List<TcpTransport> _transports = [];
    private int _uid;

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in _transports)
            await transport.DisposeAsync();
    }

    [Fact]
    public async Task A_message_arrives_with_all_its_parts_and_both_sides_know_each_other()
    {
        var (a, _) = Start();
        var (b, heard) = Start();
        a.Associate(b.Self.Address).Write(Lane.Data, "/user/store", $"{a.Self.Address}/user/x", 17, "M", "hello"u8).ShouldBe(WriteResult.Queued);
        var frame = await heard.NextFrameAsync();
        frame.Recipient.ShouldBe("/user/store");
        frame.Sender.ShouldBe($"{a.Self.Address}/user/x");
        frame.SerializerId.ShouldBe(17);
        frame.Manifest.ShouldBe("M");
        frame.Payload.ShouldBe("hello"u8.ToArray());
        heard.Peers.ShouldBe([a.Self]);
        a.Associate(b.Self.Address).Peer.ShouldBe(b.Self);
        a.Associate(b.Self.Address).Write(Lane.Control, "/system/cluster", sender: null, 1, "", []);
        var control = await heard.NextFrameAsync();
        control.Sender.ShouldBeNull();
        control.Manifest.ShouldBe("");
        control.Payload.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hundred_thousand_frames_arrive_in_order()
    {
        const int count = 100_000;
        var (a, _) = Start();
        var (b, heard) = Start();
        var next = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        heard.Intercept = (_, frame) =>
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(frame.Payload) != next)
                done.TrySetException(new InvalidOperationException($"{BinaryPrimitives.ReadInt32LittleEndian(frame.Payload)} came where {next} was due"));
            else if (++next == count)
                done.TrySetResult();
        };
        var association = a.Associate(b.Self.Address);
        var clock = Stopwatch.StartNew();
        var payload = new byte[64];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(payload, i);
            association.Write(Lane.Data, "/user/store", i % 3 == 0 ? $"/temp/${i}" : "/user/sender", 17, "M", payload).ShouldBe(WriteResult.Queued);
        }
        await done.Task.WaitAsync(Patience);
        output.WriteLine($"{count} frames of 64 bytes in {clock.ElapsedMilliseconds} ms, {b.Counters.BytesIn / count} bytes a frame");
        // A batch of frames is counted when the last of it has been handled.
        await Eventually.Holds(() => b.Counters.FramesIn == count);
        b.Counters.Malformed.ShouldBe(0);
        a.Counters.Dropped.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_queued_before_the_peer_listens_arrives_when_it_does()
    {
        var (a, events) = Start();
        var (b, _) = Start();
        var later = b.Self.Address;
        await b.DisposeAsync();
        a.Associate(later).Write(Lane.Data, "/user/store", null, 1, "", "early"u8);
        await events.NextEventAsync("failed out");
        var (_, heard) = Start(s => s with { Port = later.Port!.Value });
        (await heard.NextFrameAsync()).Payload.ShouldBe("early"u8.ToArray());
    }

    [Fact]
    public async Task A_peer_that_restarts_is_reached_again_and_known_by_its_new_uid()
    {
        var (a, events) = Start();
        var (b, heard) = Start();
        var address = b.Self.Address;
        var association = a.Associate(address);
        for (var i = 0; i < 3; i++)
            association.Write(Lane.Data, "/user/store", "/user/me", 1, "M", "one"u8);
        await heard.NextFrameAsync();
        await b.DisposeAsync();
        await events.NextEventAsync("disconnected Data out");
        var (reborn, heardAgain) = Start(s => s with { Port = address.Port!.Value });
        association.Write(Lane.Data, "/user/store", "/user/me", 1, "M", "two"u8).ShouldBe(WriteResult.Queued);
        var frame = await heardAgain.NextFrameAsync();
        frame.Recipient.ShouldBe("/user/store", "names known to the old connection are written out again");
        frame.Payload.ShouldBe("two"u8.ToArray());
        association.Peer.ShouldBe(reborn.Self);
        a.Counters.Reconnects.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_buffer_drops_and_counts_and_returns_at_once()
    {
        var (a, _) = Start(s => s with { DataBufferBytes = 200_000 });
        var association = a.Associate(NobodyAt());
        var payload = new byte[10_000];
        var results = Enumerable.Range(0, 30).Select(_ => association.Write(Lane.Data, "/user/store", null, 1, "", payload)).ToArray();
        results.Count(r => r == WriteResult.Queued).ShouldBe(19);
        results.Last().ShouldBe(WriteResult.BufferFull);
        a.Counters.Dropped.ShouldBe(11);
        association.Write(Lane.Control, "/system/cluster", null, 1, "", payload).ShouldBe(WriteResult.Queued, "the lanes do not share their buffers");
        await a.DisposeAsync();
        association.Write(Lane.Data, "/user/store", null, 1, "", payload).ShouldBe(WriteResult.Closed);
    }

    [Fact]
    public void A_message_larger_than_the_bound_is_not_sent()
    {
        var (a, _) = Start();
        a.Associate(NobodyAt()).Write(Lane.Data, "/user/store", null, 1, "", new byte[2_048_001]).ShouldBe(WriteResult.TooLarge);
        a.Counters.TooLarge.ShouldBe(1);
        Should.Throw<ArgumentException>(() => a.Associate(NobodyAt()).Write(Lane.Data, new string('x', 3000), null, 1, "", []));
    }

    [Fact]
    public async Task The_largest_frame_arrives()
    {
        var (a, _) = Start();
        var (b, heard) = Start();
        var payload = new byte[127_900];
        new Random(3).NextBytes(payload);
        a.Associate(b.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", payload).ShouldBe(WriteResult.Queued);
        (await heard.NextFrameAsync()).Payload.ShouldBe(payload);
    }

    [Fact]
    public async Task Closing_sends_what_is_queued_first()
    {
        var (a, _) = Start();
        var (b, heard) = Start();
        var association = a.Associate(b.Self.Address);
        association.Write(Lane.Data, "/user/store", null, 1, "", "first"u8);
        await heard.NextFrameAsync();
        for (var i = 0; i < 5000; i++)
            association.Write(Lane.Data, "/user/store", null, 1, "", "more"u8);
        association.Write(Lane.Data, "/user/store", null, 1, "", "last"u8);
        var closed = new TaskCompletionSource();
        a.Close(closed.SetResult);
        await closed.Task.WaitAsync(Patience);
        a.Counters.Dropped.ShouldBe(0);
        ReceivedFrame frame;
        do
            frame = await heard.NextFrameAsync();
        while (!frame.Payload.AsSpan().SequenceEqual("last"u8));
        await heard.NextEventAsync("disconnected Data in");
    }

    [Fact]
    public async Task A_handler_that_throws_loses_that_message_only()
    {
        var (a, _) = Start();
        var (b, heard) = Start();
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        heard.Intercept = (_, frame) =>
        {
            if (frame.Payload[0] == 0)
                throw new InvalidOperationException("this one cannot be deserialized");
            rest.TrySetResult();
        };
        var association = a.Associate(b.Self.Address);
        association.Write(Lane.Data, "/user/store", null, 1, "", [0]);
        association.Write(Lane.Data, "/user/store", null, 1, "", [1]);
        await rest.Task.WaitAsync(Patience);
        b.Counters.HandlerFailures.ShouldBe(1);
    }

    [Fact]
    public async Task Disconnecting_drops_what_is_queued_and_a_later_write_connects_anew()
    {
        var (a, events) = Start();
        var (b, heard) = Start();
        var association = a.Associate(b.Self.Address);
        association.Write(Lane.Data, "/user/store", null, 1, "", "one"u8);
        await heard.NextFrameAsync();
        association.Disconnect("the node was removed");
        (await events.NextEventAsync("disconnected Data out")).ShouldContain("the node was removed");
        await heard.NextEventAsync("disconnected Data in");
        association.Write(Lane.Data, "/user/store", null, 1, "", "two"u8);
        (await heard.NextFrameAsync()).Payload.ShouldBe("two"u8.ToArray());
    }

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

    [Fact]
    public async Task A_second_connection_of_the_same_peer_replaces_the_first()
    {
        var (b, events) = Start();
        var hello = Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "kv", "h", 1), 5), b.Self.Address));
        using var first = Dial(b);
        await first.SendAsync(hello);
        await ReceiveFrameAsync(first);
        using var second = Dial(b);
        await second.SendAsync(hello);
        await ReceiveFrameAsync(second);
        await events.NextEventAsync("disconnected Data in");
        (await ClosedAsync(first)).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_writers_at_once_keep_their_own_order()
    {
        const int writers = 4;
        const int each = 20_000;
        var (a, _) = Start();
        var (b, heard) = Start();
        var next = new int[writers];
        var left = writers * each;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        heard.Intercept = (_, frame) =>
        {
            var writer = frame.Payload[0];
            if (BinaryPrimitives.ReadInt32LittleEndian(frame.Payload.AsSpan(1)) != next[writer]++)
                done.TrySetException(new InvalidOperationException("out of order"));
            if (--left == 0)
                done.TrySetResult();
        };
        var association = a.Associate(b.Self.Address);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            var payload = new byte[16];
            payload[0] = (byte)writer;
            for (var i = 0; i < each; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(1), i);
                association.Write(Lane.Data, $"/user/{writer}", null, 1, "", payload);
            }
        })));
        await done.Task.WaitAsync(Patience);
        output.WriteLine($"{writers * each} frames from {writers} threads in {clock.ElapsedMilliseconds} ms");
    }

    private static Address NobodyAt()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return new Address("akka.tcp", "kv", "127.0.0.1", ((System.Net.IPEndPoint)probe.LocalEndPoint!).Port);
    }

    private static Socket Dial(TcpTransport transport)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(transport.Self.Address.Host!, transport.Self.Address.Port!.Value);
        return socket;
    }

    private static async Task<byte[]> ReceiveFrameAsync(Socket socket)
    {
        var reader = new FrameReader(Frames.MaxHandshakeBytes);
        while (true)
        {
            var count = await socket.ReceiveAsync(reader.Room()).AsTask().WaitAsync(Patience);
            count.ShouldBeGreaterThan(0);
            reader.Received(count);
            if (reader.TryRead(out var frame))
                return frame.ToArray();
        }
    }

    private static async Task<bool> ClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Patience) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task StillWorksAsync(TcpTransport transport, RecordingHandler heard)
    {
        var (other, _) = Start();
        other.Associate(transport.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", "alive"u8);
        (await heard.NextFrameAsync()).Payload.ShouldBe("alive"u8.ToArray());
    }

    private (TcpTransport Transport, RecordingHandler Handler) Start(Func<TransportSettings, TransportSettings>? configure = null)
    {
        var settings = new TransportSettings { System = "kv", Uid = ++_uid };
        var transport = new TcpTransport(configure?.Invoke(settings) ?? settings, TimeProvider.System);
        var handler = new RecordingHandler();
        transport.Listen(handler);
        _transports.Add(transport);
        return (transport, handler);
    }
}
