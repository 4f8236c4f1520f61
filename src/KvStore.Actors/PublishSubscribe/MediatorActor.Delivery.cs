using KvStore.Actors.Event;
using KvStore.Actors.Membership;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>Who gets what is published or sent. The publisher stays the sender, on every node.</summary>
internal sealed partial class MediatorActor
{
    private void OnPublish(Publish publish)
    {
        if (publish.SendOneMessageToEachGroup)
        {
            OnPublishToGroups(publish);
            return;
        }
        var sender = Publisher;
        var local = _registry.LocalSubscribers(publish.Topic, group: "");
        foreach (var subscriber in local)
            subscriber.Tell(publish.Message, sender);
        var nodes = _registry.RemoteNodes(publish.Topic);
        if (nodes.Length > 0)
            _outlets.Publish(publish.Topic, nodes, publish.Message, sender);
        else if (local.Length == 0)
            Refuse(publish.Message);
    }

    private void OnPublishToGroups(Publish publish)
    {
        var groups = _registry.Groups(publish.Topic);
        foreach (var group in groups)
        {
            var local = _registry.LocalSubscribers(publish.Topic, group);
            var nodes = _registry.RemoteNodes(RegistryKey.TopicGroup(publish.Topic, group));
            var chosen = _random.Next(local.Length + nodes.Length);
            if (chosen < local.Length)
                local[chosen].Tell(publish.Message, Publisher);
            else
                _outlets.SendToGroup(nodes[chosen - local.Length], publish.Topic, group, publish.Message, Publisher);
        }
        if (groups.Count == 0)
            Refuse(publish.Message);
    }

    private void OnSend(Send send)
    {
        var isHere = _registry.TryGetPath(send.Path, out var local);
        var nodes = _registry.RemoteNodesOfPath(send.Path);
        var chosen = isHere && send.LocalAffinity ? 0 : _random.Next(nodes.Length + (isHere ? 1 : 0));
        if (isHere && chosen == 0)
            local!.Tell(send.Message, Publisher);
        else if (nodes.Length > 0)
            _outlets.SendToPath(nodes[chosen - (isHere ? 1 : 0)], send.Path, send.Message, Publisher);
        else
            Refuse(send.Message);
    }

    private void OnSendToAll(SendToAll send)
    {
        UniqueAddress[] nodes = _registry.RemoteNodesOfPath(send.Path);
        var isHere = _registry.TryGetPath(send.Path, out var local) && !send.ExcludeSelf;
        if (isHere)
            local!.Tell(send.Message, Publisher);
        foreach (var node in nodes)
            _outlets.SendToPath(node, send.Path, send.Message, Publisher);
        if (!isHere && nodes.Length == 0)
            Refuse(send.Message);
    }

    private void OnDelivery(Delivery delivery)
    {
        var key = delivery.Key;
        switch (key.Kind)
        {
            case RegistryKeyKind.Topic:
                foreach (var subscriber in _registry.LocalSubscribers(key.Name, group: ""))
                    subscriber.Tell(delivery.Message, Publisher);
                break;
            case RegistryKeyKind.Group:
                if (_registry.LocalSubscribers(key.Name, key.Group) is { Length: > 0 } members)
                    members[_random.Next(members.Length)].Tell(delivery.Message, Publisher);
                break;
            default:
                if (_registry.TryGetPath(key.Name, out var actor))
                    actor.Tell(delivery.Message, Publisher);
                else
                    Refuse(delivery.Message);
                break;
        }
    }

    private void Refuse(object message)
    {
        if (_tellsDeadLetters)
            _system.PublishDeadLetter(new DeadLetter(message, Sender, Self));
    }
}
