using System.Collections.Immutable;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Membership;

/// <summary>What the membership machines of two nodes say to each other. Any of them may be lost, doubled or late.</summary>
internal interface IMembershipMessage : IControlMessage;

/// <summary>Asks a seed whether it is in a cluster. Repeated until somebody answers with an Ack.</summary>
internal sealed record InitJoin(UniqueAddress From) : IMembershipMessage;

/// <summary>The seed is in a cluster: join there. Also sent unasked to those that were refused while the seed was not yet in one.</summary>
internal sealed record InitJoinAck(Address From) : IMembershipMessage;

/// <summary>The seed lives, but is in no cluster. From all other seeds it lets the first one begin at once.</summary>
internal sealed record InitJoinNack(Address From) : IMembershipMessage;

/// <summary>Asks a member to let a node in. Repeated until welcomed; joining twice changes nothing.</summary>
internal sealed record JoinMessage(UniqueAddress Node, ImmutableHashSet<string> Roles, AppVersion AppVersion) : IMembershipMessage;

/// <summary>The node is in, and this is the cluster. If it is lost, the node asks again.</summary>
internal sealed record Welcome(UniqueAddress From, Gossip Gossip) : IMembershipMessage;

/// <summary>
/// The whole gossip. <see cref="To"/> names the incarnation that is meant: a node restarted on the address must not take what
/// was meant for its predecessor. If it is lost, a later round makes up for it.
/// </summary>
internal sealed record GossipEnvelope(UniqueAddress From, UniqueAddress To, Gossip Gossip) : IMembershipMessage;

/// <summary>
/// Only the version, and a hash of who has seen it: what is sent instead of the gossip while both sides probably have the same.
/// </summary>
internal sealed record GossipStatus(UniqueAddress From, VectorClock Version, ulong SeenHash) : IMembershipMessage;

/// <summary>Are you there? Its loss is what the failure detector measures.</summary>
internal sealed record Heartbeat(UniqueAddress From, long SequenceNr) : IMembershipMessage;

/// <summary>Yes. It names the incarnation, so that a restarted node does not answer for the dead one.</summary>
internal sealed record HeartbeatResponse(UniqueAddress From, long SequenceNr) : IMembershipMessage;

/// <summary>
/// A leaving node has shut down and needs not be waited for. If it is lost, the failure detector finds out instead.
/// </summary>
internal sealed record ExitingConfirmed(UniqueAddress Node) : IMembershipMessage;

/// <summary>
/// What an application says to whoever is at an address, member or not. It passes where its actors would not be heard, since the other
/// side has removed this node. The machines leave it alone. Who sends it repeats it where its loss would matter.
/// </summary>
internal sealed record OutsideWord(UniqueAddress From, ReadOnlyMemory<byte> Content) : IMembershipMessage;
