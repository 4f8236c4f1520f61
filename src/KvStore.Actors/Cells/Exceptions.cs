namespace KvStore.Actors;

#pragma warning disable RCS1194 // The constructors are those of Akka.NET's exceptions.

/// <summary>The base of the engine's exceptions.</summary>
public abstract class AkkaException : Exception
{
    /// <summary>Creates the exception.</summary>
    protected AkkaException(string? message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>An actor could not be created, or was created outside <c>ActorOf</c>.</summary>
public class ActorInitializationException : AkkaException
{
    /// <summary>Creates the exception.</summary>
    public ActorInitializationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for <paramref name="actor"/>.</summary>
    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(actor is null ? message : $"{actor}: {message}", cause) => Actor = actor;

    /// <summary>Who could not be created.</summary>
    public IActorRef? Actor { get; }
}

/// <summary>The new instance failed while it was restarted.</summary>
public sealed class PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
    : ActorInitializationException(actor, $"Exception post restart ({originalCause.GetType().Name})", cause)
{
    /// <summary>The failure that led to the restart.</summary>
    public Exception OriginalCause { get; } = originalCause;
}

/// <summary>The actor was sent <see cref="Kill"/>.</summary>
public sealed class ActorKilledException(string message) : AkkaException(message);

/// <summary>The actor left a <see cref="Terminated"/> unhandled.</summary>
public sealed class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    /// <summary>The actor that was watched.</summary>
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>A name is no path element, or is taken.</summary>
public sealed class InvalidActorNameException(string message) : AkkaException(message);

/// <summary>A message is null.</summary>
public sealed class InvalidMessageException(string message) : AkkaException(message);

/// <summary>An actor did what its state forbids, such as stashing a message twice.</summary>
public sealed class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>Nobody answers at the path of a selection.</summary>
public sealed class ActorNotFoundException(string message, Exception? inner = null) : AkkaException(message, inner);

/// <summary>The reply to an ask did not come in time.</summary>
public sealed class AskTimeoutException(string message) : AkkaException(message);

/// <summary>The configuration asks for what the engine does not have.</summary>
public sealed class ConfigurationException(string message, Exception? cause = null) : AkkaException(message, cause);
