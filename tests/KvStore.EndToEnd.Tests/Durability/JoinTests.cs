using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>An empty node joins, and one of the two sides is killed in the middle of that.</summary>
public sealed class JoinTests
{
    private const int Keys = 40_000;

    // Tens of thousands of small pieces, so that the middle is long enough to be met.
    private static readonly string[] Settings = ["--set", "kv.replication.message=1k"];

    [Fact]
    public async Task A_joiner_that_is_killed_amid_its_transfer_joins_with_what_it_has_and_all_are_identical()
    {
        await using var cluster = await TwoWithDataAsync();
        var joiner = await cluster.AddAsync();
        await UntilAmidTransferAsync(joiner);
        await joiner.KillAsync();

        var returned = await cluster.RestartAsync(joiner);
        await returned.WaitUntilReadyAsync(3);
        await cluster.WaitUntilIdenticalAsync(Keys);
        await returned.ShouldBeIdenticalAsync(3);
    }

    [Fact]
    public async Task A_donor_that_is_killed_amid_a_transfer_is_replaced_and_all_are_identical()
    {
        await using var cluster = await TwoWithDataAsync();
        var joiner = await cluster.AddAsync();
        await UntilAmidTransferAsync(joiner);
        var sent = await Task.WhenAll(cluster.Nodes.Take(2).Select(static async n => long.Parse((await n.InfoAsync())["entries_sent"])));
        var donor = cluster.Nodes[sent[0] >= sent[1] ? 0 : 1];
        await donor.KillAsync();

        await joiner.WaitUntilReadyAsync(2);
        (await joiner.AskAsync("DBSIZE")).ShouldBe($"{Keys}");
        (await joiner.AskAsync("SET served meanwhile")).ShouldBe("OK");
        var returned = await cluster.RestartAsync(donor);
        await returned.WaitUntilReadyAsync(3);
        await cluster.WaitUntilIdenticalAsync(Keys + 1);
        await joiner.ShouldBeIdenticalAsync(3);
    }

    private static async Task<ClusterUnderTest> TwoWithDataAsync()
    {
        var cluster = await ClusterUnderTest.StartAsync(2, Settings);
        (await cluster.Nodes[0].AskAllAsync(Enumerable.Range(0, Keys).Select(static i => $"SET key:{i} {i}:{new string('x', 200)}"))).ShouldAllBe(static a => a == "OK");
        await cluster.WaitUntilIdenticalAsync(Keys);
        return cluster;
    }

    private static async Task UntilAmidTransferAsync(NodeUnderTest joiner)
    {
        await Eventually.AreTrueAsync(
            async () => long.Parse((await joiner.InfoAsync())["transferred_entries"]) > Keys / 10,
            () => $"no transfer began:\n{joiner.Output}",
            interval: TimeSpan.FromMilliseconds(1));
        (await joiner.InfoAsync())["loading"].ShouldBe("1", "the transfer was over before it could be interrupted");
    }
}
