namespace KvStore.Actors;

/// <summary>Something a message can be told to: a reference or a selection.</summary>
public interface ICanTell
{
    /// <summary>Sends <paramref name="message"/>, at most once and without waiting; order holds per pair of sender and receiver.</summary>
    void Tell(object message, IActorRef? sender);
}

/// <summary>The address of one incarnation of an actor. Equal when path and uid are.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>
{
    /// <summary>Where the actor lives.</summary>
    ActorPath Path { get; }
}

/// <summary>Marks messages that the cell handles itself before, or instead of, handing them to the actor.</summary>
public interface IAutoReceivedMessage;

/// <summary>Marks messages whose loss is expected, so that they are not logged as dead letters.</summary>
public interface IDeadLetterSuppression;

/// <summary>Marks messages that never leave their node, which a test that serializes every message must leave alone.</summary>
public interface INoSerializationVerificationNeeded;

/// <summary>Marks messages that do not restart the clock of <see cref="IActorContext.SetReceiveTimeout"/>.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>Says that a task of a shutdown phase is done; a value in place of <c>void</c>.</summary>
public sealed class Done
{
    /// <summary>The only value.</summary>
    public static readonly Done Instance = new();

    private Done()
    {
    }
}
