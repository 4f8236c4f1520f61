using KvStore.Actors.Configuration;
using KvStore.Actors.Membership;
using KvStore.Actors.PublishSubscribe;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Membership;

/// <summary>Whole clusters on one thread, in virtual time, on a network in memory: what a simulator needs of the engine.</summary>
public sealed class VirtualClusterTests
{
    [Fact]
    public void A_cluster_forms_loses_a_member_and_publishes_without_a_thread_or_a_socket()
    {
        var story = Tell(seed: 1);
        story.ShouldContain("three up");
        story.ShouldContain("heard by n1: hello");
        story.ShouldContain("heard by n2: hello");
        story.ShouldContain("unreachable seen by n0");
        story.ShouldContain("stopped with its node");
    }

    [Fact]
    public void A_seed_replays_exactly() => Tell(seed: 7).ShouldBe(Tell(seed: 7));

    private static List<string> Tell(int seed)
    {
        var world = new VirtualCluster(3, seed);
        var story = new List<string>();
        world.Advance(TimeSpan.FromSeconds(10));
        if (world.Clusters.TrueForAll(static c => c.State.Members.Count(static m => m.Status == MemberStatus.Up) == 3))
            story.Add("three up");
        var probes = world.Systems.ConvertAll(static system => system.Probe());
        for (var i = 0; i < 3; i++)
            DistributedPubSub.Get(world.Systems[i].System).Mediator.Tell(new Subscribe("news", probes[i].Ref), probes[i].Ref);
        var watcher = new List<string>();
        var stranger = world.Systems[2].System.ActorOf(Props.Create<EchoActor>(), "echo");
        var watching = world.Systems[0].System.ActorOf(ScriptActor.Props(watcher));
        watching.Tell(new Do(actor =>
        {
            actor.OnOther = message => watcher.Add(message.GetType().Name);
            actor.Ctx.Watch(world.Systems[0].Provider.ResolveActorRef(world.Clusters[2].SelfAddress + stranger.Path.ToStringWithoutAddress()));
        }));
        world.Advance(TimeSpan.FromSeconds(3));
        DistributedPubSub.Get(world.Systems[0].System).Mediator.Tell(new Publish("news", "hello"), ActorRefs.NoSender);
        world.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
            story.AddRange(probes[i].Received.OfType<string>().Select(text => $"heard by n{i}: {text}"));
        world.Network.Cut(world.Clusters[2].SelfAddress);
        world.Advance(TimeSpan.FromSeconds(20));
        if (world.Clusters[0].State.Unreachable.Count == 1)
            story.Add("unreachable seen by n0");
        world.Clusters[0].Down(world.Clusters[2].SelfAddress);
        world.Advance(TimeSpan.FromSeconds(10));
        if (watcher.Contains(nameof(Terminated)))
            story.Add("stopped with its node");
        story.AddRange(world.Log.Events.Select(static e => $"{e.LogSource} {e.Message}"));
        world.Stop();
        return story;
    }
}

/// <summary>Systems that share dispatcher, time and network, and run only when told to.</summary>
internal sealed class VirtualCluster
{
    private readonly VirtualTime _time = new();

    internal VirtualCluster(int count, int seed, string hocon = "")
    {
        for (var i = 0; i < count; i++)
        {
            var setup = BootstrapSetup.Create()
                .WithConfig(ConfigurationFactory.ParseString($$"""
                    akka.actor.provider = cluster, akka.cluster.seed-nodes = ["akka.tcp://virtual@n0:4000"]
                    akka.remote.dot-netty.tcp { hostname = n{{i}}, port = 4000 }
                    {{hocon}}
                    """))
                .And(EngineSetup.Create().WithDispatcher(Dispatcher).WithTime(_time).WithSeed(seed + (i * 1000)).WithLogSink(Log).WithTransport(Network.Attach));
            Systems.Add(new VirtualNode((ActorSystemImpl)ActorSystem.Create("virtual", setup)));
        }
    }

    internal QueueDispatcher Dispatcher { get; } = new(5);

    internal MemoryNetwork Network { get; } = new();

    internal RecordingSink Log { get; } = new();

    internal List<VirtualNode> Systems { get; } = [];

    internal List<Cluster> Clusters => Systems.ConvertAll(static node => Cluster.Get(node.System));

    /// <summary>In steps of the shortest interval, with everything done that is due in between.</summary>
    internal void Advance(TimeSpan span)
    {
        Run();
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromMilliseconds(50))
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            Run();
        }
    }

    internal void Stop()
    {
        foreach (var node in Systems)
            node.System.Abort();
        Run();
        Systems.ShouldAllBe(static node => node.System.WhenTerminated.IsCompleted);
    }

    private void Run()
    {
        while (Dispatcher.RunOne() || Network.DeliverOne())
        {
        }
    }
}

internal sealed record VirtualNode(ActorSystemImpl System)
{
    internal IActorRefProvider Provider => System.Provider;

    internal Probe Probe()
    {
        var probe = new Probe();
        probe.Ref = System.ActorOf(Props.Create(() => new ProbeActor(probe)));
        return probe;
    }
}
