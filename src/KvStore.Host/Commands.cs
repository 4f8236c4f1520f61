using System.CommandLine;
using KvStore.Host.Configuration;
using KvStore.Host.Local;

namespace KvStore.Host;

/// <summary>The command line: <c>node</c> and <c>local</c>.</summary>
internal static class Commands
{
    /// <summary>Tells a node process that it is a child: it ignores Ctrl-C and stops at the end of its standard input.</summary>
    public const string ChildOption = "--child";

    public static RootCommand Create() => new("KvStore, a replicated in-memory key-value database that any Redis client can talk to.")
    {
        Node(),
        Local(),
    };

    private static Command Node()
    {
        var config = new Option<FileInfo?>("--config") { Description = "A HOCON file (hocon/node1.conf); without one the defaults hold.", HelpName = "FILE" };
        var name = new Option<string?>("--name") { Description = "kv.node.name" };
        var gateway = new Option<int?>("--gateway-port") { Description = "kv.gateway.port: where clients connect; 0 for any free one." };
        var remoting = new Option<int?>("--remoting-port") { Description = "akka.remote.dot-netty.tcp.port: where the other nodes connect; 0 for any free one." };
        var seeds = new Option<string[]>("--seed") { Description = "HOST:PORT of a node to join through; repeat for several.", HelpName = "HOST:PORT" };
        var set = SetOption();
        var child = new Option<bool>(ChildOption) { Hidden = true };
        var command = new Command("node", "Runs one node in this process.") { config, name, gateway, remoting, seeds, set, child };
        command.SetAction((parsed, cancellation) => NodeProcess.RunAsync(
            new NodeArguments(
                parsed.GetValue(config)?.ToString(),
                parsed.GetValue(name),
                parsed.GetValue(gateway),
                parsed.GetValue(remoting),
                parsed.GetValue(seeds) ?? [],
                parsed.GetValue(set) ?? []),
            parsed.GetValue(child)));
        return command;
    }

    private static Command Local()
    {
        var nodes = new Argument<int>("nodes") { Description = "How many.", DefaultValueFactory = static _ => 3 };
        var gateway = new Option<int>("--gateway-port") { Description = "The first node's; the others follow. 0 for any free ones.", DefaultValueFactory = static _ => 6100 };
        var remoting = new Option<int>("--remoting-port") { Description = "The first node's; the others follow. 0 for any free ones.", DefaultValueFactory = static _ => 4053 };
        var set = SetOption();
        var command = new Command("local", "Starts a cluster of node processes on this machine, and stops them all on Ctrl-C.") { nodes, gateway, remoting, set };
        command.SetAction((parsed, cancellation) => LocalCluster.RunAsync(
            new LocalArguments(parsed.GetValue(nodes), parsed.GetValue(gateway), parsed.GetValue(remoting), parsed.GetValue(set) ?? [])));
        return command;
    }

    private static Option<string[]> SetOption() =>
        new("--set") { Description = "Overrides one setting; repeat for several.", HelpName = "PATH=VALUE" };
}
