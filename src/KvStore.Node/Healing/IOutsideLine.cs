namespace KvStore.Node.Healing;

/// <summary>How a node is heard outside of its cluster, and moves there. Each engine has its own; used on the store's turn.</summary>
internal interface IOutsideLine
{
    /// <summary>False where the engine has no such way.</summary>
    bool IsOpen { get; }

    /// <summary>Where members were that the cluster has removed.</summary>
    IReadOnlyCollection<Address> RemovedAddresses { get; }

    /// <summary>Has an actor told what comes.</summary>
    void Listen(IActorRef listener);

    /// <summary>Who sent it and what, of a message that came this way; null of any other.</summary>
    (Address From, ReadOnlyMemory<byte> Content)? Read(object message);

    /// <summary>Says something once; it may be lost.</summary>
    void Tell(Address to, byte[] content);

    /// <summary>Gives up the membership for that of the cluster there; the store and its clients stay.</summary>
    void JoinInstead(IReadOnlyCollection<Address> others);
}
