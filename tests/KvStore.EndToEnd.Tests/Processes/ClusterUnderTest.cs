namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>Node processes that form one cluster on ports that the system chose.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    private readonly List<NodeUnderTest> _nodes = [];
    private string[] _more = [];

    public IReadOnlyList<NodeUnderTest> Nodes => _nodes;

    public static async Task<ClusterUnderTest> StartAsync(int nodes, params string[] more)
    {
        var cluster = new ClusterUnderTest { _more = more };
        try
        {
            cluster._nodes.Add(await NodeUnderTest.StartAsync("n1", more: more));
            var seed = cluster._nodes[0].Remoting;
            for (var i = 2; i <= nodes; i++)
                cluster._nodes.Add(await NodeUnderTest.StartAsync($"n{i}", seeds: [seed], more: more));
            await cluster.WaitUntilReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task WaitUntilReadyAsync()
    {
        foreach (var node in _nodes)
            await node.WaitUntilReadyAsync(_nodes.Count);
    }

    /// <summary>Starts one more node, without data; it may still be loading.</summary>
    public async Task<NodeUnderTest> AddAsync()
    {
        var node = await NodeUnderTest.StartAsync($"n{_nodes.Count + 1}", seeds: [.. _nodes.Select(static n => n.Remoting)], more: _more);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts a node that was killed again, on the addresses that it had and with the data that it left.</summary>
    /// <param name="dead">The node.</param>
    /// <param name="emptied">Without its data.</param>
    /// <param name="more">Arguments for this start only.</param>
    public async Task<NodeUnderTest> RestartAsync(NodeUnderTest dead, bool emptied = false, params string[] more)
    {
        var others = _nodes.Where(n => n != dead).Select(static n => n.Remoting);
        var node = await NodeUnderTest.StartAsync(dead.Name, dead.GatewayPort, dead.Remoting, [.. others, dead.Remoting], emptied ? null : dead.DataFolder, [.. _more, .. more]);
        _nodes[_nodes.IndexOf(dead)] = node;
        await dead.DisposeAsync();
        return node;
    }

    public Task WaitUntilIdenticalAsync(long keys) => Eventually.AreTrueAsync(
        async () =>
        {
            var digests = new HashSet<string>(StringComparer.Ordinal);
            foreach (var node in _nodes)
            {
                if (await node.AskAsync("DBSIZE") != $"{keys}")
                    return false;
                digests.Add(await node.AskAsync("DEBUG DIGEST"));
            }
            return digests.Count == 1;
        },
        () => "the nodes did not become identical:\n" + string.Join("\n\n", _nodes.Select(static n => n.Output)));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }
}
