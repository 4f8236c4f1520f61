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
        var here = a.Inbox();
        var there = b.Inbox();
        var publisher = a.Inbox("publisher");
        a.Mediator.Tell(new Subscribe("news", here.Ref), here.Ref);
        b.Mediator.Tell(new Subscribe("news", there.Ref), there.Ref);
        (await here.Next<SubscribeAck>()).Subscribe.Topic.ShouldBe("news");
        await there.Next<SubscribeAck>();
        here.LastSender.ShouldBe(a.Mediator);
        await PublishUntilHeard(a, "news", there);
        a.Mediator.Tell(new Publish("news", "hello"), publisher.Ref);
        (await there.Until(static m => m is "hello")).ShouldBe("hello");
        there.LastSender.Path.ToString().ShouldBe($"{a.Address}/user/publisher");
        there.LastSender.Tell("thanks", there.Ref);
        (await publisher.Next()).ShouldBe("thanks");
        (await here.Until(static m => m is "hello")).ShouldBe("hello");
        here.LastSender.ShouldBe(publisher.Ref);
    }

    /// <summary>The first publishes after a subscription are normally lost; this returns when one was not.</summary>
    private static async Task PublishUntilHeard(TestNode from, string topic, Inbox subscriber)
    {
        var topics = from.Inbox();
        // What the registry knows is asked for, since no event tells of it.
        while (true)
        {
            from.Mediator.Tell(new Publish(topic, "probe"), topics.Ref);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                if (await subscriber.Next(patience.Token) is "probe")
                    return;
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
