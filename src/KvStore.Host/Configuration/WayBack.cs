using System.Net;

namespace KvStore.Host.Configuration;

/// <summary>
/// How a node that its cluster has excluded comes back: on the addresses by which clients and the other nodes know it, and through
/// the members that it knew.
/// </summary>
/// <param name="Self">Its address.</param>
/// <param name="Gateway">Where clients find it; null where the first start did not come that far.</param>
/// <param name="FormerMembers">The others that were members when it last was one.</param>
internal sealed record WayBack(Address Self, IPEndPoint? Gateway, IReadOnlyList<Address> FormerMembers)
{
    // Akka.NET has no word for never: longer than any process runs.
    private const string Never = "3650d";

    private const string AskEvery = "1s";

    /// <summary>What is known after one more life. A node that did not get back into the cluster knows no members, and one that did not listen knows nothing.</summary>
    public static WayBack? Latest(WayBack? earlier, WayBack? last) =>
        last is { FormerMembers.Count: 0 } && earlier is not null ? last with { FormerMembers = earlier.FormerMembers } : last ?? earlier;

    /// <summary>
    /// The settings that follow those of the process's start, and overrule them. It asks all seeds and all former members, and founds no cluster
    /// by the lapse of time, since the others may live on out of reach: only the one that the list begins with does, as soon as every other has
    /// answered that it is in none. That one is the first seed; without seeds the one that was a cluster of its own, or the lowest address.
    /// </summary>
    /// <param name="config">As the process was started with.</param>
    public string Settings(Config config)
    {
        var seeds = config.GetStringList("akka.cluster.seed-nodes");
        var former = FormerMembers.Select(static member => member.ToString()).Order(StringComparer.Ordinal).ToList();
        var self = Self.ToString();
        string[] asked = seeds.Count > 0 ? [.. seeds, .. former]
            : config.GetBoolean("kv.cluster.start-alone") ? [self, .. former]
            : [.. former.Append(self).Order(StringComparer.Ordinal)];
        var settings = $"""

            akka.cluster.seed-nodes = [{string.Join(", ", asked.Distinct(StringComparer.Ordinal).Select(static address => $"\"{address}\""))}]
            akka.cluster.seed-node-timeout = {(asked[0] == self ? Never : AskEvery)}
            akka.remote.dot-netty.tcp.port = {Self.Port}

            """;
        return Gateway is null ? settings : settings + $"kv.gateway.port = {Gateway.Port}\n";
    }
}
