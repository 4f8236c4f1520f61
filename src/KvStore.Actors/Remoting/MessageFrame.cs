using System.Buffers.Binary;

namespace KvStore.Actors.Remoting;

/// <summary>One message as it arrived. It lives only during the call that hands it over; copy the payload to keep it.</summary>
internal readonly ref struct InboundFrame(WireName recipient, WireName? sender, int serializerId, WireName manifest, ReadOnlySpan<byte> payload)
{
    /// <summary>The path that the message is for.</summary>
    public WireName Recipient { get; } = recipient;

    /// <summary>The sender's path with its address; null where there is none.</summary>
    public WireName? Sender { get; } = sender;

    public int SerializerId { get; } = serializerId;

    /// <summary>What the serializer makes of the payload; empty where it needs no telling.</summary>
    public WireName Manifest { get; } = manifest;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>
/// Decodes message frames, whose layout is in <see cref="Frames"/>. The three kinds of names have a table each, so the countless
/// senders of asks cannot displace the few recipients.
/// </summary>
internal sealed class MessageFrameReader(ChunkAssembly assembly)
{
    private readonly NameReader _recipients = new();
    private readonly NameReader _senders = new();
    private readonly NameReader _manifests = new();

    /// <summary>
    /// True when the frame was a message, or the last part of one. False when more parts are due, or when
    /// <paramref name="wasSkipped"/> says that the message that ended here had found no room. <see cref="Done"/> must follow when the message has been handled.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> frame, out InboundFrame message, out bool wasSkipped)
    {
        wasSkipped = false;
        var reader = new WireReader(frame);
        var kind = (FrameKind)reader.Byte();
        if (kind == FrameKind.Part)
        {
            message = default;
            if (!assembly.Continue(reader.TakeRest()))
                return false;
            wasSkipped = !assembly.TryTake(out message);
            return !wasSkipped;
        }
        if (kind is not (FrameKind.Message or FrameKind.Begin) || assembly.IsOpen)
            WireReader.Throw($"A frame of the kind {(byte)kind} where {(assembly.IsOpen ? "the rest of a large message is" : "messages are")} due.");
        var total = kind == FrameKind.Begin ? reader.Int32() : 0;
        var recipient = _recipients.Read(ref reader);
        if (recipient is null)
            WireReader.Throw("A message for nobody.");
        var sender = _senders.Read(ref reader);
        var serializerId = reader.Int32();
        var manifest = _manifests.Read(ref reader) ?? WireName.Empty;
        if (kind == FrameKind.Begin)
        {
            assembly.Begin(total, recipient!, sender, serializerId, manifest, reader.TakeRest());
            message = default;
            return false;
        }
        message = new InboundFrame(recipient!, sender, serializerId, manifest, reader.TakeRest());
        return true;
    }

    /// <summary>The message that was read is void, and a large one gives its memory back at once.</summary>
    public void Done()
    {
        if (assembly.IsWhole)
            assembly.Close();
    }
}

/// <summary>Encodes message frames. Not thread-safe: the lane's lock protects it.</summary>
internal sealed class MessageFrameWriter
{
    private readonly NameWriter _recipients = new();
    private readonly NameWriter _senders = new();
    private readonly NameWriter _manifests = new();
    private int _recipientHead;
    private int _senderHead;
    private int _manifestHead;

    public void Forget()
    {
        _recipients.Forget();
        _senders.Forget();
        _manifests.Forget();
    }

    /// <summary>The bytes of the frame with its length prefix. Nothing changes yet, so the frame may still be dropped.</summary>
    public int Measure(string recipient, string? sender, string manifest, int payloadBytes) =>
        Frames.LengthBytes
        + sizeof(byte)
        + _recipients.Measure(recipient, out _recipientHead)
        + _senders.Measure(sender, out _senderHead)
        + sizeof(int)
        + _manifests.Measure(manifest, out _manifestHead)
        + payloadBytes;

    /// <summary>
    /// The bytes of the frames, with their length prefixes, that a message just measured takes in parts. Three names
    /// of the greatest length leave room in the smallest frame, see <see cref="Frames.MinMaxFrameBytes"/>.
    /// </summary>
    public static int MeasureParts(int wholeBytes, int payloadBytes, int maxFrameBytes)
    {
        var head = wholeBytes - payloadBytes + sizeof(int);
        var rest = payloadBytes - (maxFrameBytes + Frames.LengthBytes - head);
        var parts = (rest + maxFrameBytes - 2) / (maxFrameBytes - 1);
        return head + payloadBytes + (parts * (Frames.LengthBytes + sizeof(byte)));
    }

    /// <summary>Writes the message just measured as a Begin and its Parts, each as large as a frame may be.</summary>
    public void WriteParts(string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload, int maxFrameBytes, Span<byte> target)
    {
        var first = maxFrameBytes + Frames.LengthBytes;
        BinaryPrimitives.WriteInt32LittleEndian(target, maxFrameBytes);
        target[Frames.LengthBytes] = (byte)FrameKind.Begin;
        var at = Frames.LengthBytes + sizeof(byte);
        BinaryPrimitives.WriteInt32LittleEndian(target[at..], payload.Length);
        at += sizeof(int);
        at += WriteNames(recipient, sender, serializerId, manifest, target[at..]);
        payload[..(first - at)].CopyTo(target[at..]);
        payload = payload[(first - at)..];
        target = target[first..];
        while (!payload.IsEmpty)
        {
            var part = payload[..Math.Min(payload.Length, maxFrameBytes - sizeof(byte))];
            BinaryPrimitives.WriteInt32LittleEndian(target, part.Length + sizeof(byte));
            target[Frames.LengthBytes] = (byte)FrameKind.Part;
            part.CopyTo(target[(Frames.LengthBytes + sizeof(byte))..]);
            target = target[(Frames.LengthBytes + sizeof(byte) + part.Length)..];
            payload = payload[part.Length..];
        }
    }

    /// <summary>Writes the frame just measured into exactly that many bytes.</summary>
    public void Write(string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)(target.Length - Frames.LengthBytes));
        target[Frames.LengthBytes] = (byte)FrameKind.Message;
        var at = Frames.LengthBytes + sizeof(byte);
        at += WriteNames(recipient, sender, serializerId, manifest, target[at..]);
        payload.CopyTo(target[at..]);
    }

    private int WriteNames(string recipient, string? sender, int serializerId, string manifest, Span<byte> target)
    {
        var at = _recipients.Write(recipient, _recipientHead, target);
        at += _senders.Write(sender, _senderHead, target[at..]);
        BinaryPrimitives.WriteInt32LittleEndian(target[at..], serializerId);
        at += sizeof(int);
        at += _manifests.Write(manifest, _manifestHead, target[at..]);
        return at;
    }
}
