namespace KvStore.Actors.TestKit;

/// <summary>
/// A test actor beside the first one. It is not the sender of what the test tells; <see cref="Send"/> makes it one.
/// On Akka.NET a probe is a reference itself; here it has one.
/// </summary>
public sealed class TestProbe : TestKitBase, INoImplicitSender
{
    private static int s_probes;

    internal TestProbe(ActorSystem system, string? name)
        : base(system, name ?? $"probe-{Interlocked.Increment(ref s_probes)}")
    {
    }

    /// <summary>The probe's reference.</summary>
    public IActorRef Ref => TestActor;

    /// <summary>Who sent the last message that was taken.</summary>
    public IActorRef Sender => LastSender;

    /// <summary>Tells, with the probe as the sender.</summary>
    public void Send(IActorRef actor, object message) => actor.Tell(message, Ref);

    /// <summary>Passes a message on with the sender of the last one.</summary>
    public void Forward(IActorRef actor, object message) => actor.Tell(message, Sender);

    /// <summary>Passes the last message on with its sender.</summary>
    public void Forward(IActorRef actor) => Forward(actor, LastMessage ?? throw new InvalidOperationException("The probe has received nothing yet."));

    /// <summary>Answers the last message.</summary>
    public void Reply(object message) => Sender.Tell(message, Ref);

    /// <inheritdoc/>
    public override string ToString() => $"TestProbe{Ref}";
}
