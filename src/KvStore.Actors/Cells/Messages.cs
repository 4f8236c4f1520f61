namespace KvStore.Actors;

/// <summary>A message and its sender, as the stash keeps them.</summary>
public readonly struct Envelope(object message, IActorRef? sender) : IEquatable<Envelope>
{
    /// <summary>What was sent.</summary>
    public object Message { get; } = message;

    /// <summary>Who sent it, if anybody.</summary>
    public IActorRef? Sender { get; } = sender;

    /// <inheritdoc/>
    public bool Equals(Envelope other) => ReferenceEquals(Message, other.Message) && Equals(Sender, other.Sender);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Envelope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Message, Sender);

    /// <summary>Same message object and sender.</summary>
    public static bool operator ==(Envelope left, Envelope right) => left.Equals(right);

    /// <summary>Another message object or sender.</summary>
    public static bool operator !=(Envelope left, Envelope right) => !left.Equals(right);
}

/// <summary>Tells a watcher that the actor it watched has stopped. Unhandled, it stops the watcher.</summary>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated) : IAutoReceivedMessage, IDeadLetterSuppression
{
    /// <summary>Who has stopped.</summary>
    public IActorRef ActorRef { get; } = actorRef;

    /// <summary>True when the whole node was removed.</summary>
    public bool AddressTerminated { get; } = addressTerminated;

    /// <summary>False when nobody can say whether the actor ever lived.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    /// <inheritdoc/>
    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}

/// <summary>Stops the actor once it has handled what came before.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IDeadLetterSuppression
{
    private PoisonPill()
    {
    }

    /// <summary>The only value.</summary>
    public static PoisonPill Instance { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the actor throw <see cref="ActorKilledException"/>, which its supervisor decides upon.</summary>
public sealed class Kill : IAutoReceivedMessage
{
    private Kill()
    {
    }

    /// <summary>The only value.</summary>
    public static Kill Instance { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => "<Kill>";
}

/// <summary>Asks an actor, or whoever a selection finds, for its reference.</summary>
public sealed class Identify(object messageId) : IAutoReceivedMessage
{
    /// <summary>Comes back in the answer.</summary>
    public object MessageId { get; } = messageId;
}

/// <summary>The answer to <see cref="Identify"/>.</summary>
public sealed class ActorIdentity(object messageId, IActorRef? subject)
{
    /// <summary>What <see cref="Identify"/> carried.</summary>
    public object MessageId { get; } = messageId;

    /// <summary>The actor; null when nobody is there.</summary>
    public IActorRef? Subject { get; } = subject;
}

/// <summary>Comes when nothing else came for the time given to <see cref="IActorContext.SetReceiveTimeout"/>.</summary>
public sealed class ReceiveTimeout
{
    private ReceiveTimeout()
    {
    }

    /// <summary>The only value.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>Outcomes as messages. A <see cref="Failure"/> faults the task of an ask.</summary>
public abstract class Status
{
    /// <summary>Something went well.</summary>
    public sealed class Success(object? status) : Status
    {
        /// <summary>A success without a result.</summary>
        public static readonly Success Instance = new(null);

        /// <summary>The result.</summary>
        public readonly object? Status = status;

        /// <inheritdoc/>
        public override string ToString() => $"Success: {Status ?? "null"}";
    }

    /// <summary>Something failed.</summary>
    public sealed class Failure(Exception cause, object? state) : Status
    {
        /// <summary>Why it failed.</summary>
        public readonly Exception Cause = cause;

        /// <summary>Whatever else the sender wants known.</summary>
        public readonly object? State = state;

        /// <summary>A failure without a state.</summary>
        public Failure(Exception cause)
            : this(cause, null)
        {
        }

        /// <inheritdoc/>
        public override string ToString() => $"Failure: {Cause}";
    }
}

/// <summary>
/// The scheduler's word to a cell that a timer is due; the generation tells it from one that was replaced. The receive timeout
/// starts anew with the timer's own message, as on Akka.NET.
/// </summary>
internal sealed class TimerDue(TimerScheduler owner, object key, int generation) : IAutoReceivedMessage, IDeadLetterSuppression, INotInfluenceReceiveTimeout
{
    internal TimerScheduler Owner { get; } = owner;

    internal object Key { get; } = key;

    internal int Generation { get; } = generation;
}

/// <summary>The scheduler's word to a cell to look whether its receive timeout has passed.</summary>
internal sealed class ReceiveTimeoutDue(int generation) : IAutoReceivedMessage, IDeadLetterSuppression, INotInfluenceReceiveTimeout
{
    internal int Generation { get; } = generation;
}

/// <summary>A node is gone for good: whoever watches an actor there gets <see cref="Terminated"/>.</summary>
internal sealed class AddressTerminated(Address address) : IAutoReceivedMessage, IDeadLetterSuppression, INotInfluenceReceiveTimeout
{
    internal Address Address { get; } = address;
}
