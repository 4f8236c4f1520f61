using KvStore.Actors.Configuration;

namespace KvStore.Actors;

/// <summary>The dispatchers of a system by their path in the configuration.</summary>
internal sealed class Dispatchers(Config config, MessageDispatcher? supplied)
{
    internal const string DefaultId = "akka.actor.default-dispatcher";

    private readonly Dictionary<string, MessageDispatcher> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byPath = ReadDeployment(config);

    /// <summary>The dispatcher of an actor: the deployment's, else the props', else the default one.</summary>
    internal MessageDispatcher For(ActorPath path, Props props)
    {
        if (supplied is not null)
            return supplied;
        if (_byPath.Count > 0 && path.Depth > 1 && path.Elements is ["user", ..] elements
            && _byPath.TryGetValue(ActorPath.FormatPathElements(elements.Skip(1)), out var id))
        {
            return Lookup(id);
        }
        return Lookup(props.DispatcherOrNull ?? DefaultId);
    }

    /// <summary>The dispatcher of that path.</summary>
    /// <exception cref="ConfigurationException">No dispatcher of that name is configured, or its type is unknown.</exception>
    internal MessageDispatcher Lookup(string id)
    {
        lock (_byId)
        {
            if (!_byId.TryGetValue(id, out var dispatcher))
                _byId[id] = dispatcher = Create(id);
            return dispatcher;
        }
    }

    private MessageDispatcher Create(string id)
    {
        if (id == DefaultId && !config.HasPath(id))
            return new ThreadPoolDispatcher(id, MessageDispatcher.DefaultThroughput);
        if (!config.HasPath(id))
            throw new ConfigurationException($"Dispatcher [{id}] not configured.");
        var throughput = config.GetInt($"{id}.throughput", MessageDispatcher.DefaultThroughput);
        return config.GetString($"{id}.type", "Dispatcher") switch
        {
            "Dispatcher" => new ThreadPoolDispatcher(id, throughput),
            "CallingThreadDispatcher" => new CallingThreadDispatcher(id, throughput),
            var type => throw new ConfigurationException($"{id}.type is '{type}'; it is Dispatcher or CallingThreadDispatcher."),
        };
    }

    private static Dictionary<string, string> ReadDeployment(Config config)
    {
        var byPath = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, deployment) in config.Sections("akka.actor.deployment"))
        {
            if (deployment.GetString("dispatcher") is { } id)
                byPath[path] = id;
        }
        return byPath;
    }
}
