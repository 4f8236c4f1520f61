using System.Diagnostics;
using KvStore.Actors.Remoting;
using Xunit.Abstractions;

namespace KvStore.Actors.Tests.Remoting;

public sealed class FrameReaderTests(ITestOutputHelper output)
{
    private const int FuzzInputs = 1_000_000;
    private const int MaxFrameBytes = 128_000;
    private const int MaxMessageBytes = 200_000;
    private const int PartedFrameBytes = 8 * 1024;

    [Fact]
    public void Frames_come_out_however_the_bytes_arrive()
    {
        var random = new Random(5);
        var (stream, sent) = SampleStream(random, 300);
        for (var run = 0; run < 50; run++)
        {
            var reader = new FrameReader(MaxFrameBytes);
            var messages = NewReader();
            var received = new List<string>();
            var at = 0;
            while (at < stream.Length)
            {
                var room = reader.Room();
                var count = Math.Min(Math.Min(stream.Length - at, room.Length), 1 + random.Next(run < 5 ? 3 : 5000));
                stream.AsSpan(at, count).CopyTo(room.Span);
                at += count;
                reader.Received(count);
                while (reader.TryRead(out var frame))
                {
                    if (messages.TryRead(frame, out var message, out _))
                        received.Add(Describe(message));
                    messages.Done();
                }
            }
            received.ShouldBe(sent);
        }
    }

    [Fact]
    public void A_length_beyond_the_limit_is_refused_before_the_frame_arrives()
    {
        var reader = new FrameReader(1000);
        new byte[] { 0xE9, 0x03, 0, 0 }.CopyTo(reader.Room());
        reader.Received(4);
        Should.Throw<MalformedFrameException>(() => reader.TryRead(out _)).Message.ShouldBe("A frame of 1001 bytes, where 1 to 1000 are allowed.");
    }

    [Fact]
    public void A_peer_that_announces_much_and_sends_little_holds_little()
    {
        var reader = new FrameReader(100_000_000);
        new byte[] { 0, 0, 0, 5 }.CopyTo(reader.Room());
        reader.Received(4);
        reader.TryRead(out _).ShouldBeFalse();
        reader.Room();
        reader.BufferBytes.ShouldBeLessThan(1024);
    }

    [Fact]
    public void The_memory_of_a_large_frame_is_given_back()
    {
        var reader = new FrameReader(10_000_000);
        reader.Trust(10_000_000);
        BitConverter.GetBytes(5_000_000).CopyTo(reader.Room());
        reader.Received(4);
        var left = 5_000_000;
        while (left > 0)
        {
            var count = Math.Min(left, reader.Room().Length);
            reader.Received(count);
            left -= count;
        }
        reader.TryRead(out var frame).ShouldBeTrue();
        frame.Length.ShouldBe(5_000_000);
        reader.Room();
        reader.BufferBytes.ShouldBe(FrameReader.UsualBytes);
    }

    [Fact]
    public void A_name_is_written_out_once_and_then_takes_two_bytes()
    {
        var writer = new MessageFrameWriter();
        var first = Encode(writer, "/user/store/of/this/node", "/user/sender", "Mutations", [1, 2, 3]);
        var second = Encode(writer, "/user/store/of/this/node", "/user/sender", "Mutations", [1, 2, 3]);
        second.Length.ShouldBe(4 + 1 + 2 + 2 + 4 + 2 + 3);
        first.Length.ShouldBeGreaterThan(second.Length + 30);
        var reader = NewReader();
        var a = Read(reader, first).Recipient;
        var b = Read(reader, second).Recipient;
        b.ShouldBeSameAs(a, "so that what it was resolved to can be kept in it");
    }

    [Fact]
    public void Names_that_fall_into_one_slot_displace_each_other_and_stay_right()
    {
        var writer = new MessageFrameWriter();
        var reader = NewReader();
        var names = Enumerable.Range(0, 20_000).Select(i => $"/user/{i % 3000}").ToArray();
        foreach (var name in names)
        {
            var message = Read(reader, Encode(writer, name, name + "/sender", "m" + name, []));
            message.Recipient.Text.ShouldBe(name);
            message.Sender!.Text.ShouldBe(name + "/sender");
            message.Manifest.Text.ShouldBe("m" + name);
        }
    }

    [Fact]
    public void Long_names_are_sent_but_not_kept()
    {
        var writer = new MessageFrameWriter();
        var name = "/" + new string('ä', 700);
        var first = Encode(writer, name, null, "", []);
        Encode(writer, name, null, "", []).Length.ShouldBe(first.Length);
        Read(NewReader(), first).Recipient.Text.ShouldBe(name);
    }

    [Fact]
    public void Random_and_mutated_streams_give_frames_or_one_kind_of_error_within_bounded_memory()
    {
        var random = new Random(99);
        var samples = Enumerable.Range(0, 50).Select(_ => SampleStream(random, 3).Stream)
            .Append(Encode(new MessageFrameWriter(), "/user/store", null, "M", new byte[20_000]))
            .Append(Handshake.Write(new Hello(Lane.Data, new PeerIdentity(new Address("akka.tcp", "kv", "host", 1), 7), new Address("akka.tcp", "kv", "other", 2))))
            .Append(Handshake.WriteAccept(new PeerIdentity(new Address("akka.tcp", "kv", "host", 1), 7)))
            .Append(Handshake.WriteRefuse("no"))
            .ToArray();
        var clock = Stopwatch.StartNew();
        var (frames, malformed, versions, largest) = (0, 0, 0, 0L);
        for (var i = 0; i < FuzzInputs; i++)
        {
            var input = FuzzInput.Next(random, samples);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                frames += Feed(input);
            }
            catch (MalformedFrameException)
            {
                malformed++;
            }
            catch (ProtocolVersionException)
            {
                versions++;
            }
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        output.WriteLine($"{FuzzInputs} inputs in {clock.ElapsedMilliseconds} ms: {frames} frames, {malformed} malformed, {versions} of another version, at most {largest} bytes allocated for one");
        frames.ShouldBeGreaterThan(FuzzInputs / 10);
        malformed.ShouldBeGreaterThan(FuzzInputs / 10);
        largest.ShouldBeLessThan(512 * 1024);
    }

    private static int Feed(ReadOnlySpan<byte> input)
    {
        var reader = new FrameReader(MaxFrameBytes);
        var budget = new ReassemblyBudget(MaxMessageBytes);
        var messages = new MessageFrameReader(new ChunkAssembly(MaxMessageBytes, budget));
        var frames = 0;
        while (!input.IsEmpty)
        {
            var room = reader.Room().Span;
            var count = Math.Min(input.Length, room.Length);
            input[..count].CopyTo(room);
            input = input[count..];
            reader.Received(count);
            while (reader.TryRead(out var frame))
            {
                if (frame[0] == (byte)FrameKind.Hello)
                    Handshake.ReadHello(frame);
                else if (frame[0] is (byte)FrameKind.Accept or (byte)FrameKind.Refuse)
                    Handshake.ReadReply(frame);
                else if (messages.TryRead(frame, out _, out _))
                    messages.Done();
                budget.HeldBytes.ShouldBeLessThanOrEqualTo(MaxMessageBytes);
                frames++;
            }
        }
        return frames;
    }

    private static (byte[] Stream, List<string> Sent) SampleStream(Random random, int count)
    {
        var writer = new MessageFrameWriter();
        var stream = new MemoryStream();
        var sent = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[random.Next(i % 50 == 49 ? 40_000 : 40)];
            random.NextBytes(payload);
            var recipient = $"/user/actor-{random.Next(5)}";
            var sender = random.Next(2) == 0 ? null : $"akka.tcp://kv@host:1/temp/${random.Next(1000)}";
            var manifest = random.Next(3) == 0 ? "" : "Manifest";
            stream.Write(Encode(writer, recipient, sender, manifest, payload));
            sent.Add($"{recipient} {sender} 17 {manifest} {Convert.ToHexString(payload)}");
        }
        return (stream.ToArray(), sent);
    }

    private static MessageFrameReader NewReader() => new(new ChunkAssembly(MaxMessageBytes, new ReassemblyBudget(MaxMessageBytes)));

    private static InboundFrame Read(MessageFrameReader reader, byte[] framed)
    {
        reader.TryRead(framed.AsSpan(4), out var message, out _).ShouldBeTrue();
        return message;
    }

    private static string Describe(InboundFrame frame) =>
        $"{frame.Recipient} {frame.Sender} {frame.SerializerId} {frame.Manifest} {Convert.ToHexString(frame.Payload)}";

    private static byte[] Encode(MessageFrameWriter writer, string recipient, string? sender, string manifest, byte[] payload)
    {
        var size = writer.Measure(recipient, sender, manifest, payload.Length);
        if (payload.Length > PartedFrameBytes)
        {
            var parts = new byte[MessageFrameWriter.MeasureParts(size, payload.Length, PartedFrameBytes)];
            writer.WriteParts(recipient, sender, 17, manifest, payload, PartedFrameBytes, parts);
            return parts;
        }
        var bytes = new byte[size];
        writer.Write(recipient, sender, 17, manifest, payload, bytes);
        return bytes;
    }
}
