using System.Threading.Channels;
using KvStore.Actors.Configuration;
using KvStore.Actors.Membership;
using KvStore.Actors.PublishSubscribe;

namespace KvStore.Actors.Tests.Fixtures;

/// <summary>A system with remoting over real TCP, which the test waits for through its actors.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestNode(ActorSystem system, RecordingSink log)
    {
        System = system;
        Log = log;
    }

    internal ActorSystem System { get; }

    internal RecordingSink Log { get; }

    internal Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    internal Cluster Cluster => Cluster.Get(System);

    internal IActorRef Mediator => DistributedPubSub.Get(System).Mediator;

    /// <summary>Intervals are a tenth of the usual ones, so that nobody waits for the defaults.</summary>
    internal static TestNode Start(string provider = "remote", int port = 0, string hocon = "")
    {
        var log = new RecordingSink();
        var text = $$"""
            akka {
              loglevel = DEBUG
              actor.provider = {{provider}}
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}}, maximum-frame-size = 64k }
              cluster {
                gossip-interval = 100ms
                leader-actions-interval = 100ms
                unreachable-nodes-reaper-interval = 100ms
                seed-node-timeout = 1s
                retry-unsuccessful-join-after = 1s
                failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1500ms, expected-response-after = 100ms }
                pub-sub.gossip-interval = 100ms
              }
            }
            {{hocon}}
            """;
        var setup = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(text)).And(EngineSetup.Create().WithLogSink(log));
        return new TestNode(ActorSystem.Create("net", setup), log);
    }

    internal static async Task<TestNode[]> StartCluster(int count, string hocon = "")
    {
        TestNode[] nodes = [.. Enumerable.Range(0, count).Select(_ => Start("cluster", hocon: hocon))];
        foreach (var node in nodes)
            node.Cluster.Join(nodes[0].Address);
        foreach (var node in nodes)
            await node.SeesUp(count);
        return nodes;
    }

    internal Inbox Inbox(string? name = null) => new(System, name);

    /// <summary>The actor of that path on another node.</summary>
    internal IActorRef RefTo(TestNode other, string path) => ((ExtendedActorSystem)System).Provider.ResolveActorRef(other.Address + path);

    internal async Task SeesUp(int count)
    {
        var inbox = Inbox();
        Cluster.Subscribe(inbox.Ref, typeof(ClusterEvent.IMemberEvent));
        await inbox.Until(_ => Cluster.State.Members.Count(static m => m.Status == MemberStatus.Up) == count);
        Cluster.Unsubscribe(inbox.Ref);
    }

    internal Task Kill()
    {
        ((ExtendedActorSystem)System).Abort();
        return System.WhenTerminated.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync() => await Kill();
}

/// <summary>An actor whose messages the test takes one by one.</summary>
internal sealed class Inbox
{
    private readonly Channel<(object Message, IActorRef Sender)> _received = Channel.CreateUnbounded<(object, IActorRef)>();

    internal Inbox(ActorSystem system, string? name)
    {
        var writer = _received.Writer;
        Ref = system.ActorOf(Props.Create(() => new InboxActor(writer)), name);
    }

    internal IActorRef Ref { get; }

    internal IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    internal void Watch(IActorRef subject) => Ref.Tell(new WatchIt(subject));

    internal async Task<object> Next()
    {
        using var patience = new CancellationTokenSource(TestNode.Patience);
        return await Next(patience.Token);
    }

    internal async Task<object> Next(CancellationToken cancellation)
    {
        var (message, sender) = await _received.Reader.ReadAsync(cancellation);
        LastSender = sender;
        return message;
    }

    internal async Task<T> Next<T>() => (await Next()).ShouldBeOfType<T>();

    /// <summary>Does something again and again until a message comes: for what is at most once, or not known everywhere yet.</summary>
    internal async Task<object> NextAfter(Action cause)
    {
        using var patience = new CancellationTokenSource(TestNode.Patience);
        while (true)
        {
            cause();
            using var moment = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
            moment.CancelAfter(TimeSpan.FromMilliseconds(50));
            try
            {
                return await Next(moment.Token);
            }
            catch (OperationCanceledException) when (!patience.IsCancellationRequested)
            {
                // Not yet.
            }
        }
    }

    /// <summary>Takes messages until one satisfies the condition.</summary>
    internal async Task<object> Until(Func<object, bool> isIt)
    {
        while (true)
        {
            var message = await Next();
            if (isIt(message))
                return message;
        }
    }

    internal async Task<T> Until<T>() => (T)await Until(static message => message is T);

    private sealed record WatchIt(IActorRef Subject);

    private sealed class InboxActor(ChannelWriter<(object, IActorRef)> writer) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is WatchIt watch)
                Context.Watch(watch.Subject);
            else
                writer.TryWrite((message, Sender));
        }
    }
}

/// <summary>Answers everything with itself.</summary>
internal sealed class EchoActor : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message, Self);
}
