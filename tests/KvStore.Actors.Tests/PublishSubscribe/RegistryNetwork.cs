using KvStore.Actors.Membership;
using KvStore.Actors.PublishSubscribe;

namespace KvStore.Actors.Tests.PublishSubscribe;

/// <summary>Registries whose messages pass through the codec and lie in a heap until the test delivers them.</summary>
internal sealed class RegistryNetwork
{
    private readonly List<PubSubRegistry<string>> _registries = [];
    private readonly List<(UniqueAddress To, byte[] Message)> _underWay = [];
    private readonly PubSubSettings _settings;
    private readonly int _seed;

    public RegistryNetwork(int count, int seed, PubSubSettings? settings = null)
    {
        _seed = seed;
        _settings = settings ?? PubSubSettings.Default;
        for (var i = 0; i < count; i++)
            AddNode();
    }

    public long NowMs { get; set; }

    /// <summary>Nothing reaches this node.</summary>
    public UniqueAddress? Isolated { get; set; }

    public PubSubRegistry<string> this[int index] => _registries[index - 1];

    public PubSubRegistry<string> AddNode()
    {
        var index = _registries.Count + 1;
        var added = new PubSubRegistry<string>(new UniqueAddress(new Address("akka.tcp", "kv", $"node{index}", 1), index), _settings, _seed + index);
        foreach (var registry in _registries)
        {
            registry.AddNode(added.Self);
            added.AddNode(registry.Self);
        }
        _registries.Add(added);
        return added;
    }

    public void TickAll()
    {
        foreach (var registry in _registries)
        {
            registry.GossipTick();
            registry.Prune(NowMs);
        }
    }

    public void DeliverAll()
    {
        Collect();
        while (_underWay.Count > 0)
        {
            Deliver(0);
            Collect();
        }
    }

    public void DeliverSome(Random random, int lossPercent)
    {
        Collect();
        for (var i = random.Next(6); i > 0 && _underWay.Count > 0; i--)
        {
            var pick = random.Next(_underWay.Count);
            if (random.Next(100) < lossPercent)
            {
                _underWay.RemoveAt(pick);
                continue;
            }
            if (random.Next(10) == 0)
                _underWay.Add(_underWay[pick]);
            Deliver(pick);
            Collect();
        }
    }

    public void Settle()
    {
        for (var round = 0; round < 60; round++)
        {
            TickAll();
            DeliverAll();
        }
    }

    public void ShouldAgree()
    {
        foreach (var owner in _registries)
        {
            foreach (var other in _registries.Where(r => r != owner))
            {
                foreach (var topic in _registries.SelectMany(r => r.Topics).Distinct(StringComparer.Ordinal))
                {
                    other.RemoteNodes(topic).Contains(owner.Self).ShouldBe(owner.LocalSubscribers(topic).Length > 0, $"{topic} of {owner.Self} on {other.Self}");
                    other.RemoteNodes(RegistryKey.TopicGroup(topic, "g")).Contains(owner.Self).ShouldBe(owner.LocalSubscribers(topic, "g").Length > 0);
                }
            }
        }
    }

    private void Collect()
    {
        foreach (var registry in _registries)
        {
            foreach (var send in registry.Outbox)
                _underWay.Add((send.To, PubSubCodec.Encode(send.Message)));
            registry.Outbox.Clear();
        }
    }

    private void Deliver(int index)
    {
        var (to, message) = _underWay[index];
        _underWay.RemoveAt(index);
        if (to == Isolated)
            return;
        _registries.Single(r => r.Self == to).OnMessage(PubSubCodec.Decode(message));
    }
}
