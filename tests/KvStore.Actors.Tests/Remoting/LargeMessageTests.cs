using System.Buffers.Binary;
using System.Net.Sockets;
using KvStore.Actors.Remoting;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Remoting;

public sealed class LargeMessageTests : IAsyncLifetime
{
    private const int FrameBytes = 8 * 1024;
    private const int MessageBytes = 1024 * 1024;

    private readonly List<TcpTransport> _transports = [];
    private int _uid;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var transport in _transports)
            await transport.DisposeAsync();
    }

    [Fact]
    public async Task Large_and_small_messages_of_a_lane_arrive_whole_and_in_the_order_in_which_they_were_sent()
    {
        const int count = 400;
        var (a, _) = Start();
        var (b, heard) = Start();
        var random = new Random(11);
        var next = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        heard.Intercept = (_, frame) =>
        {
            var number = BinaryPrimitives.ReadInt32LittleEndian(frame.Payload);
            if (number != next || frame.Recipient != $"/user/{number % 3}" || frame.Payload.Length != BinaryPrimitives.ReadInt32LittleEndian(frame.Payload.AsSpan(4)) || !IsFilled(frame.Payload, number))
                done.TrySetException(new InvalidOperationException($"{number} of {frame.Payload.Length} bytes for {frame.Recipient} came where {next} was due"));
            else if (++next == count)
                done.TrySetResult();
        };
        var association = a.Associate(b.Self.Address);
        for (var i = 0; i < count; i++)
        {
            // Around the limits of one, two and three frames, small ones, and the largest.
            var size = (i % 5) switch
            {
                0 => 8 + random.Next(100),
                1 => FrameBytes - 60 + random.Next(120),
                2 => (2 * FrameBytes) - 60 + random.Next(120),
                3 => (3 * FrameBytes) - 60 + random.Next(120),
                _ => i % 50 == 4 ? MessageBytes : 100_000,
            };
            var payload = new byte[size];
            payload.AsSpan().Fill((byte)i);
            BinaryPrimitives.WriteInt32LittleEndian(payload, i);
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4), size);
            association.Write(Lane.Data, $"/user/{i % 3}", "/user/me", 1, "M", payload).ShouldBe(WriteResult.Queued);
        }
        await done.Task.WaitAsync(RecordingHandler.Patience);
        await AllGivenBack(b, count);
        b.Counters.Malformed.ShouldBe(0);
        b.Counters.FramesIn.ShouldBe(count, "a message counts once, however many frames it takes");
        // It is counted when the system has taken it, and the peer may be quicker.
        await Eventually.Holds(() => a.Counters.FramesOut >= count);
        a.Counters.FramesOut.ShouldBe(count);
        b.Counters.Reassembled.ShouldBeGreaterThan(count / 5);
    }

    [Theory]
    [InlineData("P", "A part of a message that never began")]
    [InlineData("B0", "A message of 0 bytes in parts")]
    [InlineData("B-1", "A message of -1 bytes in parts")]
    [InlineData("B2000000", "A message of 2000000 bytes in parts")]
    [InlineData("B100 B100", "where the rest of a large message is due")]
    [InlineData("B100 M", "where the rest of a large message is due")]
    [InlineData("B100 E", "A part of 0 bytes")]
    [InlineData("B10 P", "A part of 10 bytes, where 9 are missing")]
    public async Task Parts_that_make_no_message_close_the_connection_and_are_counted(string frames, string reason)
    {
        var (b, heard) = Start();
        using var peer = await ConnectAsync(b);
        foreach (var frame in frames.Split(' '))
            await peer.SendAsync(Frame(frame));
        (await heard.NextEventAsync("disconnected Data in")).ShouldContain(reason);
        b.Counters.Malformed.ShouldBe(1);
        b.Counters.ReassemblyBytes.ShouldBe(0);
        var (a, _) = Start();
        a.Associate(b.Self.Address).Write(Lane.Data, "/user/store", null, 1, "", "alive"u8);
        (await heard.NextFrameAsync()).Payload.ShouldBe("alive"u8.ToArray());
    }

    [Fact]
    public async Task A_message_for_which_there_is_no_room_is_read_past_and_the_next_one_delivered()
    {
        var (a, _) = Start();
        var (b, heard) = Start(static s => s with { MaxReassemblyBytes = 200_000 });
        var association = a.Associate(b.Self.Address);
        association.Write(Lane.Data, "/user/store", null, 1, "", new byte[500_000]);
        association.Write(Lane.Data, "/user/store", null, 1, "", "small"u8);
        association.Write(Lane.Data, "/user/store", null, 1, "", new byte[150_000]);
        (await heard.NextFrameAsync()).Payload.ShouldBe("small"u8.ToArray());
        (await heard.NextFrameAsync()).Payload.Length.ShouldBe(150_000);
        await AllGivenBack(b, frames: 2);
        b.Counters.Unassembled.ShouldBe(1);
        b.Counters.Malformed.ShouldBe(0);
    }

    [Fact]
    public async Task Who_announces_much_and_sends_little_holds_little_and_gives_it_back_when_it_goes()
    {
        var (b, heard) = Start();
        var peer = await ConnectAsync(b);
        await peer.SendAsync(Frame($"B{MessageBytes}"));
        await Eventually.Holds(() => b.Counters.ReassemblyBytes > 0);
        b.Counters.ReassemblyBytes.ShouldBeLessThanOrEqualTo(64 * 1024);
        peer.Dispose();
        await heard.NextEventAsync("disconnected Data in");
        b.Counters.ReassemblyBytes.ShouldBe(0);
        b.Counters.Unassembled.ShouldBe(1);
    }

    /// <summary>The counters and the memory follow a moment after the handler.</summary>
    private static async Task AllGivenBack(TcpTransport transport, int frames)
    {
        await Eventually.Holds(() => transport.Counters.ReassemblyBytes == 0 && transport.Counters.FramesIn >= frames);
    }

    private static bool IsFilled(byte[] payload, int number) => payload.AsSpan(8).IndexOfAnyExcept((byte)number) < 0;

    /// <summary>B and a number: a begin with one byte of a message of that size. P: a part of ten. E: an empty one. M: a message.</summary>
    private static byte[] Frame(string text)
    {
        byte[] names = [0x00, 0x80, 2, 0, (byte)'/', (byte)'x', 0xFF, 0xFF, 1, 0, 0, 0, 0xFF, 0xFF];
        // The head of a name written out, little-endian.
        byte[] body = text[0] switch
        {
            'B' => [(byte)FrameKind.Begin, .. BitConverter.GetBytes(int.Parse(text[1..], System.Globalization.CultureInfo.InvariantCulture)), .. names, 1],
            'P' => [(byte)FrameKind.Part, .. new byte[10]],
            'E' => [(byte)FrameKind.Part],
            _ => [(byte)FrameKind.Message, .. names],
        };
        return [.. BitConverter.GetBytes(body.Length), .. body];
    }

    private static async Task<Socket> ConnectAsync(TcpTransport transport)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(transport.Self.Address.Host!, transport.Self.Address.Port!.Value);
        await socket.SendAsync(Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "kv", "h", 1), 5), transport.Self.Address)));
        (await socket.ReceiveAsync(new byte[1000])).ShouldBeGreaterThan(0);
        return socket;
    }

    private (TcpTransport Transport, RecordingHandler Handler) Start(Func<TransportSettings, TransportSettings>? configure = null)
    {
        var settings = new TransportSettings { System = "kv", Uid = ++_uid, MaxFrameBytes = FrameBytes, MaxMessageBytes = MessageBytes };
        var transport = new TcpTransport(configure?.Invoke(settings) ?? settings, TimeProvider.System);
        var handler = new RecordingHandler();
        transport.Listen(handler);
        _transports.Add(transport);
        return (transport, handler);
    }
}
