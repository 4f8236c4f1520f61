using Akka.Remote;
using Akka.Remote.Transport;

namespace KvStore.MultiNode.Tests;

/// <summary>Akka.NET's adapter: its own throttling transport, driven by management commands.</summary>
internal sealed class NetworkFaults : INetworkFaults
{
    /// <summary>HOCON that a node with faults needs on this engine, and what a node of the store has of it (<c>hocon/engine.akka.conf</c>).</summary>
    public const string Configuration = """
        akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]
        akka.actor.serializers.json = "KvStore.Node.Replication.RefusingSerializer, KvStore.Node"
        """;

    /// <summary>The protocol in the addresses of nodes with faults.</summary>
    public const string Protocol = "akka.trttl.tcp";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system;

    private NetworkFaults(ActorSystem system) => _system = system;

    public static (ActorSystem System, INetworkFaults Faults) Create(string name, Config config)
    {
        var system = ActorSystem.Create(name, config);
        return (system, new NetworkFaults(system));
    }

    public void Blackhole(Address remote, FaultDirection direction) => Command(remote, direction, Akka.Remote.Transport.Blackhole.Instance);

    public void PassThrough(Address remote, FaultDirection direction) => Command(remote, direction, Unthrottled.Instance);

    public void Throttle(Address remote, int bytesPerSecond) =>
        Command(remote, FaultDirection.Send, new TokenBucket(bytesPerSecond, bytesPerSecond, 0, 0));

    private void Command(Address remote, FaultDirection direction, ThrottleMode mode)
    {
        var where = direction switch
        {
            FaultDirection.Send => ThrottleTransportAdapter.Direction.Send,
            FaultDirection.Receive => ThrottleTransportAdapter.Direction.Receive,
            _ => ThrottleTransportAdapter.Direction.Both,
        };
        var transport = ((RemoteActorRefProvider)((ExtendedActorSystem)_system).Provider).Transport;
        transport.ManagementCommand(new SetThrottle(remote, where, mode)).Wait(Patience).ShouldBeTrue();
    }
}
