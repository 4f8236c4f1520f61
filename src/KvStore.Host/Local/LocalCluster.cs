using System.Runtime.InteropServices;
using KvStore.Host.Configuration;

namespace KvStore.Host.Local;

/// <summary>
/// <c>local</c>: a cluster of node processes on this machine, for trying things out. Real processes over real sockets, so that one
/// can be killed and started again.
/// </summary>
internal static partial class LocalCluster
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(LocalArguments arguments)
    {
        if (arguments.Nodes is < 1 or > LocalArguments.MaxNodes)
        {
            await Console.Error.WriteLineAsync($"kvstore: {arguments.Nodes} nodes; it may be 1 to {LocalArguments.MaxNodes}.");
            return ExitCodes.Configuration;
        }
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        var nodes = new List<ChildNode>();
        try
        {
            var exitCode = await StartAsync(arguments, nodes, stop.Token);
            if (exitCode != ExitCodes.Ok)
                return exitCode;
            PrintTable(nodes);
            await new HealthWatch(nodes, Print).RunAsync(stop.Token);
            Print("stopping");
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        finally
        {
            await StopAsync(nodes);
        }
    }

    private static async Task<int> StartAsync(LocalArguments arguments, List<ChildNode> nodes, CancellationToken cancellation)
    {
        var portsAreFixed = arguments.RemotingPort != 0;
        IReadOnlyList<string> seeds = portsAreFixed
            ? [.. Enumerable.Range(arguments.RemotingPort, arguments.Nodes).Select(static port => $"127.0.0.1:{port}")]
            : [];
        for (var i = 0; i < arguments.Nodes; i++)
        {
            var set = arguments.Set;
            AddRemoteAdministration(i, portsAreFixed, ref set);
            nodes.Add(ChildNode.Start(
                new NodeArguments(
                    ConfigFile: null,
                    $"n{i + 1}",
                    arguments.GatewayPort == 0 ? 0 : arguments.GatewayPort + i,
                    portsAreFixed ? arguments.RemotingPort + i : 0,
                    seeds,
                    set),
                Print));
            // With ports that the system chooses, the first node must listen before the others can be told about it.
            if (portsAreFixed || i > 0)
                continue;
            if (!await nodes[0].WaitUntilListeningAsync(cancellation))
                return nodes[0].ExitCode;
            seeds = [nodes[0].Remoting];
        }
        foreach (var node in nodes)
        {
            if (node.Remoting.Length == 0 && !await node.WaitUntilListeningAsync(cancellation))
                return node.ExitCode;
        }
        string[] all = [.. nodes.Select(static n => n.Remoting)];
        foreach (var node in nodes)
            node.SetSeeds(all);
        return ExitCodes.Ok;
    }

    private static void PrintTable(IReadOnlyList<ChildNode> nodes)
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine($"{"node",-6}{"pid",-9}{"clients",-18}{"other nodes",-18}");
        foreach (var node in nodes)
            Console.Out.WriteLine($"{node.Name,-6}{node.Pid,-9}{node.Gateway,-18}{node.Remoting,-18}");
        Console.Out.WriteLine();
        Console.Out.WriteLine("To start one again after it was killed:");
        foreach (var node in nodes)
            Console.Out.WriteLine($"  {node.Name}: {node.RestartCommand}");
        Console.Out.WriteLine();
        PrintRemoteAdministration(nodes);
        Console.Out.WriteLine($"Try:  printf 'SET name john\\nGET name\\nQUIT\\n' | nc localhost {nodes[0].Gateway.Port}");
        Console.Out.WriteLine("Ctrl-C stops them all.");
        Console.Out.WriteLine();
    }

    // For builds whose nodes have an administration of their own (LocalCluster.PetabridgeCmd.akka.cs); without one there are no calls.
    static partial void AddRemoteAdministration(int index, bool portsAreFixed, ref IReadOnlyList<string> set);

    static partial void PrintRemoteAdministration(IReadOnlyList<ChildNode> nodes);

    private static async Task StopAsync(IReadOnlyList<ChildNode> nodes)
    {
        using var patience = new CancellationTokenSource(StopPatience);
        foreach (var node in nodes)
            node.RequestStop();
        foreach (var node in nodes)
        {
            await node.WaitForExitAsync(patience.Token);
            node.Dispose();
        }
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    private static void Print(string line)
    {
        lock (Console.Out)
            Console.Out.WriteLine(line);
    }
}
