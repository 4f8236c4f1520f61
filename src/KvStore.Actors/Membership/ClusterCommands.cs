namespace KvStore.Actors.Membership;

/// <summary>What the extension asks of its daemon. They never leave the process, and one that finds the membership stopped has nothing to do.</summary>
internal abstract record ClusterCommand : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>Join through a member, or begin a cluster where it is this node itself.</summary>
    internal sealed record Join(Address Address) : ClusterCommand;

    /// <summary>Join through seeds.</summary>
    internal sealed record JoinSeeds(IReadOnlyList<Address> Seeds) : ClusterCommand;

    /// <summary>Begin the graceful leave of a member.</summary>
    internal sealed record Leave(Address Address) : ClusterCommand;

    /// <summary>Judge a member dead.</summary>
    internal sealed record Down(Address Address) : ClusterCommand;

    /// <summary>Give up this membership for that of others.</summary>
    internal sealed record JoinInstead(IReadOnlyList<Address> Others) : ClusterCommand;

    /// <summary>Say something to whoever is at an address.</summary>
    internal sealed record TellOutside(Address To, ReadOnlyMemory<byte> Content) : ClusterCommand;

    /// <summary>Send an actor what is said from outside.</summary>
    internal sealed record ListenOutside(IActorRef Listener) : ClusterCommand;

    /// <summary>What ran on this exiting node has been shut down.</summary>
    internal sealed record CompleteExiting : ClusterCommand;

    /// <summary>Send events to an actor.</summary>
    internal sealed record Subscribe(IActorRef Subscriber, ClusterEvent.SubscriptionInitialStateMode Mode, IReadOnlyList<Type> To) : ClusterCommand;

    /// <summary>Send no more of them; of none at all where the type is null.</summary>
    internal sealed record Unsubscribe(IActorRef Subscriber, Type? To) : ClusterCommand;

    /// <summary>Send the state once.</summary>
    internal sealed record SendState(IActorRef Receiver) : ClusterCommand;

    /// <summary>Run something once this node is Up.</summary>
    internal sealed record OnUp(Action Callback) : ClusterCommand;

    /// <summary>Time has passed.</summary>
    internal sealed record Tick : ClusterCommand;
}
