using System.Collections;
using System.Collections.Concurrent;
using KvStore.Core.Replication;
using KvStore.Host.Configuration;
using KvStore.Node;

namespace KvStore.Host.Tests;

/// <summary>What the configuration of a node makes of a message whose type has no serializer: it is not sent, and not read.</summary>
public sealed partial class SerializationTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    [Fact]
    public async Task A_message_without_a_serializer_is_not_sent_to_another_node() =>
        (await HeardAsync(StartNode(), StartStranger())).ShouldBe([Last]);

    [Fact]
    public async Task Nor_is_it_read_where_a_peer_has_sent_it_all_the_same() =>
        (await HeardAsync(StartStranger(), StartNode())).ShouldBe([Last]);

    // The store's own messages have a serializer.
    private static Acknowledge Last { get; } = new(1, 2, 3);

    private static async Task<object[]> HeardAsync(ActorSystem from, ActorSystem to)
    {
        var heard = new ConcurrentQueue<object>();
        var whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        to.ActorOf(Props.Create(() => new Diary(heard, whole)), "diary");
        var address = ((ExtendedActorSystem)to).Provider.DefaultAddress;
        var diary = ((ExtendedActorSystem)from).Provider.ResolveActorRef(address + "/user/diary");
        diary.Tell(new Note("in a form that names types"), ActorRefs.NoSender);
        from.ActorSelection(address + "/user/diary").Tell(new Note("and wrapped in another message"), ActorRefs.NoSender);
        diary.Tell(Last, ActorRefs.NoSender);
        await whole.Task.WaitAsync(s_patience);
        return [.. heard];
    }

    private ActorSystem StartNode() => Start(ConfigurationFactory.ParseString(
        HostConfiguration.Load(new NodeArguments(null, null, null, RemotingPort: 0, [], ["akka.loglevel=OFF"]), new Hashtable())));

    // Without the engine's part of the store's configuration (hocon/engine.*.conf).
    private ActorSystem StartStranger() => Start(ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.remote.dot-netty.tcp.port = 0")
        .WithFallback(ConfigurationFactory.ParseString(NodeSettings.Reference)));

    private ActorSystem Start(Config config)
    {
        var system = ActorSystem.Create("kvstore", config);
        _systems.Add(system);
        return system;
    }

    private sealed record Note(string Text);

    private sealed class Diary(ConcurrentQueue<object> heard, TaskCompletionSource whole) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            heard.Enqueue(message);
            if (message is Acknowledge)
                whole.TrySetResult();
        }
    }
}
