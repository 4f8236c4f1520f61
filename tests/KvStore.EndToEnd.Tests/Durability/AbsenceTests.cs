using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>A node that missed much: what was deleted meanwhile does not come back with it.</summary>
public sealed class AbsenceTests
{
    private const int Written = 100_000;
    private const int Deleted = 10_000;

    [Theory]
    [InlineData("64m", true)]
    [InlineData("64k", false)]
    public async Task A_node_away_during_many_writes_and_deletes_brings_nothing_back_and_gets_everything(string backlog, bool reachesBack)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, "--set", $"kv.replication.backlog={backlog}");
        var (writing, away) = (cluster.Nodes[0], cluster.Nodes[2]);
        await ShouldAllBeAsync(writing, Enumerable.Range(0, Deleted).Select(static i => $"SET doomed:{i} alive"), "OK");
        await cluster.WaitUntilIdenticalAsync(keys: Deleted);

        await away.KillAsync();
        await ShouldAllBeAsync(writing, Interleaved(), "OK", "1");
        var returned = await cluster.RestartAsync(away);
        await returned.WaitUntilReadyAsync(3);
        await cluster.WaitUntilIdenticalAsync(keys: Written);
        foreach (var node in cluster.Nodes)
            (await node.AskAllAsync(Enumerable.Range(0, Deleted).Select(static i => $"GET doomed:{i}"))).ShouldAllBe(static a => a == "(nil)", node.Name);
        await returned.ShouldBeIdenticalAsync(3);
        // A refill that takes long may be completed by a session; but without a backlog that reaches back there is nothing else.
        var way = reachesBack ? "mutations_received" : "transferred_entries";
        long.Parse((await returned.InfoAsync())[way]).ShouldBeGreaterThan(0, way);

        if (reachesBack)
            return;

        // Nor do they come back with a node that had them on its own disk only, when it starts once more.
        await returned.KillAsync();
        returned = await cluster.RestartAsync(returned);
        await returned.WaitUntilReadyAsync(3);
        await cluster.WaitUntilIdenticalAsync(keys: Written);
        await returned.ShouldBeIdenticalAsync(3);
    }

    private static IEnumerable<string> Interleaved()
    {
        for (var i = 0; i < Written; i++)
        {
            yield return $"SET kept:{i} {i}";
            if (i % (Written / Deleted) == 0)
                yield return $"DEL doomed:{i / (Written / Deleted)}";
        }
    }

    private static async Task ShouldAllBeAsync(NodeUnderTest node, IEnumerable<string> commands, params string[] replies) =>
        (await node.AskAllAsync(commands)).ShouldAllBe(a => replies.Contains(a));
}
