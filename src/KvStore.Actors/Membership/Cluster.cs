using System.Collections.Immutable;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Membership;

/// <summary>
/// The system's membership in a cluster. It starts with a system whose <c>akka.actor.provider</c> is <c>cluster</c>, and joins
/// <c>akka.cluster.seed-nodes</c> by itself where there are any. Names and meanings are those of <c>Akka.Cluster.Cluster</c>. Any thread.
/// </summary>
public sealed partial class Cluster : IExtension
{
    internal const string DaemonName = "cluster";

    private static readonly Provider s_provider = new();

    private readonly IActorRef _daemon;

    // Replaced by the daemon on its turn.
    private volatile ClusterView _view;

    internal Cluster(ActorSystemImpl system, TransportRemoting remoting)
    {
        System = system;
        var configuration = ClusterConfiguration.Read(system.Settings.Config);
        SelfAddress = remoting.LocalAddress;
        SelfRoles = [.. configuration.Roles];
        _view = new ClusterView(new ClusterEvent.CurrentClusterState(), Member.Removed(new UniqueAddress(SelfAddress, remoting.Uid)), IsMember: false, IsTerminated: false);
        var serializer = new MembershipSerializer(system);
        system.Serialization.AddSerializer("akka-cluster", serializer);
        system.Serialization.AddSerializationMap(typeof(IMembershipMessage), serializer);
        AddShutdownTasks(CoordinatedShutdown.Get(system));
        var seed = (int)system.NextUid();
        _daemon = system.SystemActorOf(Props.Create(() => new ClusterDaemon(this, configuration, remoting, seed)), DaemonName);
    }

    /// <summary>This incarnation of this node, in a cluster or not. A node that was downed returns as another incarnation.</summary>
    public UniqueAddress SelfUniqueAddress => _view.SelfMember.UniqueAddress;

    /// <summary>Where this node is.</summary>
    public Address SelfAddress { get; }

    /// <summary>The roles this node joins with: <c>akka.cluster.roles</c>.</summary>
    public ImmutableHashSet<string> SelfRoles { get; }

    /// <summary>The cluster as this node sees it now; empty before it has joined and after it has left.</summary>
    public ClusterEvent.CurrentClusterState State => _view.State;

    /// <summary>This node as the cluster sees it; Removed while it is in none.</summary>
    public Member SelfMember => _view.SelfMember;

    /// <summary>True when this node has left, or its membership was stopped. One that was downed joins again.</summary>
    public bool IsTerminated => _view.IsTerminated;

    /// <summary>True when this node is a full member.</summary>
    public bool IsUp => _view.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    /// <summary>The system.</summary>
    public ExtendedActorSystem System { get; }

    /// <summary>The system's membership.</summary>
    /// <exception cref="ConfigurationException">The system's <c>akka.actor.provider</c> is not <c>cluster</c>.</exception>
    public static Cluster Get(ActorSystem system) => s_provider.Apply(system);

    /// <summary>Sends a <see cref="ClusterEvent.CurrentClusterState"/> and then every event of those types to an actor, in order.</summary>
    /// <exception cref="ArgumentException">A type is no cluster event, or there is none.</exception>
    public void Subscribe(IActorRef subscriber, params Type[] to) => Subscribe(subscriber, ClusterEvent.InitialStateAsSnapshot, to);

    /// <summary>Sends every event of those types to an actor, in order, and first what happened so far.</summary>
    /// <exception cref="ArgumentException">A type is no cluster event, or there is none.</exception>
    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(to);
        if (to.Length == 0)
            throw new ArgumentException("At least one `IClusterDomainEvent` class is required", nameof(to));
        if (Array.Find(to, static type => !typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(type)) is { } other)
            throw new ArgumentException($"Subscribe to `IClusterDomainEvent` or subclasses, was [{other.Name}]", nameof(to));
        _daemon.Tell(new ClusterCommand.Subscribe(subscriber, initialStateMode, [.. to]), ActorRefs.NoSender);
    }

    /// <summary>Sends the actor no more events.</summary>
    public void Unsubscribe(IActorRef subscriber) => _daemon.Tell(new ClusterCommand.Unsubscribe(subscriber, To: null), ActorRefs.NoSender);

    /// <summary>Takes the subscription to one type back.</summary>
    public void Unsubscribe(IActorRef subscriber, Type to) => _daemon.Tell(new ClusterCommand.Unsubscribe(subscriber, to), ActorRefs.NoSender);

    /// <summary>Sends the actor a <see cref="ClusterEvent.CurrentClusterState"/> once.</summary>
    public void SendCurrentClusterState(IActorRef receiver) => _daemon.Tell(new ClusterCommand.SendState(receiver), ActorRefs.NoSender);

    /// <summary>Joins through a member; through itself, the node begins a cluster of its own.</summary>
    public void Join(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        _daemon.Tell(new ClusterCommand.Join(WithHost(address)), ActorRefs.NoSender);
    }

    /// <summary>Joins through seeds, of which the first may begin the cluster.</summary>
    public void JoinSeedNodes(IEnumerable<Address> seedNodes) => _daemon.Tell(new ClusterCommand.JoinSeeds([.. seedNodes.Select(WithHost)]), ActorRefs.NoSender);

    /// <summary>Begins the graceful leave of a member. A node that leaves then runs its <see cref="CoordinatedShutdown"/>.</summary>
    public void Leave(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        _daemon.Tell(new ClusterCommand.Leave(WithHost(address)), ActorRefs.NoSender);
    }

    /// <summary>Leaves gracefully, and completes when this node is removed.</summary>
    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    /// <summary>Leaves gracefully, and completes when this node is removed; cancelling ends the waiting only.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Not WaitAsync: a task made of another one that completes asynchronously passes through the thread pool, driven or not.
        var cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), removed);
        RegisterOnMemberRemoved(() =>
        {
            cancellation.Unregister();
            removed.TrySetResult();
        });
        Leave(SelfAddress);
        return removed.Task;
    }

    /// <summary>Judges a member dead; it is removed when the others have agreed.</summary>
    public void Down(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        _daemon.Tell(new ClusterCommand.Down(WithHost(address)), ActorRefs.NoSender);
    }

    /// <summary>Runs <paramref name="callback"/> once this node is Up, at once if it is.</summary>
    public void RegisterOnMemberUp(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _daemon.Tell(new ClusterCommand.OnUp(callback), ActorRefs.NoSender);
    }

    /// <summary>Runs <paramref name="callback"/> once this node is removed or its membership stops, at once if it is.</summary>
    public void RegisterOnMemberRemoved(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_onRemoved)
        {
            if (!_hasEnded)
            {
                _onRemoved.Add(callback);
                return;
            }
        }
        callback();
    }

    private Address WithHost(Address address) =>
        address.HasLocalScope && address.System == SelfAddress.System ? SelfAddress : address;

    private sealed class Provider : ExtensionIdProvider<Cluster>
    {
        public override Cluster CreateExtension(ExtendedActorSystem system) =>
            system is ActorSystemImpl { Remoting: TransportRemoting remoting, Kind: ProviderKind.Cluster } impl
                ? new Cluster(impl, remoting)
                : throw new ConfigurationException($"ActorSystem [{system.Name}] needs to have 'akka.actor.provider' set to 'cluster' in the configuration.");
    }
}
