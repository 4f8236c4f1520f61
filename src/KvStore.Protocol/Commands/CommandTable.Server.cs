using static KvStore.Protocol.Commands.CommandFlags;

namespace KvStore.Protocol.Commands;

/// <content>The commands about the connection and the server. Those that are answered while loading say so by their flag.</content>
public sealed partial class CommandTable
{
    private const CommandFlags Always = Loading | Stale;
    private const CommandFlags Handshake = NoScript | Always | Fast | NoAuth | AllowBusy;

    private static CommandSpec[] Connection() =>
    [
        new("ping", -1, Fast, "connection", "[message]", "Ping the server", ConnectionCommands.Ping),
        new("echo", 2, Always | Fast, "connection", "message", "Echo the given string", ConnectionCommands.Echo),
        new("quit", -1, Handshake, "connection", "", "Close the connection", ConnectionCommands.Quit),
        new("reset", 1, Handshake, "connection", "", "Reset the connection", ConnectionCommands.Reset) { Since = "6.2.0" },
        new("select", 2, Always | Fast, "connection", "index", "Change the selected database: there is only 0", ConnectionCommands.Select),
        new("auth", -2, Handshake, "connection", "[username] password", "Authenticate to the server", ConnectionCommands.Auth),
        new(
            "hello", -1, Handshake, "connection", "[protover [AUTH username password] [SETNAME clientname]]",
            "Handshake: choose RESP2 or RESP3", ConnectionCommands.Hello) { Since = "6.0.0" },
        new("client", -2, None, "connection", "", "A container for client connection commands", ServerCommands.Container)
        {
            Since = "2.4.0",
            Subcommands =
            [
                Sub("client|id", 2, NoScript, "", "Return the ID of the current connection", ClientCommands.Id, "5.0.0"),
                Sub("client|getname", 2, NoScript, "", "Return the name of the current connection", ClientCommands.GetName, "2.6.9"),
                Sub("client|setname", 3, NoScript, "name", "Assign the name to the current connection", ClientCommands.SetName, "2.6.9"),
                Sub(
                    "client|setinfo", 4, NoScript, "LIB-NAME name | LIB-VER version", "Tell which client library connects",
                    ClientCommands.SetInfo, "7.2.0"),
                Sub("client|info", 2, NoScript, "", "Return information about the current connection", ClientCommands.Info, "6.2.0"),
                Sub(
                    "client|list", -2, Admin | NoScript, "[TYPE NORMAL | MASTER | REPLICA | PUBSUB] [ID id [id ...]]",
                    "Return information about client connections", ClientCommands.List, "2.4.0"),
                Sub("client|help", 2, None, "", "Prints this help", ServerCommands.Help, "5.0.0"),
            ],
        },
    ];

    private static CommandSpec[] Server() =>
    [
        new("dbsize", 1, ReadOnly | Fast, "server", "", "Return the number of keys", KeyCommands.DbSize),
        Flush("flushall", "Remove all keys"),
        Flush("flushdb", "Remove all keys: there is one database"),
        new("info", -1, Always | Dangerous, "server", "[section [section ...]]", "Get information about the server", InfoCommand.Info),
        new("save", 1, Admin | NoScript | NoAsyncLoading | NoMulti, "server", "", "Write a snapshot, and answer when it is on disk", PersistenceCommands.Save)
        {
            Complexity = "O(N) where N is the total number of keys",
        },
        new("bgsave", -1, Admin | NoScript | NoAsyncLoading, "server", "[SCHEDULE]", "Begin to write a snapshot", PersistenceCommands.BackgroundSave),
        new(
            "lastsave", 1, Always | Fast | Dangerous, "server", "", "Get the UNIX time stamp of the last snapshot that was written",
            PersistenceCommands.LastSave),
        new("time", 1, Always | Fast, "server", "", "Return the current server time", ServerCommands.Time) { Since = "2.6.0" },
        new(
            "conflicts", -1, Admin | NoScript | Always | Extension, "server", "[count]",
            "Return the last writes that were lost to concurrent ones, newest first", ConflictCommands.Conflicts)
        {
            Since = "0.1.0",
            Complexity = "O(N) where N is the number of conflicts that are kept",
        },
        new("debug", -2, Admin | NoScript | Always, "server", "DIGEST", "A digest of all keys, versions and values", ServerCommands.Debug),
        new("command", -1, Always, "server", "", "Get array of command details", IntrospectionCommands.All)
        {
            Since = "2.8.13",
            Complexity = "O(N) where N is the total number of commands",
            Subcommands =
            [
                Sub("command|count", 2, None, "", "Return the total number of commands", IntrospectionCommands.CountAll, "2.8.13"),
                Sub("command|list", -2, None, "[FILTERBY MODULE name | ACLCAT category | PATTERN pattern]",
                    "Return a list of all commands", IntrospectionCommands.List, "7.0.0"),
                Sub("command|info", -2, None, "[command ...]", "Return details about commands", IntrospectionCommands.Info, "2.8.13"),
                Sub("command|docs", -2, None, "[command ...]", "Return documentation of commands", IntrospectionCommands.Docs, "7.0.0"),
                Sub("command|getkeys", -4, None, "command [arg ...]", "Return the keys of a full command",
                    IntrospectionCommands.GetKeys, "2.8.13"),
                Sub("command|help", 2, None, "", "Prints this help", ServerCommands.Help, "5.0.0"),
            ],
        },
        new("config", -2, None, "server", "", "A container for server configuration commands", ServerCommands.Container)
        {
            Since = "2.0.0",
            Subcommands =
            [
                Sub("config|get", -3, Admin | NoScript, "pattern [pattern ...]", "Return settings and their values",
                    ConfigCommands.Get, "2.0.0"),
                Sub("config|set", -4, Admin | NoScript, "setting value", "Refused: settings are made in the configuration file",
                    ConfigCommands.Set, "2.0.0"),
                Sub("config|resetstat", 2, Admin | NoScript, "", "Reset statistics reported by INFO", ConfigCommands.ResetStat, "2.0.0"),
                Sub("config|rewrite", 2, Admin | NoScript, "", "Refused, as above", ConfigCommands.Rewrite, "2.8.0"),
                Sub("config|help", 2, None, "", "Prints this help", ServerCommands.Help, "5.0.0"),
            ],
        },
        new("cluster", -2, None, "cluster", "", "A container for cluster commands", ServerCommands.Container)
        {
            Since = "3.0.0",
            Subcommands =
            [
                Sub("cluster|info", 2, None, "", "Return the members as this node sees them", ServerCommands.ClusterInfo, "3.0.0"),
                NoCluster("nodes", 2),
                NoCluster("slots", 2),
                NoCluster("shards", 2),
                NoCluster("myid", 2),
                NoCluster("keyslot", 3),
                NoCluster("countkeysinslot", 3),
                NoCluster("getkeysinslot", 4),
                NoCluster("links", 2),
                NoCluster("help", 2),
            ],
        },
        KvCluster(),
        KvData(),
    ];

    // Not in Redis: the membership of the actor system's cluster. Its names stay clear of CLUSTER's.
    private static CommandSpec KvCluster() =>
        new("kvcluster", -2, Extension, "cluster", "", "A container for cluster membership commands", ServerCommands.Container)
        {
            Since = "0.1.0",
            Subcommands =
            [
                Membership("show", 2, "", "Return every member with its address, roles, status and reachability", KvClusterCommands.Show),
                Membership("status", 2, "", "Return the membership of this node", KvClusterCommands.Status),
                Membership("members", 2, "", "Return the addresses of the members", KvClusterCommands.Members),
                Membership("leave", 3, "address", "Ask a member to leave gracefully", KvClusterCommands.Leave),
                Membership("down", 3, "address", "Remove a member that is dead", KvClusterCommands.Down),
                Membership("join", 3, "address", "Have this node, in no cluster yet, join that of another", KvClusterCommands.Join),
                Membership("heal", 2, "", "Have the nodes of the lesser of two clusters join the other", KvClusterCommands.Heal),
                Membership("events", -2, "[since]", "Return the last membership events, or those numbered above since", KvClusterCommands.Events),
                Membership("help", 2, "", "Prints this help", ServerCommands.Help),
            ],
        };

    private static CommandSpec Flush(string name, string summary) =>
        new(name, -1, Write | Dangerous, "server", "[ASYNC | SYNC]", summary, KeyCommands.FlushAll)
        {
            Complexity = "O(N) where N is the total number of keys",
        };

    private static CommandSpec Sub(
        string name, int arity, CommandFlags flags, string syntax, string summary, CommandMethod method, string since) =>
        new(name, arity, flags | Always, name.StartsWith("client", StringComparison.Ordinal) ? "connection" : "server", syntax, summary, method)
        {
            Since = since,
        };

    private static CommandSpec Membership(string name, int arity, string syntax, string summary, CommandMethod method) =>
        new("kvcluster|" + name, arity, Admin | NoScript | Always | Extension, "cluster", syntax, summary, method) { Since = "0.1.0" };

    // Known to Redis, which answers with the same error when it stands alone.
    private static CommandSpec NoCluster(string name, int arity) =>
        new("cluster|" + name, arity, Stale, "cluster", "", "", ServerCommands.NoCluster) { Since = "3.0.0" };
}
