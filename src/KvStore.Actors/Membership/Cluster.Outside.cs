namespace KvStore.Actors.Membership;

/// <summary>Something that a node has said to this one from outside of its cluster, or from inside.</summary>
/// <param name="From">Where it is.</param>
/// <param name="Content">What it said; never changed afterwards.</param>
public sealed record OutsideMessage(Address From, ReadOnlyMemory<byte> Content) : INoSerializationVerificationNeeded;

/// <summary>
/// What lies outside of the cluster: nodes that were removed from it and live. Actors there are not heard here, nor the other way
/// round, so these few words travel as the membership's own do. Akka.NET has nothing like it.
/// </summary>
public sealed partial class Cluster
{
    /// <summary>
    /// Where members were that the cluster has removed, as long as it remembers them (<c>prune-gossip-tombstones-after</c>), and no member is now.
    /// </summary>
    public IReadOnlyCollection<Address> RemovedAddresses => _view.Gossip.RemovedAddresses;

    /// <summary>Says something to whoever listens at an address, once; it may be lost.</summary>
    /// <exception cref="ArgumentException">It is longer than 48 kB.</exception>
    public void TellOutside(Address to, ReadOnlyMemory<byte> content)
    {
        ArgumentNullException.ThrowIfNull(to);
        if (content.Length > MembershipCodec.MaxOutsideBytes)
            throw new ArgumentException($"{content.Length} bytes, where at most {MembershipCodec.MaxOutsideBytes} can be said.", nameof(content));
        _daemon.Tell(new ClusterCommand.TellOutside(to, content), ActorRefs.NoSender);
    }

    /// <summary>Sends that actor, and no other, every <see cref="OutsideMessage"/> that comes from now on.</summary>
    public void ListenOutside(IActorRef listener) => _daemon.Tell(new ClusterCommand.ListenOutside(listener), ActorRefs.NoSender);

    /// <summary>
    /// Gives this membership up for that of the cluster at these addresses: this node downs itself, and a second later asks there, at its seeds
    /// and at its former members to be let in with a new uid, as after any downing. One that is in no cluster, and asks to be let in, asks there too.
    /// </summary>
    public void JoinInstead(IEnumerable<Address> others) => _daemon.Tell(new ClusterCommand.JoinInstead([.. others.Where(other => other != SelfAddress)]), ActorRefs.NoSender);
}
