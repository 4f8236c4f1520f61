using KvStore.Actors.Event;

namespace KvStore.Actors.Membership;

/// <summary>Who gets which events, in the order in which the machine made them. A subscriber that stops is forgotten.</summary>
internal sealed class ClusterSubscriptions(IActorContext context)
{
    private readonly EventStream _stream = new();

    internal void Publish(ClusterEvent.IClusterDomainEvent domainEvent) => _stream.Publish(domainEvent);

    internal bool TryHandle(object message, MembershipMachine machine)
    {
        switch (message)
        {
            case ClusterCommand.Subscribe subscribe:
                OnSubscribe(subscribe, machine);
                return true;
            case ClusterCommand.Unsubscribe { To: null } unsubscribe:
                _stream.Unsubscribe(unsubscribe.Subscriber);
                context.Unwatch(unsubscribe.Subscriber);
                return true;
            case ClusterCommand.Unsubscribe unsubscribe:
                _stream.Unsubscribe(unsubscribe.Subscriber, unsubscribe.To!);
                return true;
            case ClusterCommand.SendState send:
                send.Receiver.Tell(machine.State, ActorRefs.NoSender);
                return true;
            case Terminated terminated:
                _stream.Unsubscribe(terminated.ActorRef);
                return true;
            default:
                return false;
        }
    }

    private void OnSubscribe(ClusterCommand.Subscribe subscribe, MembershipMachine machine)
    {
        context.Watch(subscribe.Subscriber);
        if (subscribe.Mode == ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot)
        {
            subscribe.Subscriber.Tell(machine.State, ActorRefs.NoSender);
        }
        else
        {
            GossipDiff.Collect(Gossip.Empty, machine.Gossip, machine.Self, domainEvent =>
            {
                if (subscribe.To.Any(type => type.IsInstanceOfType(domainEvent)))
                    subscribe.Subscriber.Tell(domainEvent, ActorRefs.NoSender);
            });
        }
        foreach (var type in subscribe.To)
            _stream.Subscribe(subscribe.Subscriber, type);
    }
}
