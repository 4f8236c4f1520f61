namespace KvStore.MultiNode.Tests;

/// <summary>The nodes of one spec, and what a spec waits for.</summary>
internal sealed class SpecCluster : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly string _overrides;
    private readonly List<SpecNode> _nodes = [];

    public SpecCluster(string overrides = "") => _overrides = overrides;

    public IReadOnlyList<SpecNode> Nodes => _nodes;

    public static async Task<SpecCluster> StartAsync(int nodes, string overrides = "")
    {
        var cluster = new SpecCluster(overrides);
        for (var i = 0; i < nodes; i++)
            cluster.Add();
        foreach (var node in cluster.Nodes)
            node.Join(cluster.Nodes[0]);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        return cluster;
    }

    public SpecNode Add(int port = 0)
    {
        var node = SpecNode.Start(port, _overrides);
        _nodes.Add(node);
        return node;
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        using var patience = new CancellationTokenSource(SpecNode.Patience);
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (!condition())
                await timer.WaitForNextTickAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(what(), late);
        }
    }

    /// <summary>Each of the nodes sees exactly these up and reachable, and no other member at all.</summary>
    public Task UntilAllSeeEachOtherAsync(IReadOnlyList<SpecNode> nodes) => UntilAsync(
        () => nodes.All(n => n.MemberCount() == nodes.Count && n.UpAndReachable().SetEquals(nodes.Select(static o => o.Address))),
        () => "they do not see each other: " + Describe());

    /// <summary>Each of the nodes sees exactly these reachable, whoever else is still a member.</summary>
    public Task UntilReachableAreAsync(IReadOnlyList<SpecNode> nodes) => UntilAsync(
        () => nodes.All(n => n.UpAndReachable().SetEquals(nodes.Select(static o => o.Address))),
        () => "they do not reach exactly each other: " + Describe());

    /// <summary>Cuts every way between two groups.</summary>
    public static void Cut(IEnumerable<SpecNode> left, IReadOnlyList<SpecNode> right) => Each(left, right, static (from, to) =>
    {
        from.Faults.Blackhole(to.Address, FaultDirection.Both);
        to.Faults.Blackhole(from.Address, FaultDirection.Both);
    });

    public static void Heal(IEnumerable<SpecNode> left, IReadOnlyList<SpecNode> right) => Each(left, right, static (from, to) =>
    {
        from.Faults.PassThrough(to.Address, FaultDirection.Both);
        to.Faults.PassThrough(from.Address, FaultDirection.Both);
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private static void Each(IEnumerable<SpecNode> left, IReadOnlyList<SpecNode> right, Action<SpecNode, SpecNode> act)
    {
        foreach (var from in left)
        {
            foreach (var to in right)
                act(from, to);
        }
    }

    private string Describe() => string.Join("; ", _nodes.Where(static n => !n.HasEnded).Select(static n =>
        $"{n.Address.Port}: {string.Join(",", n.Cluster.State.Members.Select(static m => $"{m.Address.Port} {m.Status}"))} unreachable {string.Join(",", n.Cluster.State.Unreachable.Select(static m => m.Address.Port))}"));
}
