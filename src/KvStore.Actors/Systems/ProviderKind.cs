using KvStore.Actors.Configuration;

namespace KvStore.Actors;

/// <summary>How far a system reaches: <c>akka.actor.provider</c>.</summary>
internal enum ProviderKind
{
    /// <summary>Not beyond its process.</summary>
    Local,

    /// <summary>To other systems whose addresses it is told.</summary>
    Remote,

    /// <summary>To the members of a cluster.</summary>
    Cluster,
}

/// <summary>Reads the short names, and the type names that stand in configurations written for Akka.NET.</summary>
internal static class ProviderKinds
{
    internal const string Path = "akka.actor.provider";

    /// <summary>The configured kind; local where nothing is said.</summary>
    /// <exception cref="ConfigurationException">The name is none of these.</exception>
    internal static ProviderKind Read(Config config)
    {
        var text = config.GetString(Path, "local")!;
        // What follows the comma is the assembly.
        return text.Split(',')[0].Trim() switch
        {
            "local" or "Akka.Actor.LocalActorRefProvider" => ProviderKind.Local,
            "remote" or "Akka.Remote.RemoteActorRefProvider" => ProviderKind.Remote,
            "cluster" or "Akka.Cluster.ClusterActorRefProvider" => ProviderKind.Cluster,
            _ => throw new ConfigurationException($"{Path} is '{text}'; it is local, remote or cluster."),
        };
    }
}
