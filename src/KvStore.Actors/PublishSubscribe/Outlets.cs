using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// The ways to the other nodes' mediators. A published message is serialized once and then written to every node that needs it;
/// publishing is the hot path, so the ways of a topic are kept for as long as the registry names the same nodes.
/// </summary>
internal sealed class Outlets(TransportRemoting remoting, ActorPath mediator)
{
    /// <summary>More topics than a node publishes to; one that goes through countless names must not fill the memory.</summary>
    private const int MaxTopics = 4096;

    private readonly Dictionary<string, TopicRoute> _routes = new(StringComparer.Ordinal);

    internal void Publish(string topic, UniqueAddress[] nodes, object message, IActorRef? sender)
    {
        var ways = WaysTo(topic, nodes);
        if (!remoting.TrySerialize(message, topic, out var serialized))
            return;
        var from = remoting.WirePathOf(sender);
        foreach (var way in ways)
            remoting.Write(way, Lane.Data, message, from, serialized);
    }

    internal void SendToPath(UniqueAddress node, string path, object message, IActorRef? sender) =>
        remoting.Send(OutletTo(node, Inlets.OfPath(MediatorAt(node), path)), Lane.Data, message, sender);

    internal void SendToGroup(UniqueAddress node, string topic, string group, object message, IActorRef? sender) =>
        remoting.Send(OutletTo(node, Inlets.OfGroup(MediatorAt(node), topic, group)), Lane.Data, message, sender);

    internal void SendControl(UniqueAddress node, IPubSubMessage message) =>
        remoting.Send(OutletTo(node, MediatorAt(node).ToString()), Lane.Control, message, ActorRefs.NoSender);

    private RemoteOutlet[] WaysTo(string topic, UniqueAddress[] nodes)
    {
        if (_routes.TryGetValue(topic, out var route) && ReferenceEquals(route.Nodes, nodes))
            return route.Ways;
        if (_routes.Count >= MaxTopics)
            _routes.Clear();
        RemoteOutlet[] ways = [.. nodes.Select(node => OutletTo(node, Inlets.OfTopic(MediatorAt(node), topic)))];
        _routes[topic] = new TopicRoute(nodes, ways);
        return ways;
    }

    private RemoteOutlet OutletTo(UniqueAddress node, string recipient) => new(remoting, node.Address, recipient);

    private ActorPath MediatorAt(UniqueAddress node) => new RootActorPath(node.Address) / mediator.Elements;

    private readonly record struct TopicRoute(UniqueAddress[] Nodes, RemoteOutlet[] Ways);
}
