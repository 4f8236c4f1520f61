using KvStore.Core.Replication;

namespace KvStore.Cli.Backup;

/// <summary>
/// Runs <c>kv backup</c>: asks a node for its live entries page by page, and writes them into a file. Writes go on meanwhile; each entry is
/// as it was when its page was read.
/// </summary>
internal sealed class BackupCommand(CommandLine line, Terminal terminal)
{
    /// <summary>Writes the backup and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        var nowMs = await NodeClock.AskAsync(connection);
        // The first page before the file: a node that refuses leaves nothing behind.
        var page = await AskAsync(connection, "0");
        using var progress = new Progress(terminal);
        using var file = new BackupWriter(line.Data!.Words[0], nowMs);
        while (true)
        {
            file.Write(page.Records.Span, page.Count);
            progress.Show($"{file.Entries} keys");
            if (page.Next == "0")
                break;
            page = await AskAsync(connection, page.Next);
        }
        file.Complete();
        progress.Clear();
        if (line.Json)
            terminal.WriteLine($$"""{"keys":{{file.Entries}},"bytes":{{file.Length}}}""");
        else
            terminal.WriteLine($"{file.Entries} {(file.Entries == 1 ? "key" : "keys")}, {file.Length} bytes: {file.FileName}");
        return ExitCode.Ok;
    }

    private static async Task<Page> AskAsync(KvConnection connection, string cursor)
    {
        var parts = (await connection.AskAsync("KVDATA", "EXPORT", cursor)).Array(3);
        var page = new Page(parts[0].ToString(), parts[1].Bytes, (int)parts[2].Integer);
        try
        {
            EntryRecord.Validate(page.Records.Span, page.Count);
        }
        catch (FormatException error)
        {
            throw new NoConnectionException($"the node's answer makes no sense: {error.Message}");
        }
        return page;
    }

    private sealed record Page(string Next, ReadOnlyMemory<byte> Records, int Count);
}

/// <summary>What time it is on the node, by whose clock keys expire.</summary>
internal static class NodeClock
{
    /// <summary>Unix milliseconds.</summary>
    public static async Task<long> AskAsync(KvConnection connection)
    {
        var parts = (await connection.AskAsync("TIME")).Array(2);
        return long.TryParse(parts[0].ToString(), out var seconds) && long.TryParse(parts[1].ToString(), out var micros)
            ? (seconds * 1000) + (micros / 1000)
            : throw new NoConnectionException("the node's answer to TIME makes no sense");
    }
}
