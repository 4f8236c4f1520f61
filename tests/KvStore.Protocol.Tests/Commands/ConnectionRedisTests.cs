namespace KvStore.Protocol.Tests.Commands;

/// <summary>What redis-server 7.0.15 answered, byte for byte, is what this store answers.</summary>
public sealed class ConnectionRedisTests
{
    [Fact]
    public void PING_ECHO_and_what_there_is_not() => new CommandScript().Run(
        """
        > PING
        +PONG\r\n
        > PING a
        $1\r\na\r\n
        > PING ""
        $0\r\n\r\n
        > PING a b
        -ERR wrong number of arguments for 'ping' command\r\n
        > ECHO
        -ERR wrong number of arguments for 'echo' command\r\n
        > ECHO a
        $1\r\na\r\n
        > ECHO a b
        -ERR wrong number of arguments for 'echo' command\r\n
        > ping
        +PONG\r\n
        > pInG
        +PONG\r\n
        > foo
        -ERR unknown command 'foo', with args beginning with: \r\n
        > foo a b
        -ERR unknown command 'foo', with args beginning with: 'a' 'b' \r\n
        > get
        -ERR wrong number of arguments for 'get' command\r\n
        > GET a b
        -ERR wrong number of arguments for 'get' command\r\n
        > Foo "a b"
        -ERR unknown command 'Foo', with args beginning with: 'a b' \r\n
        > ""
        -ERR unknown command '', with args beginning with: \r\n
        > FOOBARBAZ x
        -ERR unknown command 'FOOBARBAZ', with args beginning with: 'x' \r\n
        > getx a
        -ERR unknown command 'getx', with args beginning with: 'a' \r\n
        > "get " a
        -ERR unknown command 'get ', with args beginning with: 'a' \r\n
        """);

    [Fact]
    public void SELECT_AUTH_and_RESET() => new CommandScript().Run(
        """
        > SELECT
        -ERR wrong number of arguments for 'select' command\r\n
        > SELECT 0
        +OK\r\n
        > SELECT 16
        -ERR DB index is out of range\r\n
        > SELECT x
        -ERR value is not an integer or out of range\r\n
        > SELECT -1
        -ERR DB index is out of range\r\n
        > SELECT 99999999999999
        -ERR value is out of range, value must between -2147483648 and 2147483647\r\n
        > SELECT 1 2
        -ERR wrong number of arguments for 'select' command\r\n
        > AUTH
        -ERR wrong number of arguments for 'auth' command\r\n
        > AUTH a
        -ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n
        > AUTH a b
        -WRONGPASS invalid username-password pair or user is disabled.\r\n
        > AUTH a b c
        -ERR syntax error\r\n
        > AUTH default x
        +OK\r\n
        > RESET
        +RESET\r\n
        > RESET a
        -ERR wrong number of arguments for 'reset' command\r\n
        """);

    [Fact]
    public void CLIENT() => new CommandScript().Run(
        """
        > CLIENT
        -ERR wrong number of arguments for 'client' command\r\n
        > CLIENT ID a
        -ERR wrong number of arguments for 'client|id' command\r\n
        > CLIENT GETNAME
        $-1\r\n
        > CLIENT SETNAME
        -ERR wrong number of arguments for 'client|setname' command\r\n
        > CLIENT SETNAME foo
        +OK\r\n
        > CLIENT GETNAME
        $3\r\nfoo\r\n
        > CLIENT SETNAME "a b"
        -ERR Client names cannot contain spaces, newlines or special characters.\r\n
        > CLIENT GETNAME
        $3\r\nfoo\r\n
        > CLIENT SETNAME ""
        +OK\r\n
        > CLIENT GETNAME
        $-1\r\n
        > CLIENT FOO
        -ERR unknown subcommand 'FOO'. Try CLIENT HELP.\r\n
        > CLIENT LIST TYPE foo
        -ERR Unknown client type 'foo'\r\n
        > CLIENT LIST ID x
        -ERR Invalid client ID\r\n
        > CLIENT LIST foo
        -ERR syntax error\r\n
        > CLIENT LIST TYPE pubsub
        $0\r\n\r\n
        > CLIENT LIST TYPE replica
        $0\r\n\r\n
        > CLIENT LIST ID
        -ERR syntax error\r\n
        > CLIENT LIST TYPE
        -ERR syntax error\r\n
        > CLIENT LIST ID 99999
        $0\r\n\r\n
        > CLIENT SETNAME x
        +OK\r\n
        > RESET
        +RESET\r\n
        > CLIENT GETNAME
        $-1\r\n
        """);

    [Fact]
    public void HELLO_refuses_what_it_does_not_know() => new CommandScript().Run(
        """
        > HELLO 1
        -NOPROTO unsupported protocol version\r\n
        > HELLO 4
        -NOPROTO unsupported protocol version\r\n
        > HELLO x
        -ERR Protocol version is not an integer or out of range\r\n
        > HELLO 2 AUTH
        -ERR Syntax error in HELLO option 'AUTH'\r\n
        > HELLO 2 AUTH a
        -ERR Syntax error in HELLO option 'AUTH'\r\n
        > HELLO 2 AUTH a b
        -WRONGPASS invalid username-password pair or user is disabled.\r\n
        > HELLO 2 SETNAME
        -ERR Syntax error in HELLO option 'SETNAME'\r\n
        > HELLO 2 SETNAME "a b"
        -ERR Client names cannot contain spaces, newlines or special characters.\r\n
        > HELLO 2 FOO
        -ERR Syntax error in HELLO option 'FOO'\r\n
        > HELLO 3 FOO
        -ERR Syntax error in HELLO option 'FOO'\r\n
        > GET nope
        $-1\r\n
        > CLIENT GETNAME
        $-1\r\n
        """);
}
