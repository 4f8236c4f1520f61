namespace KvStore.Cli;

/// <summary>Runs <c>kv forget</c>: has the cluster keep deletions no longer for a replica, once whoever asks knows what that means.</summary>
internal sealed class ForgetCommand(CommandLine line, Terminal terminal)
{
    /// <summary>Asks, forgets, and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var name = line.Data!.Words[0];
        if (terminal.Prompt is null && !line.Data.Flags.Contains("--yes"))
            throw new UsageException($"forget {name} needs --yes where nobody can be asked");
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        var replicas = (await connection.AskAsync("KVDATA", "REPLICAS")).Items;
        // A node that lost its folder is registered twice: as what it was, which is the one that can be forgotten, and live.
        var replica = replicas.Where(r => r.Text("name") == name).OrderBy(static r => r.Text("state") == "live").FirstOrDefault()
            ?? throw new FailedException($"there is no replica '{name}'; kv replicas lists them");
        if (!line.Data.Flags.Contains("--yes") && !await ConfirmAsync(name, ReplicasCommand.Since(replica)))
            return ExitCode.ErrorReply;
        return KvCommand.Print(await connection.AskAsync("KVDATA", "FORGET", name), line, terminal);
    }

    private async Task<bool> ConfirmAsync(string name, string state)
    {
        terminal.WriteLine($"""
            {name} is {state}.
            To forget it means: the cluster no longer waits for it before it drops what is left of deleted keys. Writes that only
            it has are lost. If it comes back, it discards its data and receives all of it anew.
            """);
        var typed = await terminal.Prompt!().ReadAsync($"type {name} to forget it: ");
        if (typed is not null && typed.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(name)))
            return true;
        terminal.WriteError("kv: nothing was done");
        return false;
    }
}
