using System.Globalization;
using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>Runs <c>kv conflicts</c>: the last writes that lost to another which did not know of them.</summary>
internal sealed class ConflictsCommand(CommandLine line, Terminal terminal)
{
    private const string UsualCount = "10";

    /// <summary>Prints them and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var count = line.Data!.Words.Count > 0 ? line.Data.Words[0] : UsualCount;
        if (!uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new UsageException($"conflicts takes a count, not '{count}'");
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        var conflicts = await connection.AskAsync("CONFLICTS", count);
        if (line.Json)
            return KvCommand.Print(conflicts, line, terminal);
        foreach (var conflict in conflicts.Items)
            terminal.WriteLine(Line(conflict));
        if (conflicts.Items.Count == 0)
            terminal.WriteLine("no conflicts");
        return ExitCode.Ok;
    }

    // Whatever fields there are: those of a node of another version are better than none.
    private static string Line(Reply conflict)
    {
        if (conflict.FindField("key") is not { } key)
            return conflict.ToString();
        var at = conflict.FindField("at-ms") is { Kind: ReplyKind.Integer } ms
            ? $"{DateTimeOffset.FromUnixTimeMilliseconds(ms.Integer):yyyy-MM-ddTHH:mm:ss.fffZ} | "
            : "";
        var possible = conflict.FindField("possible") is { Integer: not 0 } ? " | possible" : "";
        return $"{at}{KeyText.Of(key.Bytes.Span)} | {Write(conflict, "winner")} won over {Write(conflict, "loser")}{possible}";
    }

    private static string Write(Reply conflict, string which)
    {
        var origin = conflict.FindField(which + "-origin")?.ToString() ?? "";
        return (conflict.FindField(which)?.ToString() ?? "?") + (origin.Length > 0 ? $" of {origin}" : "");
    }
}
