namespace KvStore.Actors.Bench;

/// <summary>Systems that reach each other over loopback, on ports that nobody else has.</summary>
internal static class Nodes
{
    internal const string SinkName = "sink";

    internal static ActorSystem Create(string provider) => ActorSystem.Create("bench", $$"""
        akka {
          loglevel = WARNING
          actor.provider = {{provider}}
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """);

    /// <summary>A method of its own, not async: to call one of Cluster's that has an async form is an error in an async method, and only Akka.NET has it.</summary>
    internal static void Join(ActorSystem system, Address seed) => Cluster.Get(system).Join(seed);

    internal static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    internal static IActorRef SinkAt(ActorSystem system, Address address) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef($"{address}/user/{SinkName}");
}
