using KvStore.Core.Log;
using KvStore.Node.Gateway;

namespace KvStore.Node;

/// <summary>
/// One node: a store that replicates with the other members of its actor system's cluster, and a gateway for clients. The
/// caller creates the actor system, and so decides about engine, addresses and seeds.
/// </summary>
public sealed partial class StoreNode
{
    private static readonly TimeSpan BindTimeout = TimeSpan.FromSeconds(10);

    private readonly NodeSettings _settings;
    private readonly IActorRef _node;
    private readonly KnownMembers _members = new();

    /// <summary>Creates the actors. The node serves when it has joined and loaded.</summary>
    /// <param name="system">With provider <c>cluster</c>.</param>
    /// <param name="settings">What the node is told.</param>
    /// <param name="identity">Fresh for each node, also for the second one of a process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="disk">The data folder, which becomes the node's; null to keep all in memory.</param>
    public StoreNode(ActorSystem system, NodeSettings settings, NodeIdentity identity, TimeProvider time, IDisk? disk = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        settings = settings with { Replica = settings.Replica with { Durable = disk is not null } };
        System = system;
        _settings = settings;
        var address = Cluster.Get(system).SelfAddress;
        var endpoints = new NodeEndpoints { Remoting = $"{address.Host}:{address.Port}" };
        Endpoints = endpoints;
        var members = _members;
        StartRemoteAdministration(system);
        StartQuarantineWatch(system);
        _node = system.ActorOf(Props.Create(() => new NodeActor(settings, identity, time, disk, endpoints, members)), NodeActor.Name);
    }

    /// <summary>The actor system it runs on.</summary>
    public ActorSystem System { get; }

    /// <summary>Where it listens; complete when <see cref="StartAsync"/> has returned.</summary>
    public NodeEndpoints Endpoints { get; }

    /// <summary>True when the node ended because a part of it failed.</summary>
    public bool HasFailed => CoordinatedShutdown.Get(System).ShutdownReason is NodeActor.NodeFailed;

    /// <summary>What the part that failed threw; null while none did.</summary>
    public Exception? Failure => (CoordinatedShutdown.Get(System).ShutdownReason as NodeActor.NodeFailed)?.Cause;

    /// <summary>
    /// True when the system has ended, or is about to, though no operator told the node to stop or to leave: the cluster has excluded it, on an
    /// engine whose systems end with their membership. Another node on the same data may take its place.
    /// </summary>
    public bool WasExcluded =>
        CoordinatedShutdown.Get(System).ShutdownReason is not (NodeActor.NodeFailed or CoordinatedShutdown.ClrExitReason or CoordinatedShutdown.ClusterLeavingReason)
        && !_members.IsLeaving;

    /// <summary>True once it was a member of a cluster.</summary>
    public bool HasJoined => _members.HasJoined;

    /// <summary>The others that were members when this node last was one: a node in its place asks them for the way back.</summary>
    public IReadOnlyList<Address> FormerMembers => _members.Addresses;

    /// <summary>Waits until the gateway is bound, or the node has failed before it was.</summary>
    /// <exception cref="IOException">Its port is taken, or its interface is not there.</exception>
    public async Task StartAsync()
    {
        if (_settings.Gateway is null)
            return;
        var bound = _node.Ask<GatewayBound>(GetGateway.Instance, BindTimeout);
        // What is wrong with the data may show sooner; then nobody is left to answer.
        if (await Task.WhenAny(bound, System.WhenTerminated) == bound)
            await bound;
    }

    // For builds that bring an administration host of their own (StoreNode.PetabridgeCmd.akka.cs); without one there is no call.
    static partial void StartRemoteAdministration(ActorSystem system);

    // For an engine that has to be asked whether others have excluded this node (StoreNode.Quarantine.akka.cs).
    static partial void StartQuarantineWatch(ActorSystem system);

    /// <summary>Drains the gateway, leaves the cluster and ends the actor system.</summary>
    public Task StopAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);
}
