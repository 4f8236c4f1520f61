using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>Runs <c>kv replicas</c>: the replicas that the cluster keeps deletions for.</summary>
internal sealed class ReplicasCommand(CommandLine line, Terminal terminal)
{
    /// <summary>Prints them and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        var replicas = await connection.AskAsync("KVDATA", "REPLICAS");
        if (line.Json)
            return KvCommand.Print(replicas, line, terminal);
        foreach (var replica in replicas.Items)
            terminal.WriteLine(Line(replica));
        return ExitCode.Ok;
    }

    private static string Line(Reply replica)
    {
        var lag = replica.Number("lag");
        return $"{replica.Text("name")} | {Since(replica)}{(lag >= 0 ? $" | lag {lag}" : "")} | store {replica.Text("store")} | start {replica.Text("start")}";
    }

    /// <summary>The state of a replica, and since when it is in it.</summary>
    public static string Since(Reply replica)
    {
        var sinceMs = replica.Number("since-ms");
        return replica.Text("state") + (sinceMs > 0 ? $" since {DateTimeOffset.FromUnixTimeMilliseconds(sinceMs):yyyy-MM-ddTHH:mm:ssZ}" : "");
    }
}
