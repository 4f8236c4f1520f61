using System.Net.Sockets;
using System.Text;

namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>A node process, reached as a client reaches it.</summary>
internal sealed class NodeUnderTest : ProductProcess
{
    private NodeUnderTest(string name, string dataFolder, IEnumerable<string> arguments)
        : base("KvStore.Host", arguments) => (Name, DataFolder) = (name, dataFolder);

    public string Name { get; }

    /// <summary>The node's own folder is in this one, under its name.</summary>
    public string DataFolder { get; }

    public int GatewayPort { get; private set; }

    public string Remoting { get; private set; } = "";

    /// <summary>Starts a node and waits until it listens.</summary>
    public static async Task<NodeUnderTest> StartAsync(
        string name, int gatewayPort = 0, string? remoting = null, IEnumerable<string>? seeds = null, string? dataFolder = null, params string[] more)
    {
        var node = Launch(name, gatewayPort, remoting, seeds, dataFolder, more);
        try
        {
            await node.WaitUntilListeningAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process, whatever becomes of it.</summary>
    public static NodeUnderTest Launch(
        string name, int gatewayPort = 0, string? remoting = null, IEnumerable<string>? seeds = null, string? dataFolder = null, params string[] more)
    {
        dataFolder ??= DataFolders.Next();
        var remotingPort = remoting?.Split(':')[1] ?? "0";
        string[] arguments = ["node", "--name", name, "--gateway-port", $"{gatewayPort}", "--remoting-port", remotingPort, "--set", $"kv.data-folder=\"{dataFolder}\""];
        return new NodeUnderTest(name, dataFolder, [.. arguments, .. (seeds ?? []).SelectMany(static s => (string[])["--seed", s]), .. more]);
    }

    private async Task WaitUntilListeningAsync()
    {
        var line = await WaitForLineAsync(static l => l.StartsWith("listening ", StringComparison.Ordinal));
        var fields = line.Split(' ').Skip(1).Select(static p => p.Split('=', 2)).ToDictionary(static p => p[0], static p => p[1], StringComparer.Ordinal);
        GatewayPort = int.Parse(fields["gateway"].Split(':')[1]);
        Remoting = fields["remoting"];
    }

    /// <summary>What <c>nc</c> would print: sends the text, and reads until the node closes.</summary>
    public async Task<string> TalkAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", GatewayPort).WaitAsync(Patience);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }

    /// <summary>One command in text, one line back.</summary>
    public async Task<string> AskAsync(string command) => (await TalkAsync(command + "\n")).Split('\n')[0];

    /// <summary>Many commands in text over one connection, one line back for each.</summary>
    public async Task<IReadOnlyList<string>> AskAllAsync(IEnumerable<string> commands)
    {
        // What is sent ahead must fit into the buffers between here and there, or both would wait for the other to read.
        const int ahead = 200;
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", GatewayPort).WaitAsync(Patience);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answers = new List<string>();
        foreach (var chunk in commands.Chunk(ahead))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', chunk) + "\n")).AsTask().WaitAsync(Patience);
            foreach (var command in chunk)
                answers.Add(await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new IOException($"{Name} closed the connection instead of answering {command}.\n{Output}"));
        }
        return answers;
    }

    public async Task<IReadOnlyDictionary<string, string>> InfoAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", GatewayPort).WaitAsync(Patience);
        var stream = client.GetStream();
        await stream.WriteAsync("*1\r\n$4\r\nINFO\r\n*1\r\n$4\r\nQUIT\r\n"u8.ToArray());
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = await reader.ReadToEndAsync().WaitAsync(Patience);
        return text.Split("\r\n").Select(static l => l.Split(':', 2)).Where(static p => p.Length == 2).ToDictionary(static p => p[0], static p => p[1], StringComparer.Ordinal);
    }

    public Task WaitUntilReadyAsync(int members) => Eventually.AreTrueAsync(
        async () =>
        {
            var info = await InfoAsync();
            return info["loading"] == "0" && info["kvstore_members_reachable"] == $"{members}";
        },
        () => $"{Name} did not become ready among {members}:\n{Output}");
}
