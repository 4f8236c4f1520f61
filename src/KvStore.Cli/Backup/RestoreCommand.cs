using System.Text;
using KvStore.Core.Replication;

namespace KvStore.Cli.Backup;

/// <summary>
/// Runs <c>kv restore</c>: reads the whole file before it changes anything, then writes its entries as a client would, under new
/// versions, so that they win over what the cluster has, deletions included. What has expired meanwhile is left out.
/// </summary>
internal sealed class RestoreCommand(CommandLine line, Terminal terminal)
{
    /// <summary>Commands sent at once: enough to hide the round trip, with replies that fit into the buffers of a connection.</summary>
    private const int CommandsAtOnce = 512;

    /// <summary>Bytes sent at once, give or take a value.</summary>
    private const int BytesAtOnce = 256 * 1024;

    private readonly Progress _progress = new(terminal);
    private readonly List<byte[]> _sent = [];
    private long _restored;
    private long _expired;

    /// <summary>Restores the backup and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var shown = _progress;
        var folder = line.Data!.Words[0];
        var total = Verify(folder);
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        var nowMs = await NodeClock.AskAsync(connection);
        await PrepareAsync(connection);
        using var file = new BackupReader(folder);
        try
        {
            while (file.TryRead(out var records, out _))
            {
                await WriteAsync(connection, records, nowMs);
                _progress.Show($"{_restored} of {total} keys");
            }
            await SendAsync(connection);
        }
        catch (NoConnectionException error)
        {
            throw new NoConnectionException($"{error.Message}; {_restored} of {total} keys were restored: run it again with --merge or --replace");
        }
        _progress.Clear();
        if (line.Json)
            terminal.WriteLine($$"""{"restored":{{_restored}},"expired":{{_expired}}}""");
        else
            terminal.WriteLine($"{_restored} {(_restored == 1 ? "key" : "keys")} restored{(_expired > 0 ? $", {_expired} had expired" : "")}");
        return ExitCode.Ok;
    }

    private long Verify(string folder)
    {
        using var file = new BackupReader(folder);
        while (file.TryRead(out _, out _))
            _progress.Show($"checking the file: {file.Entries} keys");
        return file.Entries;
    }

    private async Task PrepareAsync(KvConnection connection)
    {
        var keys = (await connection.AskAsync("DBSIZE")).Integer;
        if (line.Data!.Flags.Contains("--replace"))
            await connection.AskAsync("FLUSHALL");
        else if (keys > 0 && !line.Data.Flags.Contains("--merge"))
            throw new FailedException($"the database has {keys} keys: --replace removes them first, --merge writes the backup's keys over them and keeps the rest");
    }

    private async Task WriteAsync(KvConnection connection, ReadOnlyMemory<byte> records, long nowMs)
    {
        for (var at = 0; at < records.Length;)
        {
            if (Command(records.Span, ref at, nowMs) is not { } command)
            {
                _expired++;
                continue;
            }
            connection.Queue(command);
            _sent.Add(command[1]);
            if (_sent.Count == CommandsAtOnce || connection.QueuedBytes >= BytesAtOnce)
                await SendAsync(connection);
        }
    }

    // Null for an entry that has expired.
    private static byte[][]? Command(ReadOnlySpan<byte> records, ref int at, long nowMs)
    {
        var rest = records[at..];
        var record = EntryRecord.Read(ref rest, origin: 0);
        at = records.Length - rest.Length;
        if (record.ExpiresAtMs == 0)
            return ["SET"u8.ToArray(), record.Key.ToArray(), record.Value.ToArray()];
        if (record.ExpiresAtMs <= nowMs)
            return null;
        return ["SET"u8.ToArray(), record.Key.ToArray(), record.Value.ToArray(), "PXAT"u8.ToArray(), Encoding.ASCII.GetBytes($"{record.ExpiresAtMs}")];
    }

    private async Task SendAsync(KvConnection connection)
    {
        if (_sent.Count == 0)
            return;
        var replies = await connection.SendQueuedAsync();
        for (var i = 0; i < replies.Count; i++)
        {
            if (replies[i].IsError)
                throw new FailedException($"the node refused the key {Shown(_sent[i])} after {_restored} were restored: {replies[i]}");
            _restored++;
        }
        _sent.Clear();
    }

    private static string Shown(byte[] key)
    {
        var text = KeyText.Of(key);
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
