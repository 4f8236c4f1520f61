using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KvStore.Hocon;
using KvStore.Host.Configuration;
using KvStore.Node;
using KvStore.Node.Disk;

namespace KvStore.Host;

/// <summary>The life of a node process: configuration, start, and a graceful end on a signal or on its parent's word.</summary>
internal static class NodeProcess
{
    /// <summary>What a parent writes to a child's standard input to stop it.</summary>
    public const string StopWord = "stop";

    public static async Task<int> RunAsync(NodeArguments arguments, bool isChild)
    {
        ActorSystem? system = null;
        FileDisk? disk = null;
        try
        {
            var config = ConfigurationFactory.ParseString(HostConfiguration.Load(arguments, Environment.GetEnvironmentVariables()));
            var settings = NodeSettings.From(config);
            var identity = NewIdentity();
            if (settings.Durability is { } durability)
            {
                disk = new FileDisk(durability.Folder);
                identity = identity with { Store = disk.Identify(identity.Store).Replica };
            }
            system = ActorSystem.Create(NodeArguments.SystemName, config);
            using var stop = new StopSignal(isChild);
            var node = new StoreNode(system, settings, identity, TimeProvider.System, disk);
            await node.StartAsync();
            if (!node.HasFailed)
            {
                JoinItselfWithoutSeeds(system, config);
                await Console.Out.WriteLineAsync($"listening gateway={node.Endpoints.Gateway} remoting={node.Endpoints.Remoting}");
            }
            using (new ProgressBar(node.Endpoints))
                await Task.WhenAny(stop.Requested, system.WhenTerminated);
            await node.StopAsync();
            await system.WhenTerminated;
            if (node.Failure is { } failure)
                return await SayAsync((failure.Message, failure is DataFolderException ? ExitCodes.Data : ExitCodes.Failed));
            return node.HasFailed ? ExitCodes.Failed : ExitCodes.Ok;
        }
        catch (Exception error) when (Explain(error, arguments) is { } explanation)
        {
            if (system is not null)
                await system.Terminate();
            return await SayAsync(explanation);
        }
        finally
        {
            // The store gives the folder back when it stops; this is for a start that did not come as far as a store.
            disk?.Dispose();
        }
    }

    private static async Task<int> SayAsync((string Text, int ExitCode) end)
    {
        await Console.Error.WriteLineAsync($"kvstore: {end.Text}");
        return end.ExitCode;
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

    private static (string Text, int ExitCode)? Explain(Exception error, NodeArguments arguments)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HoconException or NodeSettingsException or ConfigurationException:
                    return (cause.Message, ExitCodes.Configuration);
                case DataFolderException:
                    return (cause.Message, ExitCodes.Data);
                case FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException:
                    return ($"can't read {arguments.ConfigFile}: {cause.Message}", ExitCodes.Configuration);
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or Microsoft.AspNetCore.Connections.AddressInUseException:
                    return ($"a port is taken: {error.Message} Choose another with --gateway-port or --remoting-port, or 0 for any free one.", ExitCodes.Bind);
                case SocketException socket:
                    return ($"can't listen: {socket.Message}", ExitCodes.Bind);
            }
        }
        return null;
    }

    /// <summary>Completes when the process shall stop.</summary>
    private sealed class StopSignal : IDisposable
    {
        private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<PosixSignalRegistration> _signals = [];

        public StopSignal(bool isChild)
        {
            // Ctrl-C reaches the whole process group; a child waits for its parent's word, so that nodes leave in order.
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, stops: !isChild)));
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, stops: true)));
            if (isChild)
                _ = ReadParentAsync();
        }

        public Task Requested => _requested.Task;

        public void Dispose()
        {
            foreach (var signal in _signals)
                signal.Dispose();
        }

        private void OnSignal(PosixSignalContext signal, bool stops)
        {
            signal.Cancel = true;
            if (stops)
                _requested.TrySetResult();
        }

        private async Task ReadParentAsync()
        {
            using var input = new StreamReader(Console.OpenStandardInput());
            while (await input.ReadLineAsync() is { } line)
            {
                if (line == StopWord)
                    break;
            }
            _requested.TrySetResult();
        }
    }
}
