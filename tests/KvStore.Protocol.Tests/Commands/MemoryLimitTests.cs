using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Tests.Commands;

/// <summary>What a client hears of the limit of memory, checked against Redis 7.0.15 with <c>CONFIG SET maxmemory</c>.</summary>
public sealed class MemoryLimitTests
{
    private const string Refused = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

    [Theory]
    [InlineData("SET k v")]
    [InlineData("SET k v BAD")]
    [InlineData("PUT k v")]
    [InlineData("MSET k v")]
    [InlineData("APPEND a x")]
    [InlineData("INCR a")]
    [InlineData("DECR a")]
    [InlineData("INCRBY a 2")]
    [InlineData("DECRBY a x")]
    [InlineData("GETSET a 2")]
    public void What_may_make_the_data_grow_is_refused_and_changes_nothing(string command)
    {
        using var store = Full(EvictionPolicy.NoEviction);
        var before = store.Resp("DEBUG", "DIGEST");
        store.Send(command + "\n").ShouldBe("ERR " + Refused[1..].Replace("\r", "", StringComparison.Ordinal));
        store.Resp(command.Split(' ')).ShouldBe(Refused);
        store.Resp("DEBUG", "DIGEST").ShouldBe(before);
        store.Executor.Counters.Rejected.ShouldBe(2);
    }

    [Theory]
    [InlineData("GET a", "$1\r\n1\r\n")]
    [InlineData("MGET a nope", "*2\r\n$1\r\n1\r\n$-1\r\n")]
    [InlineData("STRLEN a", ":1\r\n")]
    [InlineData("EXISTS a", ":1\r\n")]
    [InlineData("EXPIRE a 1000", ":1\r\n")]
    [InlineData("PERSIST a", ":0\r\n")]
    [InlineData("TTL a", ":-1\r\n")]
    [InlineData("GETDEL a", "$1\r\n1\r\n")]
    [InlineData("DEL a", ":1\r\n")]
    [InlineData("FLUSHALL", "+OK\r\n")]
    [InlineData("PING", "+PONG\r\n")]
    public void What_reads_or_deletes_or_expires_goes_on(string command, string reply)
    {
        using var store = Full(EvictionPolicy.NoEviction);
        store.Resp(command.Split(' ')).ShouldBe(reply);
    }

    [Fact]
    public void A_wrong_number_of_arguments_and_loading_come_first()
    {
        using var store = Full(EvictionPolicy.NoEviction);
        store.Resp("SET", "k").ShouldBe("-ERR wrong number of arguments for 'set' command\r\n");
        store.Facts.Loading = true;
        store.Resp("SET", "k", "v").ShouldStartWith("-LOADING ");
    }

    [Fact]
    public void After_a_flush_there_is_room_again()
    {
        using var store = Full(EvictionPolicy.NoEviction);
        store.Send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*1\r\n$8\r\nFLUSHALL\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n")
            .ShouldBe(Refused + "+OK\r\n+OK\r\n");
    }

    [Fact]
    public void A_cache_takes_every_write_and_gives_up_what_was_not_used()
    {
        using var store = new TestStore(settings: Settings(EvictionPolicy.AllKeysLru));
        var value = new string('x', 1_000);
        for (var i = 0; i < 3_000; i++)
        {
            store.Replica.Advance(TestStore.StartMs + (i * 1_000));
            store.Resp("SET", "k" + i, value).ShouldBe("+OK\r\n");
            store.Resp("GET", "k0").ShouldBe($"$1000\r\n{value}\r\n");
        }
        var evicted = store.Replica.Counters.Evicted;
        evicted.ShouldBeGreaterThan(2_000);
        store.Resp("INFO", "stats").ShouldContain($"evicted_keys:{evicted}\r\n");
        store.Resp("DBSIZE").ShouldBe($":{3_000 - evicted}\r\n");
    }

    [Fact]
    public void Every_command_that_writes_says_whether_it_may_make_the_data_grow_as_Redis_does()
    {
        // From COMMAND INFO of Redis 7.0.15; put is the store's own.
        CommandTable.Default.All
            .Where(static c => (c.Flags & CommandFlags.DenyOom) != CommandFlags.None)
            .Select(static c => c.Name)
            .ShouldBe(["set", "put", "mset", "getset", "append", "incr", "decr", "incrby", "decrby"], ignoreOrder: true);
        CommandTable.Default.All
            .Where(static c => (c.Flags & (CommandFlags.Write | CommandFlags.DenyOom)) == CommandFlags.Write)
            .Select(static c => c.Name)
            .ShouldBe(["getdel", "del", "expire", "pexpire", "expireat", "pexpireat", "persist", "flushall", "flushdb"], ignoreOrder: true);
    }

    private static ReplicaSettings Settings(EvictionPolicy eviction) => new() { MemoryLimitBytes = 1 << 20, Eviction = eviction };

    private static TestStore Full(EvictionPolicy eviction)
    {
        var store = new TestStore(settings: Settings(eviction));
        store.Resp("SET", "a", "1").ShouldBe("+OK\r\n");
        store.Resp("SET", "large", new string('x', 1 << 20)).ShouldBe("+OK\r\n");
        return store;
    }
}
