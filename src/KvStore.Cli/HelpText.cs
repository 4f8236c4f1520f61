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

          kv cluster VERB [options]                  kv cluster show --at 10.0.0.5:6100
          kv VERB [options]                          kv verify --at 10.0.0.5:6100

        Without a command it reads commands from the terminal, or one a line from standard input.
        Options stand before the endpoint; what follows it is the command, untouched.

        The verbs of kv cluster, which takes its options anywhere:

          show               every member: address | roles | status | reachability (| app version)
          status             the membership of the node that is asked
          members            the addresses of the members
          leave ADDR         ask a member to leave gracefully; its process ends
          down ADDR          remove a member that is dead
          join ADDR          have the node that is asked join the cluster of ADDR
          heal               where a split has left two clusters: have the nodes of the lesser join the other
          tail               joins, ups, leaves, removals, unreachable and reachable members, until Ctrl-C

        ADDR is where the other nodes reach a node, 127.0.0.1:4053 or akka.tcp://kvstore@127.0.0.1:4053.

        The verbs for the data, which take their options anywhere too (a host of such a name is verify:6100):

          verify [ENDPOINT ...]            compare all nodes, or those given; where they differ, the first slots and keys
          repair                           compare and exchange what differs, now; progress until it is done
          backup DIR                       write all keys with their expiries into DIR/kvstore-backup.kvb
          restore DIR [--replace|--merge]  write them again, as new writes; into a database with keys only if told: --replace
                                           removes those first (FLUSHALL), --merge overwrites those that the backup has too
          replicas                         the replicas that deletions are kept for, and how far behind they are
          forget NODE [--yes]              keep deletions no longer for a replica that does not come back; asks first
          conflicts [COUNT]                the last writes that lost to another which did not know of them (10)

          --at ENDPOINT      kv cluster and the verbs: the node to ask, PORT or HOST:PORT (localhost:6100)
          --json             print replies as JSON
          --timeout SECONDS  for the connection and for each reply (10)
          --version          print the version
          --help             print this

        Exit code: 0 ok; 1 the server answered with an error, nodes differ, a file is damaged or there already;
        2 no connection; 3 a bad command line.

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
