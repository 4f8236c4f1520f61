namespace KvStore.Protocol.Tests.Commands;

/// <summary>What redis-server 7.0.15 answered, byte for byte, is what this store answers.</summary>
public sealed class ExpiryRedisTests
{
    [Fact]
    public void EXPIRE_TTL_and_PERSIST() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET a 1
        +OK\r\n
        > TTL a
        :-1\r\n
        > PTTL a
        :-1\r\n
        > TTL none
        :-2\r\n
        > PTTL none
        :-2\r\n
        > EXPIRE a
        -ERR wrong number of arguments for 'expire' command\r\n
        > EXPIRE a x
        -ERR value is not an integer or out of range\r\n
        > EXPIRE a 100
        :1\r\n
        > TTL a
        :100\r\n
        > PERSIST a
        :1\r\n
        > PERSIST a
        :0\r\n
        > PERSIST none
        :0\r\n
        > TTL a
        :-1\r\n
        > EXPIRE none 10
        :0\r\n
        > PEXPIRE a 100000
        :1\r\n
        > TTL a
        :100\r\n
        > EXPIREAT a 99999999999
        :1\r\n
        > EXPIRETIME a
        :99999999999\r\n
        > PEXPIRETIME a
        :99999999999000\r\n
        > PEXPIREAT a 99999999999000
        :1\r\n
        > EXPIRETIME a
        :99999999999\r\n
        > EXPIRETIME none
        :-2\r\n
        > SET b 1
        +OK\r\n
        > PEXPIRETIME b
        :-1\r\n
        > TTL
        -ERR wrong number of arguments for 'ttl' command\r\n
        > PTTL
        -ERR wrong number of arguments for 'pttl' command\r\n
        > PERSIST
        -ERR wrong number of arguments for 'persist' command\r\n
        """);

    [Fact]
    public void A_time_that_has_passed_deletes() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET a 1
        +OK\r\n
        > EXPIRE a 0
        :1\r\n
        > EXISTS a
        :0\r\n
        > SET a 1
        +OK\r\n
        > EXPIRE a -1
        :1\r\n
        > GET a
        $-1\r\n
        > SET a 1
        +OK\r\n
        > EXPIREAT a 1
        :1\r\n
        > GET a
        $-1\r\n
        > SET a 1
        +OK\r\n
        > PEXPIREAT a -5
        :1\r\n
        > GET a
        $-1\r\n
        > SET a 1
        +OK\r\n
        > PEXPIREAT a 0
        :1\r\n
        > GET a
        $-1\r\n
        > SET a 1
        +OK\r\n
        > PEXPIRE a -9223372036854775807
        :1\r\n
        > GET a
        $-1\r\n
        > EXPIREAT a -5
        :0\r\n
        > DBSIZE
        :0\r\n
        """);

    [Fact]
    public void NX_XX_GT_and_LT() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET a 1
        +OK\r\n
        > EXPIRE a 100 XX
        :0\r\n
        > EXPIRE a 100 GT
        :0\r\n
        > EXPIRE a 100 NX
        :1\r\n
        > EXPIRE a 100 NX
        :0\r\n
        > EXPIRE a 50 GT
        :0\r\n
        > EXPIRE a 200 GT
        :1\r\n
        > EXPIRE a 300 LT
        :0\r\n
        > EXPIRE a 100 LT
        :1\r\n
        > EXPIRE a 10 xx
        :1\r\n
        > TTL a
        :10\r\n
        > PERSIST a
        :1\r\n
        > EXPIRE a 10 LT
        :1\r\n
        > PERSIST a
        :1\r\n
        > EXPIRE a 10 XX GT
        :0\r\n
        > EXPIRE a 10 XX LT
        :0\r\n
        > EXPIRE a 10 XX XX
        :0\r\n
        > EXPIRE a 10 NX XX
        -ERR NX and XX, GT or LT options at the same time are not compatible\r\n
        > EXPIRE a 10 GT LT
        -ERR GT and LT options at the same time are not compatible\r\n
        > EXPIRE a 10 NX GT
        -ERR NX and XX, GT or LT options at the same time are not compatible\r\n
        > EXPIRE a 10 NX LT
        -ERR NX and XX, GT or LT options at the same time are not compatible\r\n
        > EXPIRE a 10 foo
        -ERR Unsupported option foo\r\n
        > EXPIRE a 10 NX foo
        -ERR Unsupported option foo\r\n
        > EXPIRE a x foo
        -ERR Unsupported option foo\r\n
        > EXPIRE none x
        -ERR value is not an integer or out of range\r\n
        """);

    [Fact]
    public void Times_that_do_not_fit() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET a 1
        +OK\r\n
        > EXPIRE a 9223372036854775807
        -ERR invalid expire time in 'expire' command\r\n
        > PEXPIRE a 9223372036854775807
        -ERR invalid expire time in 'pexpire' command\r\n
        > EXPIREAT a 9223372036854775807
        -ERR invalid expire time in 'expireat' command\r\n
        > PEXPIREAT a 9223372036854775807
        :1\r\n
        > PEXPIRETIME a
        :9223372036854775807\r\n
        > EXPIRE a -9223372036854775807
        -ERR invalid expire time in 'expire' command\r\n
        > EXPIRE a 9223372036854775
        -ERR invalid expire time in 'expire' command\r\n
        > EXPIRE a 9221583223549824
        :1\r\n
        > EXPIRE a 99999999999999999999
        -ERR value is not an integer or out of range\r\n
        """);
}
