using static KvStore.Protocol.Commands.CommandFlags;

namespace KvStore.Protocol.Commands;

/// <content>KVDATA, for those who look after the data. Not in Redis.</content>
public sealed partial class CommandTable
{
    private static CommandSpec KvData() =>
        new("kvdata", -2, Extension, "server", "", "A container for commands on the data as a whole", ServerCommands.Container)
        {
            Since = "0.1.0",
            Subcommands =
            [
                Data("digest", -2, Always, "[PARTITIONS | SLOTS partition | KEYS slot [cursor]]",
                    "Return what the data comes to, as a whole or part by part", KvDigestCommands.Digest, "O(1), and O(N) for the keys of a partition"),
                Data("nodes", 2, Always, "", "Return every member with the addresses of its node", KvDataCommands.Nodes),
                Data("repair", -2, Always, "[STATUS]", "Compare the data with every peer's and exchange what differs, or tell how far that is",
                    KvDataCommands.Repair),
                Data("replicas", 2, Always, "", "Return the replicas that deletions are kept for", KvDataCommands.Replicas),
                Data("forget", 3, Always, "name", "Keep deletions no longer for a replica that does not come back", KvDataCommands.Forget),
                Data("export", 3, ReadOnly, "cursor", "Return a page of live entries with value and expiry", KvExportCommand.Export,
                    "O(1) for every call. O(N) for a complete iteration."),
                Data("help", 2, Always, "", "Prints this help", ServerCommands.Help),
            ],
        };

    private static CommandSpec Data(
        string name, int arity, CommandFlags flags, string syntax, string summary, CommandMethod method, string complexity = "O(1)") =>
        new("kvdata|" + name, arity, Admin | NoScript | Extension | flags, "server", syntax, summary, method)
        {
            Since = "0.1.0",
            Complexity = complexity,
        };
}
