namespace KvStore.Protocol.Commands;

/// <summary>
/// What <c>CONFIG GET</c> answers where the node says nothing else: the settings that clients and redis-benchmark ask
/// for, with the values that describe this store.
/// </summary>
public static class ConfigDefaults
{
    /// <summary>Name and value, in the order in which they are listed.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["appendfsync"] = "everysec",
        ["appendonly"] = "no",
        ["bind"] = "",
        ["cluster-enabled"] = "no",
        ["databases"] = "1",
        ["dbfilename"] = "",
        ["dir"] = "",
        ["hz"] = "10",
        ["io-threads"] = "1",
        ["maxclients"] = "10000",
        ["maxmemory"] = "0",
        ["maxmemory-policy"] = "noeviction",
        ["notify-keyspace-events"] = "",
        ["port"] = "0",
        ["proto-max-bulk-len"] = "536870912",
        ["requirepass"] = "",
        ["save"] = "",
        ["slowlog-log-slower-than"] = "-1",
        ["slowlog-max-len"] = "0",
        ["tcp-keepalive"] = "300",
        ["timeout"] = "0",
    };
}
