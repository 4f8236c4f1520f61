using System.Buffers.Binary;
using System.Security.Cryptography;
using KvStore.Host.Configuration;
using KvStore.Node;
using KvStore.Node.Disk;

namespace KvStore.Host;

/// <summary>
/// One actor system and the store on it, from start to end. A process has one such life, and another one after each exclusion from
/// its cluster, on engines whose systems end with their membership.
/// </summary>
internal sealed class NodeLife(string settings)
{
    private long _servesSince;

    /// <summary>Where it listened and which members it knew; null as long as it has not listened.</summary>
    public WayBack? WayBack { get; private set; }

    /// <summary>Whether it was a member of a cluster.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>How long it has listened.</summary>
    public TimeSpan Served => _servesSince == 0 ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(_servesSince);

    /// <summary>Runs it to its end. The data folder and the ports are free when this returns or throws.</summary>
    /// <returns>The exit code, and what there is to say about it; null when it was excluded.</returns>
    public async Task<(string? Text, int ExitCode)?> RunAsync(Task stopRequested)
    {
        ActorSystem? system = null;
        FileDisk? disk = null;
        try
        {
            var config = ConfigurationFactory.ParseString(settings);
            var nodeSettings = NodeSettings.From(config);
            var identity = NewIdentity();
            if (nodeSettings.Durability is { } durability)
            {
                disk = new FileDisk(durability.Folder);
                identity = identity with { Store = disk.Identify(identity.Store).Replica };
            }
            system = ActorSystem.Create(NodeArguments.SystemName, config);
            var node = new StoreNode(system, nodeSettings, identity, TimeProvider.System, disk);
            await ServeAsync(node, config, stopRequested);
            if (node.Failure is { } failure)
                return (failure.Message, failure is DataFolderException ? ExitCodes.Data : ExitCodes.Failed);
            if (node.HasFailed)
                return (null, ExitCodes.Failed);
            return stopRequested.IsCompleted || !node.WasExcluded ? (null, ExitCodes.Ok) : null;
        }
        catch when (system is not null)
        {
            await system.Terminate();
            throw;
        }
        finally
        {
            // The store gives the folder back when it stops; this is for a start that did not come as far as a store.
            disk?.Dispose();
        }
    }

    private async Task ServeAsync(StoreNode node, Config config, Task stopRequested)
    {
        var self = Cluster.Get(node.System).SelfAddress;
        await node.StartAsync();
        if (!node.HasFailed)
        {
            JoinItselfWithoutSeeds(node.System, config);
            _servesSince = TimeProvider.System.GetTimestamp();
            await Console.Out.WriteLineAsync($"listening gateway={node.Endpoints.Gateway} remoting={node.Endpoints.Remoting}");
        }
        using (new ProgressBar(node.Endpoints))
            await Task.WhenAny(stopRequested, node.System.WhenTerminated);
        await node.StopAsync();
        await node.System.WhenTerminated;
        HasJoined = node.HasJoined;
        WayBack = new WayBack(self, node.Endpoints.Gateway, node.FormerMembers);
    }

    private static void JoinItselfWithoutSeeds(ActorSystem system, Config config)
    {
        if (config.GetStringList("akka.cluster.seed-nodes").Count == 0 && config.GetBoolean("kv.cluster.start-alone"))
            Cluster.Get(system).Join(Cluster.Get(system).SelfAddress);
    }

    private static NodeIdentity NewIdentity()
    {
        Span<byte> random = stackalloc byte[16];
        ulong startId;
        do
        {
            RandomNumberGenerator.Fill(random);
            startId = BinaryPrimitives.ReadUInt64LittleEndian(random);
        }
        while (startId == 0);
        return new NodeIdentity(startId, BinaryPrimitives.ReadUInt64LittleEndian(random[8..]), startId);
    }
}
