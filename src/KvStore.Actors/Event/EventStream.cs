namespace KvStore.Actors.Event;

/// <summary>
/// Publishes events inside the system: a subscriber gets every event of the type it named, or of one derived from it. A
/// subscriber that stops is forgotten.
/// </summary>
public class EventStream
{
    private readonly Lock _gate = new();

    // Replaced as a whole under the lock, so that publishing takes none.
    private Subscription[] _subscriptions = [];

    /// <summary>Subscribes to events of type <paramref name="channel"/>; false when it was already.</summary>
    public bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_gate)
        {
            if (_subscriptions.Any(each => each.Is(subscriber, channel)))
                return false;
            _subscriptions = [.. _subscriptions, new Subscription(subscriber, channel)];
            return true;
        }
    }

    /// <summary>Takes a subscription back; false when there was none.</summary>
    public bool Unsubscribe(IActorRef subscriber, Type channel) => Remove(each => each.Is(subscriber, channel));

    /// <summary>Takes all of a subscriber's subscriptions back; false when there were none.</summary>
    public bool Unsubscribe(IActorRef subscriber) => Remove(each => each.Subscriber.Equals(subscriber));

    /// <summary>Tells <paramref name="event"/> to whoever subscribed to its type, once each.</summary>
    public void Publish(object @event)
    {
        var subscriptions = Volatile.Read(ref _subscriptions);
        for (var i = 0; i < subscriptions.Length; i++)
        {
            var (subscriber, channel) = subscriptions[i];
            if (channel.IsInstanceOfType(@event) && !WasToldBefore(subscriptions, i, @event))
                subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }

    private static bool WasToldBefore(Subscription[] subscriptions, int end, object @event)
    {
        for (var i = 0; i < end; i++)
        {
            if (subscriptions[i].Subscriber.Equals(subscriptions[end].Subscriber) && subscriptions[i].Channel.IsInstanceOfType(@event))
                return true;
        }
        return false;
    }

    private bool Remove(Predicate<Subscription> match)
    {
        if (Volatile.Read(ref _subscriptions).Length == 0)
            return false;
        lock (_gate)
        {
            var left = Array.FindAll(_subscriptions, each => !match(each));
            var removed = left.Length < _subscriptions.Length;
            _subscriptions = left;
            return removed;
        }
    }

    private readonly record struct Subscription(IActorRef Subscriber, Type Channel)
    {
        internal bool Is(IActorRef subscriber, Type channel) => Channel == channel && Subscriber.Equals(subscriber);
    }
}

/// <summary>Short forms of the event stream's methods.</summary>
public static class EventStreamExtensions
{
    /// <summary>Subscribes to events of type <typeparamref name="TChannel"/>.</summary>
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Subscribe(subscriber, typeof(TChannel));

    /// <summary>Takes the subscription to events of type <typeparamref name="TChannel"/> back.</summary>
    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Unsubscribe(subscriber, typeof(TChannel));
}
