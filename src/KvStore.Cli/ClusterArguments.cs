namespace KvStore.Cli;

/// <summary>What is to be done with the cluster: <c>kv cluster verb [address]</c>.</summary>
/// <param name="Verb">One of <see cref="Verbs"/>.</param>
/// <param name="Address">The member that the verb is about; null for those that take none.</param>
internal sealed record ClusterArguments(string Verb, string? Address)
{
    /// <summary>The node that is asked unless <c>--at</c> names another: the first of a cluster on this machine.</summary>
    public static readonly Endpoint DefaultEndpoint = new("localhost", 6100);

    /// <summary>The verbs, and whether each takes an address.</summary>
    public static readonly IReadOnlyDictionary<string, bool> Verbs = new Dictionary<string, bool>(StringComparer.Ordinal)
    {
        ["show"] = false,
        ["status"] = false,
        ["members"] = false,
        ["leave"] = true,
        ["down"] = true,
        ["join"] = true,
        ["heal"] = false,
        ["tail"] = false,
    };

    /// <summary>Whether <paramref name="words"/> mean this: <c>cluster 6100</c> names a host of that name, as everywhere else.</summary>
    public static bool Begin(ReadOnlySpan<string> words) =>
        words[0] == "cluster" && (words.Length == 1 || words[1].Length == 0 || words[1].AsSpan().ContainsAnyExceptInRange('0', '9'));

    /// <summary>Reads the words that are no options.</summary>
    /// <exception cref="UsageException">There is no such verb, or it takes more or less.</exception>
    public static ClusterArguments Parse(IReadOnlyList<string> words)
    {
        var all = string.Join(", ", Verbs.Keys);
        if (words.Count == 0)
            throw new UsageException($"cluster takes a verb: {all}");
        if (!Verbs.TryGetValue(words[0], out var takesAddress))
            throw new UsageException($"cluster has no verb '{words[0]}'; it has {all}");
        if (takesAddress && words.Count == 1)
            throw new UsageException($"cluster {words[0]} takes the address of a node, such as 127.0.0.1:4053");
        if (words.Count > (takesAddress ? 2 : 1))
            throw new UsageException($"cluster {words[0]} does not take '{words[takesAddress ? 2 : 1]}'");
        return new ClusterArguments(words[0], takesAddress ? words[1] : null);
    }
}
