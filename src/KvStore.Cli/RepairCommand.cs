using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>Runs <c>kv repair</c>: has a node compare its data with every peer's and exchange what differs, and watches until that is done.</summary>
internal sealed class RepairCommand(CommandLine line, Terminal terminal)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    /// <summary>Repairs and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        await connection.AskAsync("KVDATA", "REPAIR");
        using var progress = new Progress(terminal);
        Reply status;
        while (true)
        {
            status = await connection.AskAsync("KVDATA", "REPAIR", "STATUS");
            if (status.Number("done") != 0)
                break;
            progress.Show(string.Join(", ", status.Field("peers").Items.Select(static p => $"{p.Text("peer")} {p.Text("phase")} {p.Number("percent")}%")));
            await terminal.Pause(BetweenLooks);
        }
        progress.Clear();
        var peers = status.Field("peers").Items;
        if (line.Json)
            return Math.Max(KvCommand.Print(status, line, terminal), ExitCodeOf(peers));
        foreach (var peer in peers)
            terminal.WriteLine(Line(peer));
        if (peers.Count == 0)
            terminal.WriteLine("this node has no peers");
        return ExitCodeOf(peers);
    }

    private static int ExitCodeOf(IReadOnlyList<Reply> peers) => peers.Any(IsFailed) ? ExitCode.ErrorReply : ExitCode.Ok;

    private static bool IsFailed(Reply peer) => peer.Text("phase") == "failed";

    private static string Line(Reply peer)
    {
        if (IsFailed(peer))
            return $"{peer.Text("peer")}: failed at {peer.Number("percent")}%; it goes on by itself when the peer can be reached";
        return peer.Number("slots-differing") == 0
            ? $"{peer.Text("peer")}: identical"
            : $"{peer.Text("peer")}: {peer.Number("slots-differing")} slots differed; received {peer.Number("received")} entries, sent {peer.Number("sent")}";
    }
}
