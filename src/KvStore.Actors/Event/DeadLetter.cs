namespace KvStore.Actors.Event;

/// <summary>What all letters without a living recipient have.</summary>
public abstract class AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
{
    /// <summary>What was sent.</summary>
    public object Message { get; } = message;

    /// <summary>To whom.</summary>
    public IActorRef Recipient { get; } = recipient;

    /// <summary>By whom.</summary>
    public IActorRef Sender { get; } = sender;

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>A message whose recipient has stopped or never was. The first ones are logged.</summary>
public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>A dead letter whose message says that its loss is expected.</summary>
public sealed class SuppressedDeadLetter(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>A message that its recipient left unhandled.</summary>
public sealed class UnhandledMessage(object message, IActorRef sender, IActorRef recipient)
{
    /// <summary>What was sent.</summary>
    public object Message { get; } = message;

    /// <summary>By whom.</summary>
    public IActorRef Sender { get; } = sender;

    /// <summary>To whom.</summary>
    public IActorRef Recipient { get; } = recipient;

    /// <inheritdoc/>
    public override string ToString() => $"Unhandled message from {Sender} to {Recipient}: <{Message}>";
}
