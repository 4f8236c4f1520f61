using KvStore.Actors.Event;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// The mediator of one node: gives the <see cref="PubSubRegistry{TSubscriber}"/> subscriptions, members and the other mediators'
/// messages, and passes what is published to this node's subscribers and to the mediators of those nodes that have some.
/// </summary>
internal sealed partial class MediatorActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan s_pruneInterval = TimeSpan.FromMinutes(1);

    private readonly PubSubRegistry<IActorRef> _registry;
    private readonly Outlets _outlets;
    private readonly ActorSystemImpl _system;
    private readonly Cluster _cluster;
    private readonly ActorCell _cell;
    private readonly Random _random;
    private readonly long _gossipIntervalMs;
    private readonly bool _tellsDeadLetters;

    public MediatorActor(UniqueAddress self, PubSubSettings settings, bool tellsDeadLetters, TransportRemoting remoting, int seed)
    {
        _cell = (ActorCell)Context;
        _system = _cell.SystemImpl;
        _cluster = Cluster.Get(_system);
        _registry = new PubSubRegistry<IActorRef>(self, settings, seed);
        _outlets = new Outlets(remoting, Self.Path);
        _random = new Random(seed);
        _gossipIntervalMs = settings.GossipIntervalMs;
        _tellsDeadLetters = tellsDeadLetters;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long NowMs => (long)_system.Clock.MonotonicClock.TotalMilliseconds;

    /// <summary>Null where the publisher has none, so that nobody answers to dead letters by name.</summary>
    private IActorRef? Publisher => _cell.SenderOrNull;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer(nameof(GossipDue), GossipDue.Instance, TimeSpan.FromMilliseconds(_gossipIntervalMs));
        Timers.StartPeriodicTimer(nameof(PruneDue), PruneDue.Instance, s_pruneInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Publish publish:
                OnPublish(publish);
                return;
            case Delivery delivery:
                OnDelivery(delivery);
                return;
            case Send send:
                OnSend(send);
                return;
            case SendToAll send:
                OnSendToAll(send);
                return;
        }
        try
        {
            if (!Change(message))
                Unhandled(message);
        }
        catch (InvalidOperationException e)
        {
            // The registry is full. It has taken nothing in, and goes on with what it has.
            _system.Log.Warning("{0} was refused: {1}", message, e.Message);
            Publisher?.Tell(new Status.Failure(e), Self);
        }
        foreach (var send in _registry.Outbox)
            _outlets.SendControl(send.To, send.Message);
        _registry.Outbox.Clear();
    }

    private bool Change(object message)
    {
        switch (message)
        {
            case IPubSubMessage gossip:
                _registry.OnMessage(gossip);
                return true;
            case Subscribe subscribe:
                Context.Watch(subscribe.Ref);
                _registry.Subscribe(subscribe.Topic, subscribe.Group, subscribe.Ref, NowMs);
                Publisher?.Tell(new SubscribeAck(subscribe), Self);
                return true;
            case Unsubscribe unsubscribe:
                _registry.Unsubscribe(unsubscribe.Topic, unsubscribe.Group, unsubscribe.Ref, NowMs);
                Publisher?.Tell(new UnsubscribeAck(unsubscribe), Self);
                return true;
            case Put put:
                Context.Watch(put.Ref);
                _registry.Put(put.Ref.Path.ToStringWithoutAddress(), put.Ref, NowMs);
                return true;
            case Remove remove:
                _registry.Remove(remove.Path, NowMs);
                return true;
            case Terminated terminated:
                _registry.RemoveSubscriber(terminated.ActorRef, NowMs);
                return true;
            case GetTopics:
                Sender.Tell(new CurrentTopics(_registry.Topics), Self);
                return true;
            case ClusterEvent.IMemberEvent change:
                OnMember(change.Member);
                return true;
            case GossipDue:
                _registry.GossipTick();
                return true;
            case PruneDue:
                _registry.Prune(NowMs);
                return true;
            default:
                return false;
        }
    }

    private void OnMember(Member member)
    {
        // Before anybody of a cluster joined anew is told anything: they do not know the old uid.
        _registry.Rename(_cluster.SelfUniqueAddress, NowMs);
        if (member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving)
            _registry.AddNode(member.UniqueAddress);
        else if (member.Status is MemberStatus.Removed)
            _registry.RemoveNode(member.UniqueAddress);
    }

    private sealed class GossipDue
    {
        internal static readonly GossipDue Instance = new();
    }

    private sealed class PruneDue
    {
        internal static readonly PruneDue Instance = new();
    }
}
