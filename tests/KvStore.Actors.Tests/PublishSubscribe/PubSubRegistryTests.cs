using KvStore.Actors.PublishSubscribe;

namespace KvStore.Actors.Tests.PublishSubscribe;

public sealed class PubSubRegistryTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Fact]
    public void A_subscription_is_known_to_all_nodes_after_one_message_each()
    {
        var net = new RegistryNetwork(3, seed: 1);
        net.DeliverAll();
        net[1].Subscribe("news", null, "actor", 0).ShouldBeTrue();
        net[1].Outbox.Count.ShouldBe(2);
        net.DeliverAll();
        net[2].RemoteNodes("news").ShouldBe([net[1].Self]);
        net[3].RemoteNodes("news").ShouldBe([net[1].Self]);
        net[1].RemoteNodes("news").ShouldBeEmpty();
        net[1].LocalSubscribers("news").ShouldBe(["actor"]);
        net[2].Topics.ShouldBe(["news"]);
    }

    [Fact]
    public void Only_the_first_and_the_last_subscriber_of_a_topic_are_news_to_the_others()
    {
        var net = new RegistryNetwork(2, seed: 1);
        net.DeliverAll();
        net[1].Subscribe("t", null, "a", 0);
        net.DeliverAll();
        net[1].Subscribe("t", null, "b", 0).ShouldBeTrue();
        net[1].Subscribe("t", null, "b", 0).ShouldBeFalse();
        net[1].Unsubscribe("t", null, "a", 0).ShouldBeTrue();
        net[1].Outbox.ShouldBeEmpty();
        net[1].Unsubscribe("t", null, "b", 0);
        net.DeliverAll();
        net[2].RemoteNodes("t").ShouldBeEmpty();
        net[1].Unsubscribe("t", null, "b", 0).ShouldBeFalse();
    }

    [Fact]
    public void A_dead_subscriber_loses_all_it_had()
    {
        var net = new RegistryNetwork(2, seed: 1);
        net.DeliverAll();
        net[1].Subscribe("t", null, "a", 0);
        net[1].Subscribe("t", "g", "a", 0);
        net[1].Subscribe("u", null, "a", 0);
        net[1].Subscribe("u", null, "b", 0);
        net[1].Put("/user/a", "a", 0);
        net.DeliverAll();
        net[2].Groups("t").ShouldBe(["g"]);
        net[2].RemoteNodesOfPath("/user/a").Length.ShouldBe(1);
        net[1].RemoveSubscriber("a", 0).ShouldBe(4);
        net.DeliverAll();
        net[2].Topics.ShouldBe(["u"]);
        net[2].Groups("t").ShouldBeEmpty();
        net[2].RemoteNodesOfPath("/user/a").ShouldBeEmpty();
        net[1].TryGetPath("/user/a", out _).ShouldBeFalse();
    }

    [Fact]
    public void Groups_are_known_on_every_node_and_a_grouped_subscriber_also_gets_what_is_for_all()
    {
        var net = new RegistryNetwork(3, seed: 1);
        net.DeliverAll();
        net[1].Subscribe("jobs", "blue", "a", 0);
        net[2].Subscribe("jobs", "blue", "b", 0);
        net[2].Subscribe("jobs", "green", "c", 0);
        net.DeliverAll();
        net[3].Groups("jobs").ShouldBe(["blue", "green"]);
        net[3].RemoteNodes(RegistryKey.TopicGroup("jobs", "blue")).ShouldBe([net[1].Self, net[2].Self]);
        net[3].RemoteNodes(RegistryKey.TopicGroup("jobs", "green")).ShouldBe([net[2].Self]);
        net[2].LocalSubscribers("jobs").ShouldBe(["b", "c"]);
        net[2].LocalSubscribers("jobs", "green").ShouldBe(["c"]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Registries_converge_whatever_is_lost_doubled_or_reordered(int seed)
    {
        var random = new Random(seed);
        var net = new RegistryNetwork(4, seed, new PubSubSettings { MaxDeltaElements = 5, RemovedTimeToLiveMs = 2000 });
        for (var step = 0; step < 2000; step++)
        {
            var registry = net[1 + random.Next(4)];
            var topic = $"topic-{random.Next(30)}";
            var subscriber = $"actor-{random.Next(3)}";
            var group = random.Next(3) == 0 ? "g" : null;
            if (random.Next(2) == 0)
                registry.Subscribe(topic, group, subscriber, net.NowMs);
            else
                registry.Unsubscribe(topic, group, subscriber, net.NowMs);
            net.NowMs += random.Next(50);
            if (random.Next(20) == 0)
                net.TickAll();
            net.DeliverSome(random, lossPercent: 40);
        }
        net.Settle();
        net.ShouldAgree();
    }

    [Fact]
    public void A_node_that_was_away_longer_than_removals_are_remembered_begins_anew()
    {
        var net = new RegistryNetwork(3, seed: 9, new PubSubSettings { MaxDeltaElements = 7 });
        net.DeliverAll();
        for (var i = 0; i < 50; i++)
            net[1].Subscribe($"old-{i}", null, "a", 0);
        net.DeliverAll();
        net.Isolated = net[3].Self;
        for (var i = 0; i < 40; i++)
            net[1].Unsubscribe($"old-{i}", null, "a", 1000);
        for (var i = 0; i < 30; i++)
            net[1].Subscribe($"new-{i}", null, "a", 1000);
        net.DeliverAll();
        net.NowMs = 200_000;
        net.TickAll();
        net.DeliverAll();
        net[3].RemoteNodes("old-0").ShouldNotBeEmpty();
        net.Isolated = null;
        net.Settle();
        net[3].RemoteNodes("old-0").ShouldBeEmpty();
        net.ShouldAgree();
    }

    [Fact]
    public void A_removed_node_takes_its_subscriptions_along_and_nobody_brings_them_back()
    {
        var net = new RegistryNetwork(3, seed: 1);
        net.DeliverAll();
        net[1].Subscribe("t", null, "a", 0);
        net.DeliverAll();
        net[2].RemoveNode(net[1].Self);
        net[2].RemoteNodes("t").ShouldBeEmpty();
        net[3].GossipTick();
        net[3].GossipTick();
        net.DeliverAll();
        net[2].RemoteNodes("t").ShouldBeEmpty();
    }

    [Fact]
    public void A_new_node_learns_everything_at_once()
    {
        var net = new RegistryNetwork(3, seed: 1);
        net.DeliverAll();
        for (var i = 0; i < 500; i++)
            net[1].Subscribe($"t{i}", null, "a", 0);
        net.DeliverAll();
        var late = net.AddNode();
        net.DeliverAll();
        Enumerable.Range(0, 500).ShouldAllBe(i => late.RemoteNodes($"t{i}").Length == 1);
    }

    [Fact]
    public void A_published_topics_nodes_are_looked_up_without_allocation()
    {
        var net = new RegistryNetwork(3, seed: 1);
        net.DeliverAll();
        net[1].Subscribe("t", null, "a", 0);
        net[2].Subscribe("t", null, "a", 0);
        net.DeliverAll();
        net[3].RemoteNodes("t").ShouldBeSameAs(net[3].RemoteNodes("t"));
        net[1].LocalSubscribers("t").ShouldBeSameAs(net[1].LocalSubscribers("t"));
    }

    [Fact]
    public void A_topic_too_long_to_announce_is_refused()
    {
        var net = new RegistryNetwork(1, seed: 1);
        Should.Throw<ArgumentException>(() => net[1].Subscribe(new string('ö', 600), null, "a", 0));
    }
}
