namespace KvStore.Actors.Remoting;

/// <summary>
/// Brings frames to other nodes, in order on each lane and at most once. There is no task and no await in it: what happens is told
/// to the handler, so that a simulated network can stand in its place and everything above it runs deterministically.
/// </summary>
internal interface ITransport
{
    /// <summary>This node, once it listens.</summary>
    PeerIdentity Self { get; }

    TransportCounters Counters { get; }

    /// <summary>Begins to listen, and returns the address under which others reach this node, with the port really bound.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The host or port cannot be bound.</exception>
    Address Listen(ITransportHandler handler);

    /// <summary>
    /// The association with another node; always the same one for the same address. It connects when there is something to send.
    /// </summary>
    IAssociation Associate(Address remote);

    /// <summary>Sends what is queued, within a bounded time, closes everything, and then calls back once.</summary>
    void Close(Action closed);
}

/// <summary>The way to one other node. Thread-safe.</summary>
internal interface IAssociation
{
    Address Remote { get; }

    /// <summary>Which incarnation answered the last handshake; null before the first.</summary>
    PeerIdentity? Peer { get; }

    /// <summary>
    /// Queues a message and returns at once. Frames of one lane arrive in the order in which they were queued, or not at all:
    /// those queued or under way when a connection breaks are lost, and counted as far as they were still here.
    /// </summary>
    /// <exception cref="ArgumentException">A path or the manifest is longer than <see cref="NameTable.MaxNameBytes"/>.</exception>
    WriteResult Write(Lane lane, string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload);

    /// <summary>
    /// Ends the connections and drops what is queued, as for a removed node. A later <see cref="Write"/> connects anew.
    /// </summary>
    void Disconnect(string reason);
}

/// <summary>What became of a message handed to <see cref="IAssociation.Write"/>.</summary>
internal enum WriteResult : byte
{
    Queued,

    /// <summary>The lane's buffer is full: the peer is slower than this node, or not there. Dropped and counted.</summary>
    BufferFull,

    /// <summary>The message is larger than maximum-message-size, or than half of the lane's buffer. Dropped and counted.</summary>
    TooLarge,

    /// <summary>The transport is closing. Dropped and counted.</summary>
    Closed,
}

/// <summary>
/// Hears what happens on a transport. Calls about one connection come one after the other and in order; those about different
/// connections may come at the same time, on any thread. None of them may block.
/// </summary>
internal interface ITransportHandler
{
    /// <summary>Why a peer that calls is not to be let in, in words that it is told; null where it is.</summary>
    string? Objection(PeerIdentity peer) => null;

    void OnConnected(PeerIdentity peer, Lane lane, bool inbound);

    /// <summary>A message has arrived. What this throws is counted, and costs that message only.</summary>
    void OnFrame(PeerIdentity from, scoped in InboundFrame frame);

    void OnDisconnected(PeerIdentity peer, Lane lane, bool inbound, string reason);

    /// <summary>
    /// A connection came to nothing: garbage, a foreign system, another version, too many connections, or nobody there.
    /// The remote end is null where it did not say who it is.
    /// </summary>
    void OnFailed(Address? remote, bool inbound, string reason);
}
