using System.Diagnostics;
using KvStore.Node;
using KvStore.Node.Disk;

namespace KvStore.MultiNode.Tests;

/// <summary>A whole store with a data folder and a gateway on a node of a spec, so that <c>kv</c> reaches it as an operator would.</summary>
internal sealed class SpecStore
{
    private readonly StoreNode _store;

    private SpecStore(SpecNode node, StoreNode store) => (_store, Client) = (store, new SpecClient(node.System));

    public SpecClient Client { get; }

    public static async Task<SpecStore> StartAsync(SpecNode node, string name, SpecFolders folders)
    {
        var disk = folders.Open(name);
        var startId = (ulong)node.Address.Port!.Value;
        var settings = new NodeSettings
        {
            Gateway = new GatewaySettings { Port = 0 },
            Durability = new DurabilitySettings { Folder = disk.Folder },
            Replica = new() { Name = name },
        };
        var store = new StoreNode(node.System, settings, new NodeIdentity(startId, 7, disk.Identify(startId).Replica), TimeProvider.System, disk);
        await store.StartAsync().WaitAsync(SpecNode.Patience);
        return new SpecStore(node, store);
    }

    /// <summary>Joins all nodes, and waits until all serve.</summary>
    public static async Task JoinAsync(SpecCluster cluster, IEnumerable<SpecStore> stores)
    {
        foreach (var node in cluster.Nodes)
            node.Join(cluster.Nodes[0]);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        foreach (var store in stores)
            await StoreSpecs.UntilAsync(async () => await store.Client.TalkAsync("PING\n") == "PONG\n");
    }

    /// <summary><c>kv verify</c>, which finds the other nodes by itself.</summary>
    public async Task ShouldBeIdenticalAsync(int nodes)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "kv.dll"), "verify", "--at", $"{_store.Endpoints.Gateway!.Port}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var kv = Process.Start(start)!;
        var output = await kv.StandardOutput.ReadToEndAsync().WaitAsync(SpecNode.Patience);
        await kv.WaitForExitAsync().WaitAsync(SpecNode.Patience);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[^1].ShouldBe("identical", output);
        lines.Length.ShouldBe(nodes + 1, output);
    }
}

/// <summary>Data folders of one spec; deleted with it, so it must outlive the nodes.</summary>
internal sealed class SpecFolders : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kvstore-specs-").FullName;
    private readonly List<FileDisk> _disks = [];

    public FileDisk Open(string name)
    {
        var disk = new FileDisk(Path.Combine(_root, name));
        _disks.Add(disk);
        return disk;
    }

    public void Dispose()
    {
        foreach (var disk in _disks)
            disk.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
