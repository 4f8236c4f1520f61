using KvStore.Actors.Event;
using KvStore.Actors.PublishSubscribe;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.PublishSubscribe;

public sealed class MediatorTests
{
    [Fact]
    public async Task A_published_message_reaches_local_and_remote_subscribers_with_its_sender()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var here = await Subscribed(a, "news");
        var there = await Subscribed(b, "news");
        var publisher = a.Inbox("publisher");
        await Knows(a, "news", there);
        a.Mediator.Tell(new Publish("news", "hello"), publisher.Ref);
        (await there.Until(static m => m is "hello")).ShouldBe("hello");
        there.LastSender.Path.ToString().ShouldBe($"{a.Address}/user/publisher");
        there.LastSender.Tell("thanks", there.Ref);
        (await publisher.Next()).ShouldBe("thanks");
        (await here.Until(static m => m is "hello")).ShouldBe("hello");
        here.LastSender.ShouldBe(publisher.Ref);
        (await b.Mediator.Ask<CurrentTopics>(GetTopics.Instance, TestNode.Patience)).Topics.ShouldBe(["news"]);
    }

    [Fact]
    public async Task Published_messages_of_one_publisher_arrive_in_order_everywhere()
    {
        const int count = 20_000;
        var nodes = await TestNode.StartCluster(3);
        await using var a = nodes[0];
        await using var b = nodes[1];
        await using var c = nodes[2];
        Inbox[] subscribers = [await Subscribed(a, "numbers"), await Subscribed(b, "numbers"), await Subscribed(c, "numbers")];
        await Knows(a, "numbers", subscribers[1]);
        await Knows(a, "numbers", subscribers[2]);
        for (var i = 0; i < count; i++)
            a.Mediator.Tell(new Publish("numbers", i), ActorRefs.NoSender);
        foreach (var subscriber in subscribers)
        {
            await subscriber.Until(static m => m is 0);
            for (var i = 1; i < count; i++)
                (await subscriber.Next()).ShouldBe(i);
        }
    }

    [Fact]
    public async Task What_was_published_before_a_subscription_is_lost_and_a_dead_letter_where_nobody_subscribes()
    {
        var nodes = await TestNode.StartCluster(1);
        await using var a = nodes[0];
        var deadLetters = a.Inbox();
        a.System.EventStream.Subscribe<DeadLetter>(deadLetters.Ref);
        a.Mediator.Tell(new Publish("news", "early"), ActorRefs.NoSender);
        (await deadLetters.Next<DeadLetter>()).Message.ShouldBe("early");
        var subscriber = await Subscribed(a, "news");
        a.Mediator.Tell(new Publish("news", "late"), ActorRefs.NoSender);
        (await subscriber.Next()).ShouldBe("late");
    }

    [Fact]
    public async Task A_subscription_ends_when_it_is_taken_back_or_its_subscriber_stops()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var first = await Subscribed(b, "news");
        var second = await Subscribed(b, "news");
        await Knows(a, "news", first);
        b.Mediator.Tell(new Unsubscribe("news", first.Ref), first.Ref);
        (await first.Until<UnsubscribeAck>()).Unsubscribe.Topic.ShouldBe("news");
        a.Mediator.Tell(new Publish("news", "to the second"), ActorRefs.NoSender);
        await second.Until(static m => m is "to the second");
        b.System.Stop(second.Ref);
        // Once nobody is left anywhere, publishing finds no recipient.
        var topics = a.Inbox();
        do
            a.Mediator.Tell(GetTopics.Instance, topics.Ref);
        while ((await topics.Next<CurrentTopics>()).Topics.Count > 0);
        var third = b.Inbox();
        first.Ref.Tell("nothing came in between");
        (await first.Next()).ShouldBe("nothing came in between");
        third.Ref.ShouldNotBe(first.Ref);
    }

    [Fact]
    public async Task One_member_of_each_group_gets_a_message_for_groups_and_nobody_else_does()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var far = await Subscribed(b, "jobs", "far/away");
        var near = await Subscribed(a, "jobs", "near");
        var twin = await Subscribed(a, "jobs", "near");
        var single = await Subscribed(a, "jobs");
        var remoteSingle = await Subscribed(b, "jobs");
        await Knows(a, "jobs", remoteSingle);
        // The registry has heard of the group before the last subscription there, which has just been seen to work.
        a.Mediator.Tell(new Publish("jobs", "one each", sendOneMessageToEachGroup: true), ActorRefs.NoSender);
        (await far.Next()).ShouldBe("one each");
        a.Mediator.Tell(new Publish("jobs", "all singles"), ActorRefs.NoSender);
        await single.Until(static m => m is "all singles");
        near.Ref.Tell("end", ActorRefs.NoSender);
        twin.Ref.Tell("end", ActorRefs.NoSender);
        var received = new List<object> { await near.Next(), await twin.Next() };
        received.Count(static m => m is "one each").ShouldBe(1);
        single.LastSender.ShouldBe(a.System.DeadLetters);
    }

    [Fact]
    public async Task Actors_registered_under_a_path_are_sent_to_one_or_all()
    {
        var nodes = await TestNode.StartCluster(2);
        await using var a = nodes[0];
        await using var b = nodes[1];
        var here = a.Inbox("service");
        var there = b.Inbox("service");
        a.Mediator.Tell(new Put(here.Ref), ActorRefs.NoSender);
        b.Mediator.Tell(new Put(there.Ref), ActorRefs.NoSender);
        // A subscription after the registration tells when the other node has heard of both.
        await Knows(a, "marker", await Subscribed(b, "marker"));
        a.Mediator.Tell(new SendToAll("/user/service", "all"), ActorRefs.NoSender);
        (await here.Next()).ShouldBe("all");
        (await there.Next()).ShouldBe("all");
        a.Mediator.Tell(new SendToAll("/user/service", "others", excludeSelf: true), ActorRefs.NoSender);
        (await there.Next()).ShouldBe("others");
        a.Mediator.Tell(new Send("/user/service", "near", localAffinity: true), ActorRefs.NoSender);
        (await here.Next()).ShouldBe("near");
        a.Mediator.Tell(new Remove("/user/service"), ActorRefs.NoSender);
        a.Mediator.Tell(new Send("/user/service", "only there"), ActorRefs.NoSender);
        (await there.Next()).ShouldBe("only there");
    }

    [Fact]
    public void Names_that_could_not_travel_are_refused_where_they_are_written()
    {
        Should.Throw<ArgumentException>(() => new Publish("", "x"));
        Should.Throw<ArgumentException>(() => new Subscribe(new string('x', 2000), ActorRefs.Nobody));
        Should.Throw<ArgumentException>(() => new Send(new string('x', 2000), "x"));
    }

    private static async Task<Inbox> Subscribed(TestNode node, string topic, string? group = null)
    {
        var inbox = node.Inbox();
        node.Mediator.Tell(new Subscribe(topic, inbox.Ref, group), inbox.Ref);
        (await inbox.Next<SubscribeAck>()).Subscribe.Topic.ShouldBe(topic);
        return inbox;
    }

    /// <summary>The first publishes after a subscription are normally lost; returns when one was not.</summary>
    private static Task Knows(TestNode publisher, string topic, Inbox subscriber) =>
        subscriber.NextAfter(() => publisher.Mediator.Tell(new Publish(topic, "probe"), ActorRefs.NoSender));
}
