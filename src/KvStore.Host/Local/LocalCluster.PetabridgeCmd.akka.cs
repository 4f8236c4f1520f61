namespace KvStore.Host.Local;

/// <content>
/// Gives each node a port for Petabridge.Cmd, and says how to reach it. Compiled only with <c>-p:ActorEngine=Akka
/// -p:PetabridgeCmd=true</c>, as the host of it is (<c>StoreNode.PetabridgeCmd.akka.cs</c>).
/// </content>
internal static partial class LocalCluster
{
    // The package's own default, where pbm looks when it is not told another.
    private const int FirstPbmPort = 9110;

    private const string PbmPort = "petabridge.cmd.port=";

    // Before what the user has set, which wins. Where the system chooses the ports, the node's log says which one this became.
    static partial void AddRemoteAdministration(int index, bool portsAreFixed, ref IReadOnlyList<string> set) =>
        set = [$"{PbmPort}{(portsAreFixed ? FirstPbmPort + index : 0)}", .. set];

    static partial void PrintRemoteAdministration(IReadOnlyList<ChildNode> nodes)
    {
        Console.Out.WriteLine("To administer one with Petabridge.Cmd:");
        foreach (var node in nodes)
        {
            var port = node.Arguments.Set.Last(static setting => setting.StartsWith(PbmPort, StringComparison.Ordinal))[PbmPort.Length..];
            Console.Out.WriteLine(port == "0" ? $"  {node.Name}: its port is in the log above" : $"  {node.Name}: pbm 127.0.0.1:{port} cluster show");
        }
        Console.Out.WriteLine();
    }
}
