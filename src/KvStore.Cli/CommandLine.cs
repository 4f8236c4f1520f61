using System.Globalization;
using System.Text;

namespace KvStore.Cli;

/// <summary>
/// The command line: <c>kv { option } endpoint [ command { argument } ]</c>. Options stand before the endpoint, and
/// what follows it is the command, untouched, whatever it looks like.
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

    /// <summary>Reads the words behind <c>kv</c>.</summary>
    /// <exception cref="UsageException">The words make no sense.</exception>
    public static CommandLine Parse(ReadOnlySpan<string> words)
    {
        var line = new CommandLine();
        var at = 0;
        for (; at < words.Length && words[at].StartsWith('-'); at++)
        {
            line = words[at] switch
            {
                "--json" => line with { Json = true },
                "--help" or "-h" => line with { Help = true },
                "--version" => line with { Version = true },
                "--timeout" => line with { Timeout = Seconds(++at < words.Length ? words[at] : "") },
                var other when other.StartsWith("--timeout=", StringComparison.Ordinal) => line with { Timeout = Seconds(other[10..]) },
                var other => throw new UsageException($"there is no option '{other}' (options stand before the endpoint)"),
            };
        }
        if (line.Help || line.Version)
            return line;
        if (at == words.Length)
            throw new UsageException("no endpoint: which port does the server listen on?");
        var endpoint = Endpoint.Take(words[at..], out var taken);
        var command = new List<byte[]>();
        foreach (var word in words[(at + taken)..])
            command.Add(Encoding.UTF8.GetBytes(word));
        return line with { Endpoint = endpoint, Command = command };
    }

    private static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--timeout takes seconds, not '{text}'");
}
