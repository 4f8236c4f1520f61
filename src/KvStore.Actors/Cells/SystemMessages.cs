namespace KvStore.Actors;

/// <summary>What cells say to each other about life and death, ahead of every user message.</summary>
internal abstract class SystemMessage;

/// <summary>Makes the first instance of the actor.</summary>
internal sealed class Create : SystemMessage;

/// <summary>Replaces the instance after <paramref name="cause"/>.</summary>
internal sealed class Recreate(Exception cause) : SystemMessage
{
    internal Exception Cause { get; } = cause;
}

/// <summary>Holds user messages back; counted, so every one needs its <see cref="Resume"/>.</summary>
internal sealed class Suspend : SystemMessage;

/// <summary>Undoes one <see cref="Suspend"/>; not null when the supervisor forgave a failure.</summary>
internal sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    internal Exception? CausedByFailure { get; } = causedByFailure;
}

/// <summary>Stops the actor.</summary>
internal sealed class Terminate : SystemMessage;

/// <summary>Asks <paramref name="watchee"/> to report its end to <paramref name="watcher"/>.</summary>
internal sealed class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    internal IInternalActorRef Watchee { get; } = watchee;

    internal IInternalActorRef Watcher { get; } = watcher;
}

/// <summary>Takes a <see cref="Watch"/> back.</summary>
internal sealed class Unwatch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    internal IInternalActorRef Watchee { get; } = watchee;

    internal IInternalActorRef Watcher { get; } = watcher;
}

/// <summary>Says that <paramref name="actor"/> has stopped, or that its node is gone.</summary>
internal sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated) : SystemMessage
{
    internal IActorRef Actor { get; } = actor;

    internal bool ExistenceConfirmed { get; } = existenceConfirmed;

    internal bool AddressTerminated { get; } = addressTerminated;
}

/// <summary>Says that <paramref name="child"/> threw and waits, suspended, for its supervisor's decision.</summary>
internal sealed class Failed(IInternalActorRef child, Exception cause) : SystemMessage
{
    internal IInternalActorRef Child { get; } = child;

    internal Exception Cause { get; } = cause;
}

/// <summary>The system messages that carry nothing.</summary>
internal static class SystemMessages
{
    internal static readonly Create Create = new();
    internal static readonly Suspend Suspend = new();
    internal static readonly Terminate Terminate = new();
}
