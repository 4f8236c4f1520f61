using System.Collections.Immutable;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Membership;

/// <summary>
/// The membership messages as bytes, little-endian, texts as in <see cref="AddressCodec"/>:
/// <code>
/// message  := u8 version | u8 kind | body
/// node     := address | i32 uid
/// roles    := u16 count | text*
/// InitJoin, ExitingConfirmed        := node
/// InitJoinAck, InitJoinNack         := address
/// JoinMessage                       := node | roles
/// Welcome                           := node from | gossip
/// GossipEnvelope                    := node from | node to | gossip
/// GossipStatus                      := node from | u16 count | (node | i64 counter)* | u64 hash of seen
/// Heartbeat, HeartbeatResponse      := node | i64 sequence number
/// OutsideWord                       := node | u16 length | content, the application's own
/// gossip: see GossipCodec
/// </code>
/// </summary>
/// <remarks>Reading throws <see cref="MalformedFrameException"/>, and nothing else, whatever the bytes.</remarks>
internal static class MembershipCodec
{
    /// <summary>Raised whenever the layout changes; a message of another version is refused.</summary>
    public const byte Version = 2;

    /// <summary>More roles than anyone gives a node.</summary>
    public const int MaxRoles = 64;

    /// <summary>A version is a few numbers and perhaps a commit.</summary>
    public const int MaxAppVersionBytes = 128;

    /// <summary>A role is a word.</summary>
    public const int MaxRoleBytes = 255;

    /// <summary>Some hundred members with their addresses fit, and it is far below what a frame takes.</summary>
    public const int MaxOutsideBytes = 48 * 1024;

    /// <summary>An address and a uid.</summary>
    public const int MinNodeBytes = AddressCodec.MinBytes + sizeof(int);

    private enum Kind : byte
    {
        InitJoin = 1,
        InitJoinAck,
        InitJoinNack,
        Join,
        Welcome,
        Gossip,
        GossipStatus,
        Heartbeat,
        HeartbeatResponse,
        ExitingConfirmed,
        OutsideWord,
    }

    public static byte[] Encode(IMembershipMessage message)
    {
        var writer = new WireWriter();
        Write(writer, message);
        return writer.ToArray();
    }

    public static void Write(WireWriter writer, IMembershipMessage message)
    {
        writer.Byte(Version);
        switch (message)
        {
            case InitJoin m:
                writer.Byte((byte)Kind.InitJoin);
                WriteNode(writer, m.From);
                break;
            case InitJoinAck m:
                writer.Byte((byte)Kind.InitJoinAck);
                AddressCodec.Write(writer, m.From);
                break;
            case InitJoinNack m:
                writer.Byte((byte)Kind.InitJoinNack);
                AddressCodec.Write(writer, m.From);
                break;
            case JoinMessage m:
                writer.Byte((byte)Kind.Join);
                WriteNode(writer, m.Node);
                WriteRoles(writer, m.Roles);
                WriteAppVersion(writer, m.AppVersion);
                break;
            case Welcome m:
                writer.Byte((byte)Kind.Welcome);
                WriteNode(writer, m.From);
                GossipCodec.Write(writer, m.Gossip);
                break;
            case GossipEnvelope m:
                writer.Byte((byte)Kind.Gossip);
                WriteNode(writer, m.From);
                WriteNode(writer, m.To);
                GossipCodec.Write(writer, m.Gossip);
                break;
            case GossipStatus m:
                writer.Byte((byte)Kind.GossipStatus);
                WriteNode(writer, m.From);
                WriteVersion(writer, m.Version);
                writer.UInt64(m.SeenHash);
                break;
            case Heartbeat m:
                writer.Byte((byte)Kind.Heartbeat);
                WriteNode(writer, m.From);
                writer.Int64(m.SequenceNr);
                break;
            case HeartbeatResponse m:
                writer.Byte((byte)Kind.HeartbeatResponse);
                WriteNode(writer, m.From);
                writer.Int64(m.SequenceNr);
                break;
            case ExitingConfirmed m:
                writer.Byte((byte)Kind.ExitingConfirmed);
                WriteNode(writer, m.Node);
                break;
            case OutsideWord m:
                writer.Byte((byte)Kind.OutsideWord);
                WriteNode(writer, m.From);
                writer.Count(m.Content.Length, MaxOutsideBytes, "bytes for outside");
                writer.Bytes(m.Content.Span);
                break;
            default:
                throw new ArgumentException($"There is no encoding of {message.GetType().Name}.", nameof(message));
        }
    }

    public static IMembershipMessage Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version != Version)
            WireReader.Throw($"A membership message of the version {version}; this node speaks {Version}.");
        var kind = (Kind)reader.Byte();
        var message = ReadBody(ref reader, kind);
        reader.End();
        return message;
    }

    public static void WriteNode(WireWriter writer, UniqueAddress node)
    {
        AddressCodec.Write(writer, node.Address);
        writer.Int32(node.Uid);
    }

    public static UniqueAddress ReadNode(ref WireReader reader)
    {
        var address = AddressCodec.Read(ref reader);
        return new UniqueAddress(address, reader.Int32());
    }

    internal static void WriteRoles(WireWriter writer, ImmutableHashSet<string> roles)
    {
        writer.Count(roles.Count, MaxRoles, "roles");
        // A hash set's order is another one in every process; the bytes should not be.
        foreach (var role in roles.Order(StringComparer.Ordinal))
            writer.Text(role, MaxRoleBytes, "role");
    }

    internal static ImmutableHashSet<string> ReadRoles(ref WireReader reader)
    {
        var count = reader.Count(MaxRoles, sizeof(ushort), "roles");
        var roles = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
            roles.Add(reader.Text(MaxRoleBytes, "role"));
        return roles.ToImmutable();
    }

    internal static void WriteAppVersion(WireWriter writer, AppVersion version) => writer.Text(version.Version, MaxAppVersionBytes, "app version");

    internal static AppVersion ReadAppVersion(ref WireReader reader) => AppVersion.Create(reader.Text(MaxAppVersionBytes, "app version"));

    private static IMembershipMessage ReadBody(ref WireReader reader, Kind kind)
    {
        switch (kind)
        {
            case Kind.InitJoin:
                return new InitJoin(ReadNode(ref reader));
            case Kind.InitJoinAck:
                return new InitJoinAck(AddressCodec.Read(ref reader));
            case Kind.InitJoinNack:
                return new InitJoinNack(AddressCodec.Read(ref reader));
            case Kind.Join:
                return new JoinMessage(ReadNode(ref reader), ReadRoles(ref reader), ReadAppVersion(ref reader));
            case Kind.Welcome:
                return new Welcome(ReadNode(ref reader), GossipCodec.Read(ref reader));
            case Kind.Gossip:
                return new GossipEnvelope(ReadNode(ref reader), ReadNode(ref reader), GossipCodec.Read(ref reader));
            case Kind.GossipStatus:
                return new GossipStatus(ReadNode(ref reader), ReadVersion(ref reader), reader.UInt64());
            case Kind.Heartbeat:
                return new Heartbeat(ReadNode(ref reader), reader.Int64());
            case Kind.HeartbeatResponse:
                return new HeartbeatResponse(ReadNode(ref reader), reader.Int64());
            case Kind.ExitingConfirmed:
                return new ExitingConfirmed(ReadNode(ref reader));
            case Kind.OutsideWord:
                return new OutsideWord(ReadNode(ref reader), reader.Take(reader.Count(MaxOutsideBytes, sizeof(byte), "bytes for outside")).ToArray());
            default:
                throw new MalformedFrameException($"{(byte)kind} is no kind of membership message.");
        }
    }

    private static void WriteVersion(WireWriter writer, VectorClock version)
    {
        writer.Count(version.Counters.Count, GossipCodec.MaxNodes, "authors");
        foreach (var (node, counter) in version.Counters)
        {
            WriteNode(writer, node);
            writer.Int64(counter);
        }
    }

    private static VectorClock ReadVersion(ref WireReader reader)
    {
        var count = reader.Count(GossipCodec.MaxNodes, MinNodeBytes + sizeof(long), "authors");
        var counters = ImmutableSortedDictionary.CreateBuilder<UniqueAddress, long>();
        for (var i = 0; i < count; i++)
        {
            var node = ReadNode(ref reader);
            counters[node] = reader.Count64();
        }
        return new VectorClock(counters.ToImmutable());
    }
}
