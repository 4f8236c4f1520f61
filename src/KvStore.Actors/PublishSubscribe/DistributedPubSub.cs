using KvStore.Actors.Configuration;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// Publish and subscribe over the members of the cluster. Everything goes through the <see cref="Mediator"/>: tell it
/// <see cref="Subscribe"/>, <see cref="Publish"/> and so on. Delivery is at most once.
/// </summary>
public sealed class DistributedPubSub : IExtension
{
    private static readonly DistributedPubSubExtensionProvider s_provider = new();

    private readonly Cluster _cluster;

    internal DistributedPubSub(ActorSystemImpl system)
    {
        _cluster = Cluster.Get(system);
        var remoting = (TransportRemoting)system.Remoting!;
        var serializer = new PubSubSerializer(system);
        system.Serialization.AddSerializer("akka-pubsub", serializer);
        system.Serialization.AddSerializationMap(typeof(IPubSubMessage), serializer);
        var config = system.Settings.Config.GetConfig("akka.cluster.pub-sub");
        var settings = ReadSettings(config);
        var tellsDeadLetters = config.GetBoolean("send-to-dead-letters-when-no-subscribers", true);
        var name = config.GetString("name", "distributedPubSubMediator")!;
        var self = _cluster.SelfUniqueAddress;
        var seed = (int)system.NextUid();
        var props = Props.Create(() => new MediatorActor(self, settings, tellsDeadLetters, remoting, seed));
        if (config.GetString("use-dispatcher") is { Length: > 0 } dispatcher)
            props = props.WithDispatcher(dispatcher);
        Mediator = system.SystemActorOf(props, name);
        remoting.OpenDoor(Inlets.PrefixOf(Mediator.Path), rest => Inlets.Parse(rest, Mediator));
    }

    /// <summary>The actor that takes subscriptions and messages.</summary>
    public IActorRef Mediator { get; }

    /// <summary>True when the node has left the cluster.</summary>
    public bool IsTerminated => _cluster.IsTerminated;

    /// <summary>The system's mediator.</summary>
    /// <exception cref="ConfigurationException">The system's <c>akka.actor.provider</c> is not <c>cluster</c>.</exception>
    public static DistributedPubSub Get(ActorSystem system) => s_provider.Apply(system);

    private static PubSubSettings ReadSettings(Config config) => new()
    {
        GossipIntervalMs = (long)config.GetTimeSpan("gossip-interval", TimeSpan.FromMilliseconds(PubSubSettings.Default.GossipIntervalMs), false).TotalMilliseconds,
        RemovedTimeToLiveMs = (long)config.GetTimeSpan("removed-time-to-live", TimeSpan.FromMilliseconds(PubSubSettings.Default.RemovedTimeToLiveMs), false).TotalMilliseconds,
        MaxDeltaElements = config.GetInt("max-delta-elements", PubSubSettings.Default.MaxDeltaElements),
    };
}

/// <summary>Creates a system's <see cref="DistributedPubSub"/>.</summary>
public sealed class DistributedPubSubExtensionProvider : ExtensionIdProvider<DistributedPubSub>
{
    /// <inheritdoc/>
    public override DistributedPubSub CreateExtension(ExtendedActorSystem system) => new((ActorSystemImpl)system);
}
