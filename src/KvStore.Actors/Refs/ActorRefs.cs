namespace KvStore.Actors;

/// <summary>References that stand for nobody.</summary>
public static class ActorRefs
{
    /// <summary>Swallows every message.</summary>
    public static readonly Nobody Nobody = Nobody.Instance;

    /// <summary>No sender: replies go to dead letters.</summary>
    public static readonly IActorRef? NoSender;
}

/// <summary>The reference that swallows every message and is watched in vain.</summary>
public sealed class Nobody : ActorRefBase
{
    /// <summary>The only instance.</summary>
    public static readonly Nobody Instance = new();

    private Nobody()
        : base(new RootActorPath(new Address("akka", "all-systems")) / "nobody")
    {
    }

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef? sender)
    {
    }
}

/// <summary>Questions about a reference.</summary>
public static class ActorRefExtensions
{
    /// <summary>True for <see cref="Nobody"/> and for null.</summary>
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Nobody;
}

/// <summary>Tells whose sender is the actor that is running on this thread.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends <paramref name="message"/> with the current actor as its sender, or with none outside an actor.</summary>
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.CurrentSelfOrNoSender());

    /// <summary>Passes <paramref name="message"/> on with the sender of the message that is being handled.</summary>
    public static void Forward(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.CurrentSenderOrNoSender());
}
