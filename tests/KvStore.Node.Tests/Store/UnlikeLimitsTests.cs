namespace KvStore.Node.Tests.Store;

/// <summary>Two nodes that were given unlike limits: what the replica compares is what the gateway applies.</summary>
public sealed class UnlikeLimitsTests
{
    [Theory]
    [InlineData("key", "1k", "kv.limits.key is 1024 on this node, and 65536 on 'first'")]
    [InlineData("value", "1m", "kv.limits.value is 1048576 on this node, and 8388608 on 'first'")]
    public async Task The_node_that_came_later_refuses_writes_in_a_line_and_the_first_goes_on(string limit, string value, string why)
    {
        await using var first = await NodeFixture.StartAsync("kv.node.name = first");
        await using var later = await NodeFixture.StartAsync($"kv.node.name = later, kv.limits.{limit} = {value}", join: first);
        await later.UntilAsync(async () => await later.TalkAsync("SET k v\n") == $"ERR {why}: writes are refused here until all nodes have the same.\n");
        (await later.TalkAsync("INFO replication\n")).ShouldContain($"\nwrites_refused_because:{why}");
        (await first.TalkAsync("SET k v\nGET k\n")).ShouldBe("OK\nv\n");
    }
}
