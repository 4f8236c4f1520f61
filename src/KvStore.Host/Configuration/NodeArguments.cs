namespace KvStore.Host.Configuration;

/// <summary>The command line of one node.</summary>
/// <param name="ConfigFile">A HOCON file, or null.</param>
/// <param name="Name">Short for <c>kv.node.name</c>.</param>
/// <param name="GatewayPort">Short for <c>kv.gateway.port</c>.</param>
/// <param name="RemotingPort">Short for <c>akka.remote.dot-netty.tcp.port</c>.</param>
/// <param name="Seeds">Short for <c>akka.cluster.seed-nodes</c>: <c>host:port</c> each.</param>
/// <param name="Set">Any other setting, <c>path=value</c> each.</param>
internal sealed record NodeArguments(string? ConfigFile, string? Name, int? GatewayPort, int? RemotingPort, IReadOnlyList<string> Seeds, IReadOnlyList<string> Set)
{
    /// <summary>The name of the actor system, which all nodes of a cluster share.</summary>
    public const string SystemName = "kvstore";

    /// <summary>All of it as <c>path=value</c>; what was set by its full path comes last and wins.</summary>
    /// <param name="protocol">That of the nodes' addresses: <c>akka.tcp</c>, or <c>akka.ssl.tcp</c> between nodes that use TLS.</param>
    public IEnumerable<string> Overrides(string protocol = "akka.tcp")
    {
        if (Name is not null)
            yield return $"kv.node.name=\"{Escape(Name)}\"";
        if (GatewayPort is { } gateway)
            yield return $"kv.gateway.port={gateway}";
        if (RemotingPort is { } remoting)
            yield return $"akka.remote.dot-netty.tcp.port={remoting}";
        if (Seeds.Count > 0)
            yield return $"akka.cluster.seed-nodes=[{string.Join(", ", Seeds.Select(s => $"\"{protocol}://{SystemName}@{Escape(s)}\""))}]";
        foreach (var setting in Set)
            yield return setting;
    }

    /// <summary>The arguments that start a node like this one.</summary>
    public IEnumerable<string> ToCommandLine()
    {
        yield return "node";
        if (ConfigFile is not null)
        {
            yield return "--config";
            yield return ConfigFile;
        }
        if (Name is not null)
        {
            yield return "--name";
            yield return Name;
        }
        if (GatewayPort is { } gateway)
        {
            yield return "--gateway-port";
            yield return gateway.ToString();
        }
        if (RemotingPort is { } remoting)
        {
            yield return "--remoting-port";
            yield return remoting.ToString();
        }
        foreach (var seed in Seeds)
        {
            yield return "--seed";
            yield return seed;
        }
        foreach (var setting in Set)
        {
            yield return "--set";
            yield return setting;
        }
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
