using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using KvStore.Actors.Remoting;
using Xunit.Abstractions;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Remoting;

public sealed class TcpTransportTests(ITestOutputHelper output) : TcpTransportFixture
{
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
}
