namespace KvStore.Actors.Remoting;

/// <summary>The first frame on a connection: who calls, on which lane, and whom it believes to have reached.</summary>
internal sealed record Hello(Lane Lane, PeerIdentity Sender, Address Target);

/// <summary>The answer: who is here, or why the connection will be closed.</summary>
internal sealed record HandshakeReply(PeerIdentity? Accepted, string? Refusal);

/// <summary>Reads and writes the frames of the handshake; <see cref="Frames"/> has their layout.</summary>
internal static class Handshake
{
    public static byte[] Write(Hello hello) => Frame(FrameKind.Hello, writer =>
    {
        writer.Byte((byte)hello.Lane);
        AddressCodec.Write(writer, hello.Sender.Address);
        writer.Int32(hello.Sender.Uid);
        AddressCodec.Write(writer, hello.Target);
    });

    public static byte[] WriteAccept(PeerIdentity self) => Frame(FrameKind.Accept, writer =>
    {
        AddressCodec.Write(writer, self.Address);
        writer.Int32(self.Uid);
    });

    public static byte[] WriteRefuse(string reason) =>
        Frame(FrameKind.Refuse, writer => writer.Text(reason.Length > Frames.MaxReasonBytes / 4 ? reason[..(Frames.MaxReasonBytes / 4)] : reason, Frames.MaxReasonBytes, "reason"));

    public static Hello ReadHello(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        Expect(ref reader, FrameKind.Hello);
        var lane = (Lane)reader.Byte();
        if (lane is not (Lane.Data or Lane.Control))
            WireReader.Throw($"{(byte)lane} is no lane.");
        var address = AddressCodec.Read(ref reader);
        var uid = reader.Int32();
        var target = AddressCodec.Read(ref reader);
        reader.End();
        return new Hello(lane, new PeerIdentity(address, uid), target);
    }

    public static HandshakeReply ReadReply(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        if (frame.Length > 0 && frame[0] == (byte)FrameKind.Refuse)
        {
            // The version is not judged here: a refusal for the version is just what another version would send.
            reader.Byte();
            ExpectMagic(ref reader);
            reader.Byte();
            return new HandshakeReply(Accepted: null, reader.Text(Frames.MaxReasonBytes, "reason"));
        }
        Expect(ref reader, FrameKind.Accept);
        var address = AddressCodec.Read(ref reader);
        var uid = reader.Int32();
        reader.End();
        return new HandshakeReply(new PeerIdentity(address, uid), Refusal: null);
    }

    /// <summary>Why a caller is not let in; null where it is.</summary>
    public static string? Judge(Hello hello, PeerIdentity self)
    {
        if (hello.Sender.Address.System != self.Address.System)
            return $"this is the actor system '{self.Address.System}', not '{hello.Sender.Address.System}'";
        if (hello.Sender.Address.Protocol != self.Address.Protocol)
            return $"this node speaks '{self.Address.Protocol}', not '{hello.Sender.Address.Protocol}'";
        if (hello.Target != self.Address)
            return $"this is {self.Address}, not {hello.Target}";
        if (hello.Sender.Address == self.Address)
            return $"{self.Address} is this node's own address";
        return null;
    }

    private static void Expect(ref WireReader reader, FrameKind kind)
    {
        var found = reader.Byte();
        if (found != (byte)kind)
            WireReader.Throw($"A frame of the kind {found} where {kind} was due.");
        ExpectMagic(ref reader);
        var version = reader.Byte();
        if (version != Frames.ProtocolVersion)
            throw new ProtocolVersionException($"the peer speaks the protocol version {version}, this node {Frames.ProtocolVersion}");
    }

    private static void ExpectMagic(ref WireReader reader)
    {
        if (!reader.Take(Frames.Magic.Length).SequenceEqual(Frames.Magic))
            WireReader.Throw("The connection does not begin as one of this protocol does.");
    }

    private static byte[] Frame(FrameKind kind, Action<WireWriter> body)
    {
        var writer = new WireWriter();
        writer.Byte((byte)kind);
        writer.Bytes(Frames.Magic);
        writer.Byte(Frames.ProtocolVersion);
        body(writer);
        var framed = new byte[Frames.LengthBytes + writer.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(framed, (uint)writer.Length);
        writer.Written.CopyTo(framed.AsSpan(Frames.LengthBytes));
        return framed;
    }
}

/// <summary>The peer is one of ours, but of another version. Unlike garbage, it gets an answer.</summary>
internal sealed class ProtocolVersionException : Exception
{
    public ProtocolVersionException()
    {
    }

    public ProtocolVersionException(string message)
        : base(message)
    {
    }

    public ProtocolVersionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
