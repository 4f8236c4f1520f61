using System.Net.Sockets;
using System.Text;
using KvStore.Core.Log;

namespace KvStore.Node.Tests;

/// <summary>One node in this process, on ports that the system chose, and clients that speak raw bytes to it.</summary>
internal sealed class NodeFixture : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IDisk? _disk;

    private NodeFixture(StoreNode node, IDisk? disk) => (Node, _disk) = (node, disk);

    public StoreNode Node { get; }

    public static Config Configuration(string overrides = "") =>
        ConfigurationFactory.ParseString($$"""
            kv.gateway.port = 0
            akka.remote.dot-netty.tcp.port = 0
            akka.loglevel = ERROR
            kv.durability = off
            {{overrides}}
            """).WithFallback(ConfigurationFactory.ParseString(NodeSettings.Reference));

    /// <summary>Starts a node that joins another, or is a cluster of its own.</summary>
    /// <param name="overrides">HOCON.</param>
    /// <param name="join">The other one.</param>
    /// <param name="disk">The data folder, which becomes the node's, and whose it is; the overrides name it too.</param>
    /// <param name="time">The clock.</param>
    public static async Task<NodeFixture> StartAsync(string overrides = "", NodeFixture? join = null, (IDisk Disk, ulong Replica)? disk = null, TimeProvider? time = null)
    {
        var config = Configuration(overrides);
        var system = ActorSystem.Create("kvstore", config);
        var identity = new NodeIdentity(join is null ? 0x1234UL : 0x4321UL, 0x5678, disk?.Replica ?? 0);
        var node = new StoreNode(system, NodeSettings.From(config), identity, time ?? TimeProvider.System, disk?.Disk);
        await node.StartAsync().WaitAsync(Patience);
        Cluster.Get(system).Join(Cluster.Get(join?.Node.System ?? system).SelfAddress);
        var fixture = new NodeFixture(node, disk?.Disk);
        await fixture.UntilAsync(async () => (await fixture.TalkAsync("PING\n")) == "PONG\n");
        return fixture;
    }

    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(Node.Endpoints.Gateway!).WaitAsync(Patience);
        return client;
    }

    /// <summary>Sends the bytes, ends the sending side, and reads until the node closes.</summary>
    public async Task<string> TalkAsync(string bytes)
    {
        using var client = await ConnectAsync();
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        client.Client.Shutdown(SocketShutdown.Send);
        return await ReadToEndAsync(stream);
    }

    public static Task<string> ReadToEndAsync(TcpClient client) => ReadToEndAsync(client.GetStream());

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }

    public static async Task<string> ReadAsync(TcpClient client, int bytes)
    {
        var buffer = new byte[bytes];
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(Patience);
        return Encoding.Latin1.GetString(buffer);
    }

    public async Task<int> ClientCountAsync() =>
        (await TalkAsync("CLIENT LIST\n")).Split('\n').Count(static l => l.Contains("addr=", StringComparison.Ordinal));

    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.StopAsync().WaitAsync(Patience);
        await Node.System.WhenTerminated.WaitAsync(Patience);
        _disk?.Dispose();
    }
}
