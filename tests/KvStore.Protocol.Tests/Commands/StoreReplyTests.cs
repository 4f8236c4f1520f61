using KvStore.Core.Replication;

namespace KvStore.Protocol.Tests.Commands;

/// <summary>Where the store speaks for itself: its own fields, its limits, and what Redis does not do.</summary>
public sealed class StoreReplyTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void HELLO_switches_the_connection_and_tells_who_answers()
    {
        const string rest = "$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:{0}\r\n$2\r\nid\r\n:3\r\n"
            + "$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";
        _store.Resp("HELLO").ShouldBe("*14\r\n" + string.Format(rest, 2));
        _store.Resp("HELLO", "3", "AUTH", "default", "any", "SETNAME", "me").ShouldBe("%7\r\n" + string.Format(rest, 3));
        _store.Resp("GET", "nope").ShouldBe("_\r\n");
        _store.Resp("MGET", "nope").ShouldBe("*1\r\n_\r\n");
        _store.Resp("COMMAND", "INFO", "nope").ShouldBe("*1\r\n_\r\n");
        _store.Resp("CONFIG", "GET", "save").ShouldBe("%1\r\n$4\r\nsave\r\n$0\r\n\r\n");
        _store.Resp("INFO", "nope").ShouldBe("=4\r\ntxt:\r\n");
        _store.Resp("CLIENT", "GETNAME").ShouldBe("$2\r\nme\r\n");
        _store.Resp("HELLO", "2").ShouldStartWith("*14\r\n");
        _store.Resp("GET", "nope").ShouldBe("$-1\r\n");
    }

    [Fact]
    public void INFO_names_the_replicas_that_deletions_wait_for_and_for_how_long_they_are_away()
    {
        var replica = _store.Replica;
        replica.MemberUp(replica.Member);
        replica.Tick();
        var registry = replica.Registry;
        foreach (var (name, store) in (ReadOnlySpan<(string, ulong)>)[("n3", 90), ("n2", 80)])
            registry = registry.With(new RegisteredReplica(store, name, store + 1, 5, Donor: replica.Store, Durable: true, Complete: true, Forgotten: false));
        replica.Receive(new RegistryUpdate(91, registry));
        _store.Send("INFO replication\n").ShouldContain("\nreplicas_awaited_for_collection:\n", customMessage: "nothing was deleted");

        _store.Send("SET k v\nDEL k\n").ShouldBe("OK\n1\n");
        replica.Advance(TestStore.StartMs + 3_600_000);
        _store.Send("INFO replication\n").ShouldContain("\nreplicas_awaited_for_collection:n2=3600,n3=3600\n");
    }

    [Fact]
    public void While_loading_only_what_needs_no_data_is_answered()
    {
        const string loading = "-LOADING KvStore is loading the dataset in memory\r\n";
        _store.Facts.Loading = true;
        foreach (var command in (string[])["PING", "GET a", "SET a 1", "DBSIZE", "KEYS *", "FLUSHALL", "MGET a"])
            _store.Resp(command.Split(' ')).ShouldBe(loading, command);
        _store.Send("GET a\n").ShouldBe("ERR LOADING KvStore is loading the dataset in memory\n");
        foreach (var command in (string[])["INFO", "HELLO", "CLIENT ID", "COMMAND COUNT", "CONFIG GET save", "CLUSTER INFO", "ECHO a", "TIME", "QUIT"])
            _store.Resp(command.Split(' ')).ShouldNotStartWith("-", Case.Sensitive, command);
        _store.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void INFO_has_the_fields_that_monitoring_reads()
    {
        _store.Send("SET a 1\nSET b 1 EX 100\nGET a\nGET nope\n");
        var info = _store.Resp("INFO");
        foreach (var field in (string[])
            ["# Server", "redis_version:7.0.15", "kvstore_version:0.1.0", "redis_mode:standalone", "process_id:42", "tcp_port:6100",
             "run_id:0123456789abcdef0123456789abcdef01234567", "uptime_in_seconds:90000", "uptime_in_days:1", "# Clients", "connected_clients:1",
             "used_memory:1000000", "used_memory_rss:2000000", "maxmemory:0", "loading:0", "total_connections_received:5",
             "total_commands_processed:5", "keyspace_hits:1", "keyspace_misses:1", "evicted_keys:0", "maxmemory_policy:noeviction", "role:master", "mutations_published:2",
             "mutations_received:0", "mutations_applied:0", "digest_mismatches:0", "suspect_slots:0", "suspect_slots_repaired:0", "rotten_entries:0", "cluster_enabled:0", "db0:keys=2,expires=1,avg_ttl=0"])
            info.ShouldContain(field + "\r\n");
        _store.Resp("INFO", "KEYSPACE").ShouldBe("$44\r\n# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=0\r\n\r\n");
    }

    [Fact]
    public void TIME_and_CLUSTER_INFO_and_CLIENT_say_what_the_server_knows()
    {
        _store.Resp("TIME").ShouldBe("*2\r\n$10\r\n1795000000\r\n$6\r\n123456\r\n");
        _store.Send("CLUSTER INFO\n").ShouldBe(
            "cluster_enabled:0\ncluster_state:ok\ncluster_known_nodes:2\n"
            + "member0:name=node-1,address=127.0.0.1:4053,status=up,reachable=1\n"
            + "member1:name=node-2,address=127.0.0.1:4054,status=up,reachable=0\n\n");
        _store.Resp("CLIENT", "ID").ShouldBe(":3\r\n");
        _store.Resp("CLIENT", "SETINFO", "LIB-NAME", "redis-py").ShouldBe("+OK\r\n");
        _store.Resp("CLIENT", "SETINFO", "lib-ver", "5.0").ShouldBe("+OK\r\n");
        _store.Resp("CLIENT", "SETINFO", "lib-ver", "5 0").ShouldStartWith("-ERR lib-ver cannot contain spaces");
        _store.Resp("CLIENT", "SETINFO", "foo", "5").ShouldBe("-ERR Unrecognized option 'foo'\r\n");
        _store.Replica.Advance(TestStore.StartMs + 2000);
        _store.Send("CLIENT LIST ID 3\n").ShouldBe(
            "id=3 addr=10.0.0.9:5000 laddr=10.0.0.1:6100 name= age=2 idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 events=r "
            + "cmd=client|list user=default redir=-1 resp=2 lib-name=redis-py lib-ver=5.0\n\n");
    }

    [Fact]
    public void DEBUG_DIGEST_is_forty_hexadecimal_digits_and_changes_with_the_data()
    {
        var empty = _store.Resp("DEBUG", "DIGEST");
        empty.ShouldMatch("^\\+[0-9a-f]{40}\r\n$");
        _store.Resp("SET", "a", "1");
        _store.Resp("DEBUG", "DIGEST").ShouldNotBe(empty);
        _store.Resp("DEBUG", "SLEEP", "1").ShouldBe(
            "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP.\r\n");
    }

    [Fact]
    public void Settings_are_read_only_and_come_from_the_node_first()
    {
        _store.Facts.Settings["maxmemory"] = "100";
        _store.Resp("CONFIG", "GET", "maxmem*ry").ShouldBe("*2\r\n$9\r\nmaxmemory\r\n$3\r\n100\r\n");
        _store.Resp("CONFIG", "SET", "maxmemory", "1").ShouldBe(
            "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - can't set immutable config\r\n");
    }

    [Fact]
    public void SCAN_finds_every_key_once_it_comes_back_to_zero()
    {
        for (var i = 0; i < 500; i++)
            _store.Resp("SET", $"k{i}", "v");
        var found = new HashSet<string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var lines = _store.Send($"SCAN {cursor} COUNT 7\n").Split('\n');
            cursor = lines[0];
            found.UnionWith(lines[1..^2]);
        }
        while (cursor != "0");
        found.Count.ShouldBe(500);
        _store.Send("KEYS k12?\n").Split('\n').Length.ShouldBe(12);
    }

    [Fact]
    public void Every_command_of_the_table_answers_a_wrong_arity_with_its_name()
    {
        foreach (var spec in KvStore.Protocol.Commands.CommandTable.Default.All)
        {
            var count = spec.Arity > 0 ? spec.Arity + 1 : -spec.Arity - 1;
            if (count < 1)
                continue;
            var words = Enumerable.Repeat("x", count).ToArray();
            words[0] = spec.Name;
            if (spec.Subcommands.Count == 0 || count == 1)
                _store.Resp(words).ShouldBe($"-ERR wrong number of arguments for '{spec.Name}' command\r\n");
        }
    }

    [Fact]
    public void An_expired_key_is_absent_to_every_command()
    {
        _store.Resp("SET", "k", "5", "PX", "10");
        _store.Replica.Advance(TestStore.StartMs + 10);
        _store.Send("GET k\nEXISTS k\nSTRLEN k\nTTL k\nTYPE k\nKEYS *\nGETDEL k\nDEL k\nPERSIST k\n")
            .ShouldBe("(nil)\n0\n0\n-2\nnone\n\n(nil)\n0\n0\n");
        _store.Send("APPEND k a\nTTL k\n").ShouldBe("1\n-1\n");
        _store.Send("SET n 9 PX 5\n");
        _store.Replica.Advance(TestStore.StartMs + 20);
        _store.Send("INCR n\nTTL n\nSET m 1 PX 5\n").ShouldBe("1\n-1\nOK\n");
        _store.Replica.Advance(TestStore.StartMs + 30);
        _store.Send("SET m 2 KEEPTTL\nTTL m\n").ShouldBe("OK\n-1\n");
    }
}
