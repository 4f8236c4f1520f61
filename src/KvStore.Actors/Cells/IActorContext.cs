namespace KvStore.Actors;

/// <summary>Handles a message; false means unhandled.</summary>
public delegate bool Receive(object message);

/// <summary>Handles a message.</summary>
public delegate void UntypedReceive(object message);

/// <summary>What can start actors and find them.</summary>
public interface IActorRefFactory
{
    /// <summary>Starts an actor below this one; without a name it gets <c>$a</c>, <c>$b</c>, …</summary>
    /// <exception cref="InvalidActorNameException">The name is taken or is no path element.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Whoever is at <paramref name="actorPath"/> when a message arrives there.</summary>
    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>Whoever is at a path, absolute with or without an address, or relative to this actor.</summary>
    ActorSelection ActorSelection(string actorPath);
}

/// <summary>What can watch actors.</summary>
public interface ICanWatch
{
    /// <summary>Asks for <see cref="Terminated"/> when <paramref name="subject"/> has stopped, also if it has already.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>As <see cref="Watch"/>, with <paramref name="message"/> in place of <see cref="Terminated"/>.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes a watch back; a <see cref="Terminated"/> that is on its way is dropped.</summary>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What an actor can do beside receiving. Valid on the actor's turn only.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    /// <summary>The actor itself.</summary>
    IActorRef Self { get; }

    /// <summary>How the actor is made.</summary>
    Props Props { get; }

    /// <summary>Where its mailbox runs.</summary>
    MessageDispatcher Dispatcher { get; }

    /// <summary>Who sent the current message; dead letters when nobody did.</summary>
    IActorRef Sender { get; }

    /// <summary>The system it lives in.</summary>
    ActorSystem System { get; }

    /// <summary>The supervisor.</summary>
    IActorRef Parent { get; }

    /// <summary>The time set by <see cref="SetReceiveTimeout"/>.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Replaces the current behaviour.</summary>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Takes the top behaviour off; the first one stays.</summary>
    void UnbecomeStacked();

    /// <summary>The child of that name, or <see cref="Nobody"/>.</summary>
    IActorRef Child(string name);

    /// <summary>The children that have not stopped.</summary>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Asks for <see cref="KvStore.Actors.ReceiveTimeout"/> when nothing comes for so long; null ends it.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Stops a child, or this actor, after its current message.</summary>
    void Stop(IActorRef child);
}

/// <summary>The context of an <see cref="UntypedActor"/>.</summary>
public interface IUntypedActorContext : IActorContext
{
    /// <summary>Replaces the current behaviour.</summary>
    void Become(UntypedReceive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    void BecomeStacked(UntypedReceive receive);
}

/// <summary>Short forms of <see cref="IActorRefFactory"/>.</summary>
public static class ActorRefFactoryExtensions
{
    /// <summary>Starts an actor that needs no arguments.</summary>
    public static IActorRef ActorOf<TActor>(this IActorRefFactory factory, string? name = null)
        where TActor : ActorBase, new() => factory.ActorOf(Props.Create<TActor>(), name);

    /// <summary>Whoever is at a path relative to <paramref name="anchorRef"/>.</summary>
    public static ActorSelection ActorSelection(this IActorRefFactory factory, IActorRef anchorRef, string actorPath) =>
        new(anchorRef, actorPath);
}
