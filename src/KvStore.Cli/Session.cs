using System.Text;
using KvStore.Protocol.Text;

namespace KvStore.Cli;

/// <summary>
/// Commands one a line, from a person or a pipe, quoted as in the text protocol. A person gets a prompt, HELP, and a
/// new connection when the old one is lost; a pipe ends with the first loss, since what was sent may be half done.
/// </summary>
internal sealed class Session(CommandLine line, Terminal terminal)
{
    private readonly ILineSource _lines = terminal.Prompt?.Invoke() ?? new PipedLines(terminal.Input);
    private readonly bool _isInteractive = terminal.Prompt is not null;
    private KvConnection? _connection;

    /// <summary>Runs until QUIT, EXIT or the end of the input.</summary>
    public async Task<int> RunAsync()
    {
        var exitCode = ExitCode.Ok;
        try
        {
            _connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
            var prompt = _connection.Address + "> ";
            while (await _lines.ReadAsync(prompt) is { } text)
            {
                if (!TextLine.TrySplit(text, out var command))
                {
                    terminal.WriteError("ERR unbalanced quotes: that line was not sent");
                    exitCode = ExitCode.ErrorReply;
                }
                else if (command.Count > 0)
                {
                    if (IsWord(command[0], "QUIT"u8) || IsWord(command[0], "EXIT"u8))
                        break;
                    exitCode = Math.Max(exitCode, await ExecuteAsync(command));
                }
            }
            return _isInteractive ? ExitCode.Ok : exitCode;
        }
        finally
        {
            _connection?.Dispose();
        }
    }

    private async Task<int> ExecuteAsync(IReadOnlyList<byte[]> command)
    {
        if (_isInteractive && IsWord(command[0], "HELP"u8))
        {
            var prefix = command.Count > 1 ? Encoding.UTF8.GetString(command[1]) : "";
            terminal.WriteOutput(Encoding.UTF8.GetBytes(HelpText.Commands(prefix)));
            return ExitCode.Ok;
        }
        if (!_isInteractive)
            return KvCommand.Print(await _connection!.SendAsync(command), line, terminal);
        try
        {
            if (_connection is null)
            {
                _connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
                terminal.WriteError($"kv: connected to {_connection.Address} again");
            }
            var reply = await _connection.SendAsync(command);
            if (reply.Items.Count == 0 && reply.Kind is Protocol.Client.ReplyKind.Array or Protocol.Client.ReplyKind.Map && !line.Json)
                terminal.WriteOutput("(empty)\n"u8);
            return KvCommand.Print(reply, line, terminal);
        }
        catch (NoConnectionException error)
        {
            _connection?.Dispose();
            _connection = null;
            terminal.WriteError($"kv: {error.Message}; the next command connects again");
            return ExitCode.NoConnection;
        }
    }

    private static bool IsWord(byte[] argument, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(argument, word);
}
