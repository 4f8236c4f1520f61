namespace KvStore.Actors.Remoting;

/// <summary>
/// What two nodes send each other over a connection, little-endian throughout. The one that connected sends a Hello; the
/// other answers Accept or Refuse, and never anything more. After an Accept, message frames flow from the first to the second.
/// <code>
/// frame    := u32 length of what follows | u8 kind | body
/// Hello    := magic | u8 version | u8 lane | address of the sender | i32 uid | address that it dialled
/// Accept   := magic | u8 version | address | i32 uid
/// Refuse   := magic | u8 version | text reason
/// Message  := name recipient | name sender | i32 serializer id | name manifest | payload to the end
/// magic    := "KVSA"
/// Begin    := u32 bytes of the whole payload | name recipient | name sender | i32 serializer id | name manifest | payload's first part
/// Part     := the payload's next part
/// name     := u16 head | rest, see <see cref="NameTable"/>
/// address, text: see <see cref="AddressCodec"/>
/// </code>
/// A message larger than a frame travels as a Begin and its Parts, with nothing between them: a lane is one line of messages in
/// the order in which they were queued, whoever they are for, and stays so. What waits behind a large message waits no longer
/// than behind as many bytes of small ones, and heartbeats have a lane of their own.
/// </summary>
internal static class Frames
{
    /// <summary>Raised whenever a layout changes; a node of another version is refused with both numbers in the reason.</summary>
    public const byte ProtocolVersion = 2;

    public const int LengthBytes = sizeof(uint);

    /// <summary>Two addresses and a few numbers. Before the handshake nobody gets more memory than this.</summary>
    public const int MaxHandshakeBytes = 4096;

    /// <summary>A maximum-frame-size below this would not even hold three long names.</summary>
    public const int MinMaxFrameBytes = 8 * 1024;

    /// <summary>One line for a log.</summary>
    public const int MaxReasonBytes = 512;

    public static ReadOnlySpan<byte> Magic => "KVSA"u8;
}

internal enum FrameKind : byte
{
    Hello = 1,
    Accept = 2,
    Refuse = 3,
    Message = 4,
    Begin = 5,
    Part = 6,
}

/// <summary>
/// Each lane is a connection of its own, so that a backlog of data can never delay heartbeats until a healthy node looks dead.
/// </summary>
internal enum Lane : byte
{
    /// <summary>What actors say to each other.</summary>
    Data = 0,

    /// <summary>Heartbeats, gossip and the like: little, and urgent.</summary>
    Control = 1,
}

/// <summary>Who is at the other end: its address, and which of the incarnations there.</summary>
internal sealed record PeerIdentity(Address Address, int Uid);
