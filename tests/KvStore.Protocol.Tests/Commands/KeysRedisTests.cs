namespace KvStore.Protocol.Tests.Commands;

/// <summary>What redis-server 7.0.15 answered, byte for byte, is what this store answers.</summary>
public sealed class KeysRedisTests
{
    [Fact]
    public void TYPE_DBSIZE_and_FLUSHALL() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > TYPE a
        +none\r\n
        > SET a 1
        +OK\r\n
        > TYPE a
        +string\r\n
        > TYPE
        -ERR wrong number of arguments for 'type' command\r\n
        > DBSIZE
        :1\r\n
        > DBSIZE a
        -ERR wrong number of arguments for 'dbsize' command\r\n
        > FLUSHALL x
        -ERR syntax error\r\n
        > FLUSHALL SYNC x
        -ERR syntax error\r\n
        > DBSIZE
        :1\r\n
        > FLUSHALL
        +OK\r\n
        > DBSIZE
        :0\r\n
        > SET a 1
        +OK\r\n
        > FLUSHALL ASYNC
        +OK\r\n
        > DBSIZE
        :0\r\n
        > SET a 1
        +OK\r\n
        > FLUSHALL sync
        +OK\r\n
        > FLUSHDB
        +OK\r\n
        > FLUSHDB async
        +OK\r\n
        > FLUSHDB x
        -ERR syntax error\r\n
        """);

    [Fact]
    public void KEYS_and_its_patterns() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > KEYS
        -ERR wrong number of arguments for 'keys' command\r\n
        > KEYS *
        *0\r\n
        > SET hello 1
        +OK\r\n
        > KEYS *
        *1\r\n$5\r\nhello\r\n
        > KEYS h?llo
        *1\r\n$5\r\nhello\r\n
        > KEYS h[ae]llo
        *1\r\n$5\r\nhello\r\n
        > KEYS h[^e]llo
        *0\r\n
        > KEYS h[a-z]llo
        *1\r\n$5\r\nhello\r\n
        > KEYS h[z-a]llo
        *1\r\n$5\r\nhello\r\n
        > KEYS HELLO
        *0\r\n
        > KEYS h\ello
        *1\r\n$5\r\nhello\r\n
        > KEYS *l*l*o
        *1\r\n$5\r\nhello\r\n
        > KEYS **
        *1\r\n$5\r\nhello\r\n
        > KEYS hell
        *0\r\n
        > KEYS hello*
        *1\r\n$5\r\nhello\r\n
        > KEYS ""
        *0\r\n
        > KEYS h[e
        *0\r\n
        > KEYS h[]llo
        *0\r\n
        > KEYS [h]*o
        *1\r\n$5\r\nhello\r\n
        > KEYS a b
        -ERR wrong number of arguments for 'keys' command\r\n
        """);

    [Fact]
    public void SCAN_says_what_is_wrong() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SCAN
        -ERR wrong number of arguments for 'scan' command\r\n
        > SCAN x
        -ERR invalid cursor\r\n
        > SCAN 0 COUNT
        -ERR syntax error\r\n
        > SCAN 0 COUNT 0
        -ERR syntax error\r\n
        > SCAN 0 COUNT -1
        -ERR syntax error\r\n
        > SCAN 0 COUNT x
        -ERR value is not an integer or out of range\r\n
        > SCAN 0 MATCH
        -ERR syntax error\r\n
        > SCAN 0 FOO 1
        -ERR syntax error\r\n
        > SCAN 0 TYPE
        -ERR syntax error\r\n
        > SCAN 18446744073709551616
        -ERR invalid cursor\r\n
        > SCAN 0 0
        -ERR syntax error\r\n
        > SCAN " 0"
        -ERR invalid cursor\r\n
        > SCAN 0x
        -ERR invalid cursor\r\n
        > SCAN 0 COUNT 1000000
        *2\r\n$1\r\n0\r\n*0\r\n
        > SCAN 0 count 1000000 TYPE string
        *2\r\n$1\r\n0\r\n*0\r\n
        > SCAN 0 COUNT 1000000 match a*
        *2\r\n$1\r\n0\r\n*0\r\n
        """);
}
