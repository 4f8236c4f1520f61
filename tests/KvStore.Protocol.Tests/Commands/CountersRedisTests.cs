namespace KvStore.Protocol.Tests.Commands;

/// <summary>What redis-server 7.0.15 answered, byte for byte, is what this store answers.</summary>
public sealed class CountersRedisTests
{
    [Fact]
    public void Counting_up_and_down() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > INCR
        -ERR wrong number of arguments for 'incr' command\r\n
        > INCR c
        :1\r\n
        > INCR c
        :2\r\n
        > DECR c
        :1\r\n
        > INCRBY c 5
        :6\r\n
        > DECRBY c 2
        :4\r\n
        > DECRBY n 5
        :-5\r\n
        > INCRBY c -1
        :3\r\n
        > GET c
        $1\r\n3\r\n
        > INCRBY c
        -ERR wrong number of arguments for 'incrby' command\r\n
        > DECR
        -ERR wrong number of arguments for 'decr' command\r\n
        > DECRBY c
        -ERR wrong number of arguments for 'decrby' command\r\n
        > INCRBY c 1 2
        -ERR wrong number of arguments for 'incrby' command\r\n
        """);

    [Fact]
    public void A_counter_takes_exactly_one_spelling_of_an_integer() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > INCRBY c x
        -ERR value is not an integer or out of range\r\n
        > INCRBY c 1.0
        -ERR value is not an integer or out of range\r\n
        > INCRBY c 01
        -ERR value is not an integer or out of range\r\n
        > INCRBY c +1
        -ERR value is not an integer or out of range\r\n
        > INCRBY c ""
        -ERR value is not an integer or out of range\r\n
        > INCRBY c " 1"
        -ERR value is not an integer or out of range\r\n
        > INCRBY c 9223372036854775808
        -ERR value is not an integer or out of range\r\n
        > INCRBY c -0
        -ERR value is not an integer or out of range\r\n
        > SET c abc
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c 01
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c +1
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c -0
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c ""
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c "1 "
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c 9223372036854775808
        +OK\r\n
        > INCR c
        -ERR value is not an integer or out of range\r\n
        > SET c -5
        +OK\r\n
        > INCR c
        :-4\r\n
        > DECRBY c x
        -ERR value is not an integer or out of range\r\n
        """);

    [Fact]
    public void A_counter_never_wraps_around() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET c 6
        +OK\r\n
        > INCRBY c 9223372036854775807
        -ERR increment or decrement would overflow\r\n
        > INCRBY c 9223372036854775800
        :9223372036854775806\r\n
        > DECRBY c 9223372036854775807
        :-1\r\n
        > DECRBY c -9223372036854775808
        -ERR decrement would overflow\r\n
        > INCRBY c -9223372036854775808
        -ERR increment or decrement would overflow\r\n
        > SET c 9223372036854775807
        +OK\r\n
        > INCR c
        -ERR increment or decrement would overflow\r\n
        > SET c -9223372036854775808
        +OK\r\n
        > DECR c
        -ERR increment or decrement would overflow\r\n
        > GET c
        $20\r\n-9223372036854775808\r\n
        > INCRBY c 9223372036854775807
        :-1\r\n
        """);

    [Fact]
    public void A_counter_keeps_its_time_to_live() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET c 1 EX 100
        +OK\r\n
        > INCR c
        :2\r\n
        > TTL c
        :100\r\n
        > DECRBY c 5
        :-3\r\n
        > TTL c
        :100\r\n
        """);
}
