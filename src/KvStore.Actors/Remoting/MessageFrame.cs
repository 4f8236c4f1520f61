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
internal sealed class MessageFrameReader
{
    private readonly NameReader _recipients = new();
    private readonly NameReader _senders = new();
    private readonly NameReader _manifests = new();

    public InboundFrame Read(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        var kind = reader.Byte();
        if (kind != (byte)FrameKind.Message)
            WireReader.Throw($"A frame of the kind {kind} where messages are due.");
        var recipient = _recipients.Read(ref reader);
        if (recipient is null)
            WireReader.Throw("A message for nobody.");
        var sender = _senders.Read(ref reader);
        var serializerId = reader.Int32();
        var manifest = _manifests.Read(ref reader) ?? WireName.Empty;
        return new InboundFrame(recipient!, sender, serializerId, manifest, reader.TakeRest());
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

    /// <summary>Writes the frame just measured into exactly that many bytes.</summary>
    public void Write(string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)(target.Length - Frames.LengthBytes));
        target[Frames.LengthBytes] = (byte)FrameKind.Message;
        var at = Frames.LengthBytes + sizeof(byte);
        at += _recipients.Write(recipient, _recipientHead, target[at..]);
        at += _senders.Write(sender, _senderHead, target[at..]);
        BinaryPrimitives.WriteInt32LittleEndian(target[at..], serializerId);
        at += sizeof(int);
        at += _manifests.Write(manifest, _manifestHead, target[at..]);
        payload.CopyTo(target[at..]);
    }
}
