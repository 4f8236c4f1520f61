using System.Net.Sockets;
using KvStore.Actors.Event;
using KvStore.Actors.Remoting;
using KvStore.Actors.Serialization;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Remoting;

public sealed class RemotingTests
{
    [Fact]
    public async Task Tells_asks_and_selections_cross_systems_and_replies_find_the_sender()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        var inbox = a.Inbox("inbox");
        var echo = a.RefTo(b, "/user/echo");
        echo.Tell("told", inbox.Ref);
        (await inbox.Next()).ShouldBe("told");
        inbox.LastSender.Path.ShouldBe(echo.Path);
        (await echo.Ask<long>(42L, TestNode.Patience)).ShouldBe(42L);
        a.System.ActorSelection($"{b.Address}/user/echo").Tell("selected", inbox.Ref);
        (await inbox.Next()).ShouldBe("selected");
        var found = await a.System.ActorSelection($"{b.Address}/user/echo").ResolveOne(TestNode.Patience);
        found.Path.Uid.ShouldNotBe(0);
        (await found.Ask<string>("resolved", TestNode.Patience)).ShouldBe("resolved");
        await Should.ThrowAsync<ActorNotFoundException>(a.System.ActorSelection($"{b.Address}/user/nobody").ResolveOne(TestNode.Patience));
    }

    [Fact]
    public async Task A_hundred_thousand_messages_of_a_pair_arrive_in_order()
    {
        const int count = 100_000;
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        var inOrder = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.System.ActorOf(Props.Create(() => new CountingActor(count, inOrder)), "counter");
        var counter = a.RefTo(b, "/user/counter");
        for (var i = 0; i < count; i++)
            counter.Tell(i, ActorRefs.NoSender);
        (await inOrder.Task.WaitAsync(TestNode.Patience)).ShouldBe(count);
        RemotingCounters.Of(a.System).MessagesOut.ShouldBeGreaterThanOrEqualTo(count);
        RemotingCounters.Of(b.System).MessagesIn.ShouldBeGreaterThanOrEqualTo(count);
        RemotingCounters.Of(a.System).Dropped.ShouldBe(0);
    }

    [Fact]
    public async Task A_watcher_hears_that_a_remote_actor_stopped_and_that_one_never_was()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        var echo = b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        var inbox = a.Inbox();
        var byUid = await a.System.ActorSelection($"{b.Address}/user/echo").ResolveOne(TestNode.Patience);
        var byPath = a.RefTo(b, "/user/echo");
        var second = a.Inbox();
        // An actor's watches go in order, so one that has been answered says that the one before it is there.
        foreach (var (watcher, subject) in new[] { (inbox, byUid), (second, byPath) })
        {
            var nobody = a.RefTo(b, "/user/nobody");
            watcher.Watch(subject);
            watcher.Watch(nobody);
            var never = await watcher.Next<Terminated>();
            never.ActorRef.ShouldBe(nobody);
            never.ExistenceConfirmed.ShouldBeFalse();
        }
        b.System.Stop(echo);
        var stopped = await inbox.Next<Terminated>();
        stopped.ActorRef.ShouldBe(byUid);
        stopped.ExistenceConfirmed.ShouldBeTrue();
        (await second.Next<Terminated>()).ActorRef.ShouldBe(byPath);
    }

    [Fact]
    public async Task An_actor_of_a_node_that_comes_back_as_another_incarnation_counts_as_stopped()
    {
        await using var a = TestNode.Start();
        var b = TestNode.Start();
        var port = b.Address.Port!.Value;
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        var echo = await a.System.ActorSelection($"{b.Address}/user/echo").ResolveOne(TestNode.Patience);
        var inbox = a.Inbox();
        inbox.Watch(echo);
        await b.Kill();
        // The stopped actor may have said so, or the watch came too late for it: the watcher hears of it once in either case.
        await using var again = TestNode.Start(port: port);
        var other = again.System.ActorOf(Props.Create<EchoActor>(), "echo");
        var deadLetters = again.Inbox();
        again.System.EventStream.Subscribe<DeadLetter>(deadLetters.Ref);
        again.RefTo(a, inbox.Ref.Path.ToStringWithoutAddress()).Tell("from the new one", other);
        var received = new List<object> { await inbox.Next(), await inbox.Next() };
        received.ShouldContain("from the new one");
        received.OfType<Terminated>().Single().ActorRef.ShouldBe(echo);
        // The old reference carries the uid of an actor that is no more, and means nobody.
        // What was under way when the old connection broke may be lost, so it is said until it is heard.
        (await deadLetters.NextAfter(() => echo.Tell("for the old one", inbox.Ref))).ShouldBeOfType<DeadLetter>().Message.ShouldBe("for the old one");
        (await a.RefTo(again, "/user/echo").Ask<string>("for the new one", TestNode.Patience)).ShouldBe("for the new one");
    }

    [Fact]
    public async Task A_reply_to_an_ask_that_nobody_waits_for_is_a_dead_letter()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        var deadLetters = b.Inbox();
        b.System.EventStream.Subscribe<DeadLetter>(deadLetters.Ref);
        a.RefTo(b, "/temp/$1#12345").Tell("late", ActorRefs.NoSender);
        (await deadLetters.Next<DeadLetter>()).Message.ShouldBe("late");
        a.RefTo(b, "/user/nobody").Tell("lost", ActorRefs.NoSender);
        (await deadLetters.Next<DeadLetter>()).Message.ShouldBe("lost");
    }

    [Fact]
    public async Task What_cannot_be_written_or_read_costs_one_message_and_one_line()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        foreach (var node in new[] { a, b })
            Bind(node, new OddSerializer((ExtendedActorSystem)node.System));
        var echo = a.RefTo(b, "/user/echo");
        for (var i = 0; i < 100; i++)
        {
            echo.Tell(new Unwritable(), ActorRefs.NoSender);
            echo.Tell(new Unreadable(), ActorRefs.NoSender);
            echo.Tell(new Unbound(), ActorRefs.NoSender);
        }
        (await echo.Ask<string>("still there", TestNode.Patience)).ShouldBe("still there");
        RemotingCounters.Of(a.System).Unserializable.ShouldBe(200);
        RemotingCounters.Of(b.System).Undeserializable.ShouldBe(100);
        RemotingCounters.Of(b.System).Malformed.ShouldBe(0);
        Errors(a).Count(static text => text.Contains("OddSerializer cannot write it", StringComparison.Ordinal)).ShouldBe(1);
        Errors(a).Count(static text => text.Contains("has no serializer", StringComparison.Ordinal)).ShouldBe(1);
        Errors(b).ShouldHaveSingleItem().ShouldContain("manifest 'Unreadable'");
    }

    [Fact]
    public async Task A_message_for_a_serializer_that_is_not_there_is_dropped()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        Bind(a, new OddSerializer((ExtendedActorSystem)a.System));
        var echo = a.RefTo(b, "/user/echo");
        echo.Tell(new Unreadable(), ActorRefs.NoSender);
        (await echo.Ask<string>("next", TestNode.Patience)).ShouldBe("next");
        RemotingCounters.Of(b.System).Undeserializable.ShouldBe(1);
        Errors(b).ShouldHaveSingleItem().ShouldContain("No serializer has the number 777");
    }

    [Fact]
    public async Task A_message_larger_than_a_frame_travels_in_parts_and_one_beyond_the_bound_is_dropped()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        var echo = a.RefTo(b, "/user/echo");
        echo.Tell(new byte[1_100_000], ActorRefs.NoSender);
        (await echo.Ask<byte[]>(new byte[60_000], TestNode.Patience)).Length.ShouldBe(60_000);
        (await echo.Ask<byte[]>(new byte[1_000_000], TestNode.Patience)).Length.ShouldBe(1_000_000);
        RemotingCounters.Of(b.System).Reassembled.ShouldBe(1);
        RemotingCounters.Of(a.System).Reassembled.ShouldBe(1);
        // The reply is delivered a moment before its memory is given back.
        await Eventually.Holds(() => RemotingCounters.Of(a.System).ReassemblyBytes == 0);
        RemotingCounters.Of(a.System).TooLarge.ShouldBe(1);
        RemotingCounters.Of(a.System).Dropped.ShouldBe(1);
        Errors(a).ShouldHaveSingleItem().ShouldContain("maximum-message-size");
    }

    [Fact]
    public async Task Garbage_on_the_port_closes_that_connection_alone()
    {
        await using var a = TestNode.Start();
        await using var b = TestNode.Start();
        b.System.ActorOf(Props.Create<EchoActor>(), "echo");
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync("127.0.0.1", b.Address.Port!.Value);
            await stranger.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            (await stranger.GetStream().ReadAsync(new byte[16]).AsTask().WaitAsync(TestNode.Patience)).ShouldBe(0);
        }
        (await a.RefTo(b, "/user/echo").Ask<string>("fine", TestNode.Patience)).ShouldBe("fine");
        RemotingCounters.Of(b.System).Malformed.ShouldBe(1);
    }

    [Fact]
    public async Task A_port_that_is_taken_fails_the_start_with_the_cause_and_leaks_nothing()
    {
        await using var a = TestNode.Start();
        var port = a.Address.Port!.Value;
        var error = Should.Throw<RemoteTransportException>(() => TestNode.Start(port: port));
        error.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
        error.Message.ShouldContain($"127.0.0.1:{port}");
        // A start that fails after it has bound gives the port back.
        await a.Kill();
        Should.Throw<ConfigurationException>(() => TestNode.Start(port: port, hocon: "akka.actor.serializers.x = \"No.Such, Type\""));
        await using var b = TestNode.Start(port: port);
        b.Address.Port.ShouldBe(port);
    }

    [Theory]
    [InlineData("local", false)]
    [InlineData("Akka.Actor.LocalActorRefProvider", false)]
    [InlineData("remote", true)]
    [InlineData("\"Akka.Remote.RemoteActorRefProvider, Akka.Remote\"", true)]
    public async Task The_provider_decides_whether_a_system_has_an_address(string provider, bool hasAddress)
    {
        await using var node = TestNode.Start(provider);
        node.Address.HasGlobalScope.ShouldBe(hasAddress);
        RemotingCounters.Of(node.System).MessagesOut.ShouldBe(0);
    }

    [Theory]
    [InlineData("akka.actor.provider = remoting")]
    [InlineData("akka.remote.dot-netty.tcp.port = 70000")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 1k")]
    public void A_setting_that_cannot_be_kept_is_refused(string hocon) =>
        Should.Throw<ConfigurationException>(() => TestNode.Start(hocon: hocon));

    private static string[] Errors(TestNode node) => [.. node.Log.Events.OfType<Error>().Select(static e => e.Message.ToString()!)];

    private static void Bind(TestNode node, OddSerializer serializer)
    {
        node.System.Serialization.AddSerializer("odd", serializer);
        node.System.Serialization.AddSerializationMap(typeof(Odd), serializer);
    }

    private abstract record Odd;

    private sealed record Unwritable : Odd;

    private sealed record Unreadable : Odd;

    private sealed record Unbound;

    private sealed class OddSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 777;

        public override string Manifest(object o) => o.GetType().Name;

        public override byte[] ToBinary(object obj) => obj is Unwritable ? throw new NotSupportedException("never") : [];

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException(manifest);
    }

    private sealed class CountingActor(int count, TaskCompletionSource<int> inOrder) : UntypedActor
    {
        private int _next;

        protected override void OnReceive(object message)
        {
            if (!message.Equals(_next))
                inOrder.TrySetException(new InvalidOperationException($"{message} came where {_next} was due."));
            if (++_next == count)
                inOrder.TrySetResult(_next);
        }
    }
}
