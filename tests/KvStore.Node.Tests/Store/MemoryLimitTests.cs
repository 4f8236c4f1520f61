namespace KvStore.Node.Tests.Store;

public sealed class MemoryLimitTests
{
    private static readonly string Large = $"*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n${1 << 20}\r\n{new string('x', 1 << 20)}\r\n";

    [Fact]
    public async Task A_full_node_refuses_writes_and_says_what_its_limit_is()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.limits.memory = 1m");
        (await fixture.TalkAsync(Large + "SET k v\nGET k\nDEL large\nSET k v\n")).ShouldBe(
            "+OK\r\nERR OOM command not allowed when used memory > 'maxmemory'.\n(nil)\n1\nOK\n");
        (await fixture.TalkAsync("CONFIG GET maxmemory*\n")).ShouldBe("maxmemory\n1048576\nmaxmemory-policy\nnoeviction\n\n");
        (await fixture.TalkAsync("INFO memory\n")).ShouldContain("\nmaxmemory:1048576\nmaxmemory_policy:noeviction\n");
        (await fixture.TalkAsync("INFO stats\n")).ShouldContain("\nevicted_keys:0\n");
    }

    [Fact]
    public async Task A_full_cache_evicts()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.limits { memory = 1m, eviction = allkeys-lru }");
        (await fixture.TalkAsync(Large + "SET k v\nEXISTS large\n")).ShouldBe("+OK\r\nOK\n0\n");
        (await fixture.TalkAsync("CONFIG GET maxmemory*\n")).ShouldBe("maxmemory\n1048576\nmaxmemory-policy\nallkeys-lru\n\n");
        (await fixture.TalkAsync("INFO stats\n")).ShouldContain("\nevicted_keys:1\n");
    }
}
