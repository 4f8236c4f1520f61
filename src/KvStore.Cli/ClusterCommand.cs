using System.Buffers;
using System.Globalization;
using System.Text;
using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>Runs <c>kv cluster</c>: asks one node with KVCLUSTER, and prints what pbm prints for the same verbs.</summary>
internal sealed class ClusterCommand(CommandLine line, Terminal terminal)
{
    /// <summary>How often tail asks. A person does not see the difference to at once, and a node does not feel it.</summary>
    private static readonly TimeSpan TailInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How many events that have been already tail begins with, as the shell's tail does.</summary>
    private const int TailBegins = 10;

    private readonly ClusterArguments _arguments = line.Cluster!;

    /// <summary>Runs the verb and returns the exit code; tail runs until the connection or the process ends.</summary>
    public async Task<int> RunAsync()
    {
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        if (_arguments.Verb == "tail")
            return await TailAsync(connection);
        string[] words = _arguments.Address is null ? [_arguments.Verb] : [_arguments.Verb, _arguments.Address];
        var reply = await connection.SendAsync(Command(words));
        if (!reply.IsError && !line.Json && _arguments.Verb is "show" or "status")
        {
            PrintLines(_arguments.Verb == "show" ? Show(reply) : Status(reply));
            return ExitCode.Ok;
        }
        return KvCommand.Print(reply, line, terminal);
    }

    private static byte[][] Command(params string[] words) => ["KVCLUSTER"u8.ToArray(), .. words.Select(Encoding.UTF8.GetBytes)];

    private async Task<int> TailAsync(KvConnection connection)
    {
        using var timer = new PeriodicTimer(TailInterval);
        long? seen = null;
        do
        {
            var reply = await connection.SendAsync(Command("events", (seen ?? 0).ToString(CultureInfo.InvariantCulture)));
            if (reply.IsError)
                return KvCommand.Print(reply, line, terminal);
            var events = reply.Field("events").Items;
            if (seen is null)
                events = [.. events.TakeLast(TailBegins)];
            else if (events.Count > 0 && Number(events[0]) > seen + 1)
                terminal.WriteError($"kv: {Number(events[0]) - seen - 1} events were not seen: the node keeps the last ones only");
            foreach (var change in events)
                Print(change);
            seen = reply.Number("last");
        }
        while (await timer.WaitForNextTickAsync());
        return ExitCode.Ok;
    }

    private void Print(Reply change)
    {
        if (line.Json)
        {
            KvCommand.Print(change, line, terminal);
            return;
        }
        var at = DateTimeOffset.FromUnixTimeMilliseconds(change.Number("at-ms"));
        PrintLines([$"{at:yyyy-MM-ddTHH:mm:ss.fffZ} | {change.Text("event")} | {change.Text("address")}"]);
    }

    private static IEnumerable<string> Show(Reply reply)
    {
        var members = reply.Field("members").Items;
        return [.. members.Select(Member), $"Count: {members.Count} {(members.Count == 1 ? "node" : "nodes")}"];
    }

    private static IEnumerable<string> Status(Reply reply) =>
    [
        Member(reply),
        $"leader: {reply.Text("leader")}",
        $"members: {reply.Text("members")}",
        $"unreachable: {reply.Text("unreachable")}",
    ];

    private static string Member(Reply member)
    {
        var version = member.Text("app-version");
        return $"{member.Text("address")} | [{string.Join(',', member.Field("roles").Items)}] | {member.Text("status")}"
            + $" | {(member.Number("reachable") != 0 ? "reachable" : "unreachable")}{(version.Length > 0 ? $" | {version}" : "")}";
    }

    private static long Number(Reply change) => change.Number("number");

    private void PrintLines(IEnumerable<string> lines)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var one in lines)
            text.Write(Encoding.UTF8.GetBytes(one + "\n"));
        terminal.WriteOutput(text.WrittenSpan);
    }
}
