namespace KvStore.Cli;

/// <summary>What is to be done with the data: <c>kv verb [word …] [flag …]</c>.</summary>
/// <param name="Verb">One of <see cref="Verbs"/>.</param>
/// <param name="Words">What it is about: a folder, a node, endpoints, a count.</param>
/// <param name="Flags">The verb's own flags that were given.</param>
internal sealed record DataArguments(string Verb, IReadOnlyList<string> Words, IReadOnlySet<string> Flags)
{
    /// <summary>The verbs.</summary>
    public static readonly IReadOnlyDictionary<string, VerbSyntax> Verbs = new Dictionary<string, VerbSyntax>(StringComparer.Ordinal)
    {
        ["verify"] = new(0, int.MaxValue, "[ENDPOINT ...]"),
        ["repair"] = new(0, 0, ""),
        ["backup"] = new(1, 1, "DIR"),
        ["restore"] = new(1, 1, "DIR", "--replace", "--merge"),
        ["replicas"] = new(0, 0, ""),
        ["forget"] = new(1, 1, "NODE", "--yes"),
        ["conflicts"] = new(0, 1, "[COUNT]"),
    };

    /// <summary>Whether <paramref name="words"/> mean this. A host of such a name is still reached, as <c>verify:6100</c>.</summary>
    public static bool Begin(ReadOnlySpan<string> words) => Verbs.ContainsKey(words[0]);

    /// <summary>True when <paramref name="word"/> is a flag of the verb.</summary>
    public static bool IsFlag(string verb, string word) => Verbs[verb].Flags.Contains(word, StringComparer.Ordinal);

    /// <summary>Checks what was given to the verb.</summary>
    /// <exception cref="UsageException">It takes more or less.</exception>
    public static DataArguments Create(string verb, IReadOnlyList<string> words, IReadOnlySet<string> flags)
    {
        var syntax = Verbs[verb];
        if (words.Count < syntax.Least)
            throw new UsageException($"{verb} takes {syntax.Takes}");
        if (words.Count > syntax.Most)
            throw new UsageException($"{verb} does not take '{words[syntax.Most]}'");
        if (flags.Count > 1)
            throw new UsageException($"{verb} takes {string.Join(" or ", syntax.Flags)}, not both");
        return new DataArguments(verb, words, flags);
    }
}

/// <summary>How many words a verb takes, how help writes them, and the flags that only it has.</summary>
internal sealed record VerbSyntax(int Least, int Most, string Takes, params string[] Flags);
