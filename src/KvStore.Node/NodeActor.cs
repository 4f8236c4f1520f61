using KvStore.Core.Log;
using KvStore.Node.Disk;
using KvStore.Node.Gateway;
using KvStore.Node.Store;

namespace KvStore.Node;

/// <summary>
/// The parent of a node's actors. A store that threw has a state that nobody vouches for, so it is not restarted: the node
/// stops, and comes back with what its peers hold. Nor is this actor: its disk is open once, and goes with its store.
/// </summary>
internal sealed class NodeActor(NodeSettings settings, NodeIdentity identity, TimeProvider time, IDisk? disk, NodeEndpoints endpoints, KnownMembers members) : UntypedActor
{
    public const string Name = "node";
    public const string StoreName = "store";
    public const string GatewayName = "gateway";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _gateway;
    private Exception? _failure;

    protected override void PreStart()
    {
        Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        var clients = new ClientRegistry();
        var store = Context.ActorOf(Props.Create(() => new StoreActor(settings, identity, time, disk, clients, endpoints)), StoreName);
        Context.Watch(store);
        if (settings.Gateway is not { } gateway)
            return;
        var limits = settings.Limits;
        _gateway = Context.ActorOf(Props.Create(() => new GatewayActor(gateway, limits, store, clients, time, endpoints)), GatewayName);
        Context.Watch(_gateway);
    }

    protected override void PostRestart(Exception reason) => End(reason);

    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    // The sentence of a data folder is for the operator as it is; where anything else comes from only its stack tells.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        error =>
        {
            _failure ??= error;
            if (error is DataFolderException)
                _log.Error("{0}", error.Message);
            else
                _log.Error(error, "a part of the node has failed: {0}", error.Message);
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetGateway when _gateway is not null:
                _gateway.Forward(message);
                break;
            case ClusterEvent.IMemberEvent change:
                members.OnMember(change, Cluster.Get(Context.System).SelfUniqueAddress);
                break;
            case Terminated stopped:
                _log.Error("{0} has failed, and a node is not whole without it: stopping", stopped.ActorRef.Path.Name);
                End(_failure);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static void End(Exception? cause) => _ = CoordinatedShutdown.Get(Context.System).Run(new NodeFailed(cause));

    /// <summary>Why the process ends with an error.</summary>
    internal sealed class NodeFailed(Exception? cause) : CoordinatedShutdown.Reason
    {
        /// <summary>What the failed part threw; null where it ended without a word.</summary>
        public Exception? Cause => cause;
    }
}
