namespace KvStore.Protocol.Tests.Commands;

/// <summary>What redis-server 7.0.15 answered, byte for byte, is what this store answers.</summary>
public sealed class ServerRedisTests
{
    [Fact]
    public void CONFIG() => new CommandScript().Run(
        """
        > CONFIG
        -ERR wrong number of arguments for 'config' command\r\n
        > CONFIG GET
        -ERR wrong number of arguments for 'config|get' command\r\n
        > CONFIG GET maxmemory
        *2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n
        > CONFIG GET MAXMEMORY
        *2\r\n$9\r\nMAXMEMORY\r\n$1\r\n0\r\n
        > CONFIG GET save
        *2\r\n$4\r\nsave\r\n$0\r\n\r\n
        > CONFIG GET appendonly
        *2\r\n$10\r\nappendonly\r\n$2\r\nno\r\n
        > CONFIG GET foo
        *0\r\n
        > CONFIG GET save appendonly
        *4\r\n$10\r\nappendonly\r\n$2\r\nno\r\n$4\r\nsave\r\n$0\r\n\r\n
        > CONFIG SET
        -ERR wrong number of arguments for 'config|set' command\r\n
        > CONFIG SET foo bar
        -ERR Unknown option or number of arguments for CONFIG SET - 'foo'\r\n
        > CONFIG SET databases 3
        -ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config\r\n
        > CONFIG FOO
        -ERR unknown subcommand 'FOO'. Try CONFIG HELP.\r\n
        > CONFIG RESETSTAT
        +OK\r\n
        > CONFIG RESETSTAT a
        -ERR wrong number of arguments for 'config|resetstat' command\r\n
        > CONFIG REWRITE
        -ERR The server is running without a config file\r\n
        """);

    [Fact]
    public void COMMAND() => new CommandScript().Run(
        """
        > COMMAND FOO
        -ERR unknown subcommand 'FOO'. Try COMMAND HELP.\r\n
        > COMMAND COUNT a
        -ERR wrong number of arguments for 'command|count' command\r\n
        > COMMAND INFO foo
        *1\r\n$-1\r\n
        > COMMAND INFO GET
        *1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n
        > COMMAND INFO INCR
        *1\r\n*10\r\n$4\r\nincr\r\n:2\r\n*3\r\n+write\r\n+denyoom\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*3\r\n+@write\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*3\r\n+RW\r\n+access\r\n+update\r\n$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n
        > COMMAND DOCS foo
        *0\r\n
        > COMMAND LIST foo
        -ERR syntax error\r\n
        > COMMAND LIST FILTERBY MODULE x
        *0\r\n
        > COMMAND LIST FILTERBY foo bar
        -ERR syntax error\r\n
        > COMMAND LIST FILTERBY ACLCAT foo
        *0\r\n
        > COMMAND LIST FILTERBY PATTERN getd*
        *1\r\n$6\r\ngetdel\r\n
        > COMMAND GETKEYS get a
        *1\r\n$1\r\na\r\n
        > COMMAND GETKEYS MSET a 1 b 2
        *2\r\n$1\r\na\r\n$1\r\nb\r\n
        > COMMAND GETKEYS foo
        -ERR wrong number of arguments for 'command|getkeys' command\r\n
        > COMMAND GETKEYS foo a
        -ERR Invalid command specified\r\n
        > COMMAND GETKEYS ping a
        -ERR The command has no key arguments\r\n
        > COMMAND GETKEYS get a b
        -ERR Invalid number of arguments specified for command\r\n
        """);

    [Fact]
    public void CLUSTER_TIME_INFO_and_DEBUG() => new CommandScript().Run(
        """
        > CLUSTER
        -ERR wrong number of arguments for 'cluster' command\r\n
        > CLUSTER NODES
        -ERR This instance has cluster support disabled\r\n
        > CLUSTER FOO
        -ERR unknown subcommand 'FOO'. Try CLUSTER HELP.\r\n
        > CLUSTER INFO a
        -ERR wrong number of arguments for 'cluster|info' command\r\n
        > CLUSTER SLOTS
        -ERR This instance has cluster support disabled\r\n
        > CLUSTER MYID
        -ERR This instance has cluster support disabled\r\n
        > CLUSTER KEYSLOT a
        -ERR This instance has cluster support disabled\r\n
        > CLUSTER SHARDS
        -ERR This instance has cluster support disabled\r\n
        > TIME a
        -ERR wrong number of arguments for 'time' command\r\n
        > DEBUG
        -ERR wrong number of arguments for 'debug' command\r\n
        > INFO foo
        $0\r\n\r\n
        > FLUSHALL
        +OK\r\n
        > INFO keyspace
        $12\r\n# Keyspace\r\n\r\n
        """);
}
