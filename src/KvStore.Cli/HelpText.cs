using System.Text;
using KvStore.Protocol.Commands;

namespace KvStore.Cli;

/// <summary>What <c>--help</c> and <c>HELP</c> print.</summary>
internal static class HelpText
{
    public const string Usage = """
        kv talks to a KvStore node (or a Redis server).

          kv [options] PORT [COMMAND ...]            kv 6100 SET name Apurv
          kv [options] HOST:PORT [COMMAND ...]       kv 10.0.0.5:6100 GET name
          kv [options] HOST PORT [COMMAND ...]       kv localhost 6100 INCRBY visits -1

        Without a command it reads commands from the terminal, or one a line from standard input.
        Options stand before the endpoint; what follows it is the command, untouched.

          --json             print replies as JSON
          --timeout SECONDS  for the connection and for each reply (10)
          --version          print the version
          --help             print this

        Exit code: 0 ok, 1 the server answered with an error, 2 no connection or a bad command line.

        """;

    /// <summary>The commands, by group: all of them, or those whose name begins as given.</summary>
    public static string Commands(string prefix)
    {
        var text = new StringBuilder();
        var matching = CommandTable.Default.All
            .Where(c => c.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .GroupBy(static c => c.Group, StringComparer.Ordinal)
            .ToList();
        foreach (var group in matching)
        {
            text.Append(group.Key).Append('\n');
            foreach (var command in group)
                Describe(command, text);
        }
        if (matching.Count == 0)
            text.Append("no command begins with '").Append(prefix).Append("'\n");
        return text.ToString();
    }

    private static void Describe(CommandSpec command, StringBuilder text)
    {
        text.Append("  ").Append($"{Name(command)} {command.Syntax}".TrimEnd()).Append("\n      ").Append(command.Summary).Append('\n');
        foreach (var subcommand in command.Subcommands.Where(static s => s.Summary.Length > 0))
            text.Append("    ").Append($"{Name(subcommand)} {subcommand.Syntax}".TrimEnd()).Append('\n');
    }

    private static string Name(CommandSpec command) => command.Name.ToUpperInvariant().Replace('|', ' ');
}
