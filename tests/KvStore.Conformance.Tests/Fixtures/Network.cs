namespace KvStore.Conformance.Fixtures;

/// <summary>Specs of several systems in this process that reach each other over the loopback device, each on a port of its own.</summary>
public abstract class Network(string hocon) : TestKit(ConfigurationFactory.ParseString(hocon), Name)
{
    internal const string Serializers = """
        akka.actor {
          serializers {
            wire = "KvStore.Conformance.Fixtures.WireSerializer, KvStore.Conformance.Tests"
            special = "KvStore.Conformance.Fixtures.SpecialSerializer, KvStore.Conformance.Tests"
          }
          serialization-bindings {
            "KvStore.Conformance.Fixtures.Wire, KvStore.Conformance.Tests" = wire
            "KvStore.Conformance.Fixtures.Special, KvStore.Conformance.Tests" = special
          }
          serialization-identifiers { "KvStore.Conformance.Fixtures.WireSerializer, KvStore.Conformance.Tests" = 4711 }
        }

        """;

    private const string Name = "net";

    private readonly List<ActorSystem> _others = [];

    protected static TimeSpan Long { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The settings of a node. Intervals are a tenth of the usual ones, so that nobody waits for the defaults.</summary>
    protected static string Hocon(string provider, int port = 0, string more = "") => Spec.Patience + Serializers + $$"""
        akka.loglevel = OFF
        akka.actor.provider = {{provider}}
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.cluster {
          gossip-interval = 100ms
          leader-actions-interval = 100ms
          unreachable-nodes-reaper-interval = 100ms
          periodic-tasks-initial-delay = 100ms
          seed-node-timeout = 1s
          retry-unsuccessful-join-after = 1s
          failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 10s }
          pub-sub.gossip-interval = 100ms
        }

        """ + more;

    protected static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>Another node.</summary>
    protected ActorSystem StartSystem(string text)
    {
        var system = ActorSystem.Create(Name, ConfigurationFactory.ParseString(text));
        _others.Add(system);
        return system;
    }

    /// <summary>The reference to an actor, as another node holds it.</summary>
    protected static IActorRef Across(ActorSystem holder, ActorSystem home, IActorRef actor) =>
        ((ExtendedActorSystem)holder).Provider.ResolveActorRef(AddressOf(home) + "/" + string.Join('/', actor.Path.Elements));

    protected static async Task Stop(ActorSystem system)
    {
        ((ExtendedActorSystem)system).Abort();
        await system.WhenTerminated.WaitAsync(Long);
    }

    /// <summary>Tells until it is heard: for what is sent at most once to a node that may not know of its receiver yet.</summary>
    protected static async Task<object> UntilHeard(TestProbe receiver, Action tell)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            tell();
            if (await receiver.ReceiveOneAsync(TimeSpan.FromMilliseconds(100)) is { } heard)
                return heard;
        }
        throw new Fault("Nothing was ever heard.");
    }

    protected override void AfterAll()
    {
        foreach (var system in _others)
            ((ExtendedActorSystem)system).Abort();
        ((ExtendedActorSystem)Sys).Abort();
        Task.WaitAll([Sys.WhenTerminated, .. _others.Select(static system => system.WhenTerminated)], Long);
    }
}
