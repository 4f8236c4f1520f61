using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "pubsub")]
public sealed class PubSubSpecs : ClusterNetwork
{
    [Fact]
    public async Task The_sender_of_a_subscription_gets_its_acknowledgement()
    {
        await Join(0);
        var subscriber = CreateTestProbe();
        MediatorOf(Sys).Tell(new Subscribe("topic", subscriber.Ref), TestActor);
        var ack = await ExpectMsgAsync<SubscribeAck>();
        ack.Subscribe.Topic.ShouldBe("topic");
        ack.Subscribe.Ref.ShouldBe(subscriber.Ref);
        MediatorOf(Sys).Tell(new Publish("topic", "only this"));
        await subscriber.ExpectMsgAsync("only this");
    }

    [Fact]
    public async Task A_subscriber_of_the_publishers_own_node_gets_it_with_the_publisher_as_sender()
    {
        await Join(0);
        var subscriber = await Subscribed(Sys, "topic");
        var publisher = CreateTestProbe("publisher");
        publisher.Send(MediatorOf(Sys), new Publish("topic", new Parcel("news")));
        await subscriber.ExpectMsgAsync(new Parcel("news"));
        subscriber.LastSender.ShouldBe(publisher.Ref);
    }

    [Fact]
    public async Task A_subscriber_of_another_node_gets_it_with_the_publisher_as_sender()
    {
        var nodes = await Join(1);
        var subscriber = await Subscribed(nodes[1], "topic");
        var publisher = CreateTestProbe("publisher");
        (await UntilHeard(subscriber, () => publisher.Send(MediatorOf(Sys), new Publish("topic", new Parcel("news"))))).ShouldBe(new Parcel("news"));
        subscriber.LastSender.Path.Address.ShouldBe(AddressOf(Sys));
        subscriber.LastSender.Tell(new Parcel("thanks"), subscriber.Ref);
        await publisher.ExpectMsgAsync(new Parcel("thanks"));
    }

    [Fact]
    public async Task Every_subscriber_of_every_node_gets_every_message_in_the_publishers_order()
    {
        const int count = 200;
        var nodes = await Join(2);
        var subscribers = new List<TestProbe>();
        foreach (var node in nodes)
        {
            var subscriber = await Subscribed(node, "topic");
            await UntilHeard(subscriber, () => MediatorOf(Sys).Tell(new Publish("topic", new Parcel("mark")), TestActor));
            subscribers.Add(subscriber);
        }
        for (var i = 0; i < count; i++)
            MediatorOf(Sys).Tell(new Publish("topic", new Parcel(i.ToString())), TestActor);
        foreach (var subscriber in subscribers)
        {
            subscriber.FishForMessage<Parcel>(static parcel => parcel.Text == "0");
            for (var i = 1; i < count; i++)
                await subscriber.ExpectMsgAsync(new Parcel(i.ToString()));
        }
    }

    [Fact]
    public async Task Who_takes_the_subscription_back_gets_nothing_more_and_an_acknowledgement()
    {
        await Join(0);
        var stays = await Subscribed(Sys, "topic");
        var goes = await Subscribed(Sys, "topic");
        goes.Send(MediatorOf(Sys), new Unsubscribe("topic", goes.Ref));
        (await goes.ExpectMsgAsync<UnsubscribeAck>()).Unsubscribe.Topic.ShouldBe("topic");
        MediatorOf(Sys).Tell(new Publish("topic", "news"));
        await stays.ExpectMsgAsync("news");
        await goes.ExpectNoMsgAsync(100);
    }

    [Fact]
    public async Task A_subscriber_that_has_stopped_is_forgotten()
    {
        await Join(0);
        var dies = await Subscribed(Sys, "topic");
        var stays = await Subscribed(Sys, "topic");
        Watch(dies.Ref);
        Sys.Stop(dies.Ref);
        ExpectTerminated(dies.Ref);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        await AwaitAssertAsync(async () =>
        {
            MediatorOf(Sys).Tell(new Publish("topic", "news"), ActorRefs.NoSender);
            MediatorOf(Sys).Tell(new Publish("topic", "more"), ActorRefs.NoSender);
            await stays.ExpectMsgAsync("news");
            await stays.ExpectMsgAsync("more");
            // The first message's dead letter, if there is one, was published before the second was delivered.
            TestActor.Tell("mark");
            var letters = 0;
            while (await ReceiveOneAsync(Long) is DeadLetter)
                letters++;
            letters.ShouldBe(0);
        });
    }

    [Fact]
    public async Task Of_each_group_one_gets_it()
    {
        await Join(0);
        var first = await Subscribed(Sys, "topic", "group");
        var second = await Subscribed(Sys, "topic", "group");
        var single = await Subscribed(Sys, "topic", "other");
        MediatorOf(Sys).Tell(new Publish("topic", "one", sendOneMessageToEachGroup: true));
        await single.ExpectMsgAsync("one");
        await AwaitAssertAsync(() => (first.HasMessages || second.HasMessages).ShouldBeTrue());
        var got = first.HasMessages ? first : second;
        var not = first.HasMessages ? second : first;
        await got.ExpectMsgAsync("one");
        await not.ExpectNoMsgAsync(100);
    }

    [Fact]
    public async Task A_message_for_groups_and_one_for_single_subscribers_do_not_mix()
    {
        await Join(0);
        var single = await Subscribed(Sys, "topic");
        var grouped = await Subscribed(Sys, "topic", "group");
        MediatorOf(Sys).Tell(new Publish("topic", "to groups", sendOneMessageToEachGroup: true));
        MediatorOf(Sys).Tell(new Publish("topic", "to single ones"));
        await single.ExpectMsgAsync("to single ones");
        await grouped.ExpectMsgAsync("to groups");
        await grouped.ExpectNoMsgAsync(100);
    }

    [Fact]
    public async Task A_message_to_a_path_goes_to_one_of_those_that_registered_it()
    {
        var nodes = await Join(1);
        var here = Registered(Sys);
        var there = Registered(nodes[1]);
        var path = here.Ref.Path.ToStringWithoutAddress();
        there.Ref.Path.ToStringWithoutAddress().ShouldBe(path);
        MediatorOf(Sys).Tell(new Send(path, new Parcel("near"), localAffinity: true));
        await here.ExpectMsgAsync(new Parcel("near"));
        await there.ExpectNoMsgAsync(100);
    }

    [Fact]
    public async Task A_message_to_all_goes_to_those_of_every_node_but_the_own_if_told()
    {
        var nodes = await Join(1);
        var here = Registered(Sys);
        var there = Registered(nodes[1]);
        var path = here.Ref.Path.ToStringWithoutAddress();
        await UntilHeard(there, () => MediatorOf(Sys).Tell(new SendToAll(path, new Parcel("others"), excludeSelf: true)));
        here.HasMessages.ShouldBeFalse();
        MediatorOf(Sys).Tell(new SendToAll(path, new Parcel("all")));
        await here.ExpectMsgAsync(new Parcel("all"));
        there.FishForMessage<Parcel>(static parcel => parcel.Text == "all");
    }

    [Fact]
    public async Task A_path_that_was_removed_is_served_no_more()
    {
        var nodes = await Join(1);
        var here = Registered(Sys);
        var there = Registered(nodes[1]);
        var path = here.Ref.Path.ToStringWithoutAddress();
        await UntilHeard(there, () => MediatorOf(Sys).Tell(new SendToAll(path, new Parcel("others"), excludeSelf: true)));
        MediatorOf(Sys).Tell(new Remove(path));
        MediatorOf(Sys).Tell(new Send(path, new Parcel("far")));
        there.FishForMessage<Parcel>(static parcel => parcel.Text == "far");
        here.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task The_topics_are_known()
    {
        await Join(0);
        await Subscribed(Sys, "first");
        await Subscribed(Sys, "second");
        var topics = await MediatorOf(Sys).Ask<CurrentTopics>(GetTopics.Instance, Long);
        topics.Topics.ShouldBe(["first", "second"], ignoreOrder: true);
    }

    private static IActorRef MediatorOf(ActorSystem system) => DistributedPubSub.Get(system).Mediator;

    private async Task<TestProbe> Subscribed(ActorSystem system, string topic, string? group = null)
    {
        var probe = CreateTestProbe(system);
        probe.Send(MediatorOf(system), new Subscribe(topic, probe.Ref, group));
        await probe.ExpectMsgAsync<SubscribeAck>();
        return probe;
    }

    private TestProbe Registered(ActorSystem system)
    {
        var probe = CreateTestProbe(system, "service");
        MediatorOf(system).Tell(new Put(probe.Ref), ActorRefs.NoSender);
        return probe;
    }
}
