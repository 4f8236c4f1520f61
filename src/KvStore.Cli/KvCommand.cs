using System.Buffers;
using System.Reflection;
using System.Text;
using KvStore.Cli.Backup;
using KvStore.Cli.Verify;
using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>The program: reads the command line, and runs one command, a session, or a verb of the cluster or the data.</summary>
internal static class KvCommand
{
    /// <summary>Runs the program and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] words, Terminal terminal)
    {
        CommandLine line;
        try
        {
            line = CommandLine.Parse(words);
        }
        catch (UsageException error)
        {
            terminal.WriteError($"kv: {error.Message}\n\n{HelpText.Usage}");
            return ExitCode.Usage;
        }
        if (line.Help || line.Version)
        {
            terminal.WriteOutput(Encoding.UTF8.GetBytes(line.Help ? HelpText.Usage : $"kv {Version}\n"));
            return ExitCode.Ok;
        }
        try
        {
            if (line.Cluster is not null)
                return await new ClusterCommand(line, terminal).RunAsync();
            if (line.Data is not null)
                return await RunDataAsync(line, terminal);
            return line.Command.Count > 0
                ? await RunOneAsync(line, terminal)
                : await new Session(line, terminal).RunAsync();
        }
        catch (NoConnectionException error)
        {
            terminal.WriteError($"kv: {error.Message}");
            return ExitCode.NoConnection;
        }
        catch (UsageException error)
        {
            terminal.WriteError($"kv: {error.Message}");
            return ExitCode.Usage;
        }
        catch (RefusedException error)
        {
            return Print(error.Reply, line, terminal);
        }
        catch (Exception error) when (error is FailedException or IOException or UnauthorizedAccessException)
        {
            terminal.WriteError($"kv: {error.Message}");
            return ExitCode.ErrorReply;
        }
    }

    /// <summary>Prints a reply where it belongs, and returns the exit code that it means.</summary>
    public static int Print(Reply reply, CommandLine line, Terminal terminal)
    {
        var text = new ArrayBufferWriter<byte>();
        if (line.Json)
            JsonPrinter.Write(text, reply);
        else
            ReplyPrinter.Write(text, reply);
        if (reply.IsError && !line.Json)
            terminal.WriteError(text.WrittenSpan);
        else
            terminal.WriteOutput(text.WrittenSpan);
        return reply.IsError ? ExitCode.ErrorReply : ExitCode.Ok;
    }

    private static string Version =>
        typeof(KvCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static Task<int> RunDataAsync(CommandLine line, Terminal terminal) => line.Data!.Verb switch
    {
        "verify" => new VerifyCommand(line, terminal).RunAsync(),
        "repair" => new RepairCommand(line, terminal).RunAsync(),
        "backup" => new BackupCommand(line, terminal).RunAsync(),
        "restore" => new RestoreCommand(line, terminal).RunAsync(),
        "forget" => new ForgetCommand(line, terminal).RunAsync(),
        "replicas" => new ReplicasCommand(line, terminal).RunAsync(),
        _ => new ConflictsCommand(line, terminal).RunAsync(),
    };

    private static async Task<int> RunOneAsync(CommandLine line, Terminal terminal)
    {
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        return Print(await connection.SendAsync(line.Command), line, terminal);
    }
}
