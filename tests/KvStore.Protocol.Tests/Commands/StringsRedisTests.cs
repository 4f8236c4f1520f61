namespace KvStore.Protocol.Tests.Commands;

/// <summary>What redis-server 7.0.15 answered, byte for byte, is what this store answers.</summary>
public sealed class StringsRedisTests
{
    [Fact]
    public void SET_takes_its_options_in_any_order_and_says_what_is_wrong_with_them() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > GET a
        $-1\r\n
        > SET a 1
        +OK\r\n
        > SET a
        -ERR wrong number of arguments for 'set' command\r\n
        > set a 1 foo
        -ERR syntax error\r\n
        > SET a 1 EX
        -ERR syntax error\r\n
        > SET a 1 EX x
        -ERR value is not an integer or out of range\r\n
        > SET a 1 EX 0
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 EX -1
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 EX 9223372036854775807
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 PX 9223372036854775807
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 PX 0
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 NX XX
        -ERR syntax error\r\n
        > SET a 1 EX 10 PX 10
        -ERR syntax error\r\n
        > SET a 1 EX 10 KEEPTTL
        -ERR syntax error\r\n
        > SET a 1 KEEPTTL EX 10
        -ERR syntax error\r\n
        > SET a 1 KEEPTTL KEEPTTL
        +OK\r\n
        > SET a 1 EX 5 EX 6
        +OK\r\n
        > SET a 1 GET GET
        $1\r\n1\r\n
        > SET a 1 NX NX
        $-1\r\n
        > SET a 1 EX 10 PERSIST
        -ERR syntax error\r\n
        > SET a 1 PX 1.5
        -ERR value is not an integer or out of range\r\n
        > SET a 1 EXAT 0
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 PXAT -5
        -ERR invalid expire time in 'set' command\r\n
        > SET a 1 EX 5 PX
        -ERR syntax error\r\n
        > SET a 1 GET x
        -ERR syntax error\r\n
        """);

    [Fact]
    public void SET_with_NX_XX_and_GET() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET a 1
        +OK\r\n
        > SET a 1 NX GET
        $1\r\n1\r\n
        > SET b 1 NX GET
        $-1\r\n
        > SET b 2 XX GET
        $1\r\n1\r\n
        > GET b
        $1\r\n2\r\n
        > SET c 2 XX GET
        $-1\r\n
        > SET a 1 NX
        $-1\r\n
        > SET zz 1 XX
        $-1\r\n
        > GET zz
        $-1\r\n
        > SET a 7 GET
        $1\r\n1\r\n
        > SET a 8 XX
        +OK\r\n
        > GET a
        $1\r\n8\r\n
        > SET n v nx
        +OK\r\n
        > SET n w xx get
        $1\r\nv\r\n
        > GET n
        $1\r\nw\r\n
        """);

    [Fact]
    public void SET_and_the_time_to_live() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > SET a 1
        +OK\r\n
        > SET a 1 ex 100 xx get
        $1\r\n1\r\n
        > TTL a
        :100\r\n
        > SET a 2 KEEPTTL
        +OK\r\n
        > TTL a
        :100\r\n
        > SET a 3
        +OK\r\n
        > TTL a
        :-1\r\n
        > SET a 2 EXAT 1
        +OK\r\n
        > GET a
        $-1\r\n
        > SET a 2 PXAT 1
        +OK\r\n
        > GET a
        $-1\r\n
        > SET a 1 PX 100000
        +OK\r\n
        > TTL a
        :100\r\n
        > GETSET a 5
        $1\r\n1\r\n
        > TTL a
        :-1\r\n
        > SET new 1 KEEPTTL
        +OK\r\n
        > TTL new
        :-1\r\n
        """);

    [Fact]
    public void Several_keys_at_once() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > MGET
        -ERR wrong number of arguments for 'mget' command\r\n
        > MGET a b
        *2\r\n$-1\r\n$-1\r\n
        > MSET
        -ERR wrong number of arguments for 'mset' command\r\n
        > MSET a
        -ERR wrong number of arguments for 'mset' command\r\n
        > MSET a 1
        +OK\r\n
        > MSET a b c
        -ERR wrong number of arguments for 'mset' command\r\n
        > MSET a 1 b 2
        +OK\r\n
        > MGET a zz b
        *3\r\n$1\r\n1\r\n$-1\r\n$1\r\n2\r\n
        > MSET a 1 a 2
        +OK\r\n
        > GET a
        $1\r\n2\r\n
        > DEL
        -ERR wrong number of arguments for 'del' command\r\n
        > DEL a b c
        :2\r\n
        > DEL a
        :0\r\n
        > EXISTS
        -ERR wrong number of arguments for 'exists' command\r\n
        > EXISTS a
        :0\r\n
        > MSET a 1 b 2
        +OK\r\n
        > EXISTS a a b zz
        :3\r\n
        > DEL a a
        :1\r\n
        > MGET a b a
        *3\r\n$-1\r\n$1\r\n2\r\n$-1\r\n
        """);

    [Fact]
    public void Old_value_and_new_value() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > GETSET a
        -ERR wrong number of arguments for 'getset' command\r\n
        > GETSET a 5
        $-1\r\n
        > GETSET a 6
        $1\r\n5\r\n
        > GET a
        $1\r\n6\r\n
        > GETDEL a
        $1\r\n6\r\n
        > GETDEL a
        $-1\r\n
        > GETDEL
        -ERR wrong number of arguments for 'getdel' command\r\n
        > GETDEL a b
        -ERR wrong number of arguments for 'getdel' command\r\n
        > GET a b
        -ERR wrong number of arguments for 'get' command\r\n
        > GET
        -ERR wrong number of arguments for 'get' command\r\n
        """);

    [Fact]
    public void APPEND_and_STRLEN() => new CommandScript().Run(
        """
        > FLUSHALL
        +OK\r\n
        > APPEND q
        -ERR wrong number of arguments for 'append' command\r\n
        > APPEND q ab
        :2\r\n
        > APPEND q cd
        :4\r\n
        > GET q
        $4\r\nabcd\r\n
        > STRLEN q
        :4\r\n
        > STRLEN none
        :0\r\n
        > STRLEN
        -ERR wrong number of arguments for 'strlen' command\r\n
        > APPEND q ""
        :4\r\n
        > APPEND e ""
        :0\r\n
        > EXISTS e
        :1\r\n
        > SET q x EX 100
        +OK\r\n
        > APPEND q y
        :2\r\n
        > TTL q
        :100\r\n
        """);
}
