using System.Globalization;
using System.Text;

namespace KvStore.Cli;

/// <summary>
/// The command line: <c>kv { option } endpoint [ command { argument } ]</c>. Options stand before the endpoint, and
/// what follows it is the command, untouched, whatever it looks like. Or <c>kv cluster verb [ address ]</c>, or <c>kv verb { word }</c> for
/// the data, with options anywhere, since nothing there belongs to the server.
/// </summary>
internal sealed record CommandLine
{
    /// <summary>How long to wait for a connection, and for each reply.</summary>
    public TimeSpan Timeout { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>Print replies as JSON.</summary>
    public bool Json { get; private init; }

    /// <summary>Only print the help.</summary>
    public bool Help { get; private init; }

    /// <summary>Only print the version.</summary>
    public bool Version { get; private init; }

    /// <summary>Where to connect to.</summary>
    public Endpoint? Endpoint { get; private init; }

    /// <summary>The command; empty for an interactive session.</summary>
    public IReadOnlyList<byte[]> Command { get; private init; } = [];

    /// <summary>What to do with the cluster, instead of a command; null for one.</summary>
    public ClusterArguments? Cluster { get; private init; }

    /// <summary>What to do with the data, instead of a command; null for one.</summary>
    public DataArguments? Data { get; private init; }

    /// <summary>Reads the words behind <c>kv</c>.</summary>
    /// <exception cref="UsageException">The words make no sense.</exception>
    public static CommandLine Parse(ReadOnlySpan<string> words)
    {
        var line = new CommandLine();
        var at = 0;
        for (; at < words.Length && words[at].StartsWith('-'); at++)
            line = line.Option(words, ref at);
        if (line.Help || line.Version)
            return line;
        if (at < words.Length && ClusterArguments.Begin(words[at..]))
            return line.ParseCluster(words[(at + 1)..]);
        if (at < words.Length && DataArguments.Begin(words[at..]))
            return line.ParseData(words[at], words[(at + 1)..]);
        if (line.Endpoint is not null)
            throw new UsageException("--at is an option of 'kv cluster' and the other verbs; elsewhere the endpoint stands by itself");
        if (at == words.Length)
            throw new UsageException("no endpoint: which port does the server listen on?");
        var endpoint = Endpoint.Take(words[at..], out var taken);
        var command = new List<byte[]>();
        foreach (var word in words[(at + taken)..])
            command.Add(Encoding.UTF8.GetBytes(word));
        return line with { Endpoint = endpoint, Command = command };
    }

    private CommandLine ParseCluster(ReadOnlySpan<string> words)
    {
        var line = this;
        var plain = new List<string>();
        for (var at = 0; at < words.Length; at++)
        {
            if (words[at].StartsWith('-'))
                line = line.Option(words, ref at);
            else
                plain.Add(words[at]);
        }
        if (line.Help || line.Version)
            return line;
        return line with { Cluster = ClusterArguments.Parse(plain), Endpoint = line.Endpoint ?? ClusterArguments.DefaultEndpoint };
    }

    private CommandLine ParseData(string verb, ReadOnlySpan<string> words)
    {
        var line = this;
        var plain = new List<string>();
        var flags = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < words.Length; at++)
        {
            if (DataArguments.IsFlag(verb, words[at]))
                flags.Add(words[at]);
            else if (words[at].StartsWith('-'))
                line = line.Option(words, ref at);
            else
                plain.Add(words[at]);
        }
        if (line.Help || line.Version)
            return line;
        return line with { Data = DataArguments.Create(verb, plain, flags), Endpoint = line.Endpoint ?? ClusterArguments.DefaultEndpoint };
    }

    // Takes the option at that place, and moves on to the last word that belongs to it.
    private CommandLine Option(ReadOnlySpan<string> words, ref int at)
    {
        var value = at + 1 < words.Length ? words[at + 1] : "";
        switch (words[at])
        {
            case "--json":
                return this with { Json = true };
            case "--help" or "-h":
                return this with { Help = true };
            case "--version":
                return this with { Version = true };
            case "--timeout":
                at++;
                return this with { Timeout = Seconds(value) };
            case "--at":
                at++;
                return this with { Endpoint = EndpointOf(value) };
            case var other when other.StartsWith("--timeout=", StringComparison.Ordinal):
                return this with { Timeout = Seconds(other[10..]) };
            case var other when other.StartsWith("--at=", StringComparison.Ordinal):
                return this with { Endpoint = EndpointOf(other[5..]) };
            case var other:
                throw new UsageException($"there is no option '{other}' (options stand before the endpoint)");
        }
    }

    private static Endpoint EndpointOf(string text) =>
        text.Length > 0 ? Endpoint.Take([text], out _) : throw new UsageException("--at takes an endpoint, such as 6100 or 10.0.0.5:6100");

    private static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--timeout takes seconds, not '{text}'");
}
