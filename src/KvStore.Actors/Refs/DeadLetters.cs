using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>A path in this system where nobody is: messages become dead letters, and a watch is answered at once.</summary>
internal class EmptyLocalActorRef(ActorSystemImpl system, ActorPath path) : ActorRefBase(path)
{
    protected ActorSystemImpl System { get; } = system;

    protected override void TellInternal(object message, IActorRef? sender) => Refuse(message, sender, this);

    /// <summary>Publishes <paramref name="message"/> as one that <paramref name="recipient"/> could not be given.</summary>
    internal void Refuse(object message, IActorRef? sender, IActorRef recipient)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case DeadLetter letter when recipient.Equals(System.DeadLetters):
                System.EventStream.Publish(letter);
                break;
            case AllDeadLetters or LogEvent:
                // A subscriber that has stopped: to publish the loss would send it the same again, for ever.
                break;
            case IDeadLetterSuppression:
                System.EventStream.Publish(new SuppressedDeadLetter(message, sender ?? System.DeadLetters, recipient));
                break;
            default:
                System.PublishDeadLetter(new DeadLetter(message, sender ?? System.DeadLetters, recipient));
                break;
        }
    }

    private protected override IActorRefProvider ProviderOfRef => System.Provider;

    private protected override void OnSystemMessage(SystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }
}

/// <summary>The reference <c>/deadLetters</c>.</summary>
internal sealed class DeadLetterActorRef(ActorSystemImpl system, ActorPath path) : EmptyLocalActorRef(system, path);
