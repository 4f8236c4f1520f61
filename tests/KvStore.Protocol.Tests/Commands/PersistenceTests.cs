using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Commands;

public sealed class PersistenceTests
{
    private readonly TestStore _store = new();

    private TestData Data => _store.Facts.Data;

    // Replies of redis-server 7.0.15.
    [Fact]
    public void Replies_are_those_of_Redis() => new CommandScript().Run(
        """
        > SAVE x
        -ERR wrong number of arguments for 'save' command\r\n
        > BGSAVE FOO
        -ERR syntax error\r\n
        > BGSAVE SCHEDULE X
        -ERR syntax error\r\n
        > LASTSAVE
        :1795000000\r\n
        > LASTSAVE X
        -ERR wrong number of arguments for 'lastsave' command\r\n
        > BGSAVE
        +Background saving started\r\n
        > BGSAVE
        -ERR Background save already in progress\r\n
        > BGSAVE SCHEDULE
        -ERR Background save already in progress\r\n
        > SAVE
        -ERR Background save already in progress\r\n
        > COMMAND INFO save
        *1\r\n*10\r\n$4\r\nsave\r\n:1\r\n*4\r\n+admin\r\n+noscript\r\n+no_async_loading\r\n+no_multi\r\n:0\r\n:0\r\n:0\r\n*3\r\n+@admin\r\n+@slow\r\n+@dangerous\r\n*0\r\n*0\r\n*0\r\n
        > COMMAND INFO bgsave
        *1\r\n*10\r\n$6\r\nbgsave\r\n:-1\r\n*3\r\n+admin\r\n+noscript\r\n+no_async_loading\r\n:0\r\n:0\r\n:0\r\n*3\r\n+@admin\r\n+@slow\r\n+@dangerous\r\n*0\r\n*0\r\n*0\r\n
        """);

    [Fact]
    public void SAVE_answers_when_its_snapshot_has_ended_and_not_before()
    {
        _store.Send("PING\nSAVE\n").ShouldBeEmpty();
        _store.Resume().ShouldBeEmpty();
        _store.Session.Waiting.ShouldNotBeNull();
        Data.EndSnapshot();
        _store.Resume().ShouldBe("PONG\nOK\n");
        Data.Requests.ShouldBe(["snapshot"]);
        _store.Session.Waiting.ShouldBeNull();
    }

    [Fact]
    public void What_stands_behind_a_command_that_waits_waits_with_it()
    {
        _store.Send("SET a 1\nSAVE\nSET a 2\nGET a\n" + TestStore.Encode("GET", "a")).ShouldBeEmpty();
        _store.Resp("GET", "a").ShouldBeEmpty();
        _store.Replica.TryGet("a"u8, out var entry).ShouldBeTrue();
        entry.Value.SequenceEqual("1"u8).ShouldBeTrue();
        Data.EndSnapshot();
        _store.Resume().ShouldBe("OK\nOK\nOK\n2\n$1\r\n2\r\n$1\r\n2\r\n");
    }

    [Fact]
    public void Commands_that_wait_one_behind_the_other_each_get_their_own()
    {
        _store.Send("SAVE\nSAVE\nQUIT\nGET a\n").ShouldBeEmpty();
        Data.EndSnapshot();
        _store.Resume().ShouldBeEmpty();
        Data.Requests.ShouldBe(["snapshot", "snapshot"]);
        Data.EndSnapshot("no space left on device");
        _store.Resume().ShouldBe("OK\nERR no space left on device\nOK\n");
        _store.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_snapshot_that_ends_at_once_makes_nobody_wait()
    {
        Data.Refusal = "this node keeps no files: kv.durability = off";
        _store.Send("SAVE\nBGSAVE\nPING\n").ShouldBe(
            "ERR this node keeps no files: kv.durability = off\nERR this node keeps no files: kv.durability = off\nPONG\n");
        _store.Session.Waiting.ShouldBeNull();
    }

    [Fact]
    public void A_command_that_waits_is_counted_once_and_shows_in_INFO_and_CLIENT_LIST()
    {
        _store.Send("SAVE\n");
        _store.Resume();
        var other = new ClientSession(4, "10.0.0.9:5001", "10.0.0.1:6100", TestStore.StartMs);
        _store.SendAs(other, "INFO clients\n").ShouldContain("blocked_clients:1\n");
        _store.SendAs(other, "CLIENT LIST\n").ShouldContain(" flags=b ");
        Data.EndSnapshot();
        _store.Resume();
        _store.SendAs(other, "INFO clients\n").ShouldContain("blocked_clients:0\n");
        _store.Executor.Counters.Processed.ShouldBe(4);
    }

    [Fact]
    public void A_command_that_fails_when_it_goes_on_gets_one_error_and_waits_no_more()
    {
        _store.Send("SAVE\nPING\n");
        Data.OnCompleted = static () => throw new InvalidOperationException("boom");
        _store.Resume().ShouldBe("ERR internal error\nPONG\n");
        _store.Session.Waiting.ShouldBeNull();
    }

    [Fact]
    public void Output_that_is_full_before_a_command_that_waits_leaves_first()
    {
        using var store = new TestStore(new RequestLimits { MaxOutputBytes = 10_000 });
        store.Resp("SET", "k", new string('v', 12_000));
        store.Send("GET k\nSAVE\nPING\n").Length.ShouldBe(12_001);
        store.Facts.Data.EndSnapshot();
        store.Resume().ShouldBe("OK\nPONG\n");
    }

    [Fact]
    public void Writes_that_are_refused_change_nothing_and_reads_go_on()
    {
        _store.Send("SET a 1\n");
        _store.Facts.WriteRefusal = "MISCONF the disk is full: 0 bytes are free in /data";
        foreach (var write in (string[])["SET a 2", "DEL a", "INCR a", "EXPIRE a 1", "FLUSHALL", "MSET a 2 b 3", "PUT a 2", "GETDEL a"])
            _store.Send(write + "\n").ShouldBe("ERR MISCONF the disk is full: 0 bytes are free in /data\n", write);
        _store.Resp("SET", "a", "2").ShouldBe("-MISCONF the disk is full: 0 bytes are free in /data\r\n");
        _store.Send("SET a\nGET a\nPING\nDBSIZE\n").ShouldBe("ERR wrong number of arguments for 'set' command\n1\nPONG\n1\n");
        _store.Facts.WriteRefusal = null;
        _store.Send("INCR a\n").ShouldBe("2\n");
    }

    [Fact]
    public void INFO_has_the_fields_that_monitoring_reads()
    {
        _store.Send("INFO persistence\n").ShouldBe(
            "# Persistence\nloading:0\nasync_loading:0\nrdb_changes_since_last_save:0\nrdb_bgsave_in_progress:0\nrdb_last_save_time:1795000000\n"
            + "rdb_last_bgsave_status:ok\nrdb_last_bgsave_time_sec:-1\nrdb_current_bgsave_time_sec:-1\nrdb_saves:0\naof_enabled:0\naof_last_write_status:ok\n\n");
        Data.Persistence = new PersistenceFacts
        {
            HasLog = true, LogFailure = "no space", LogBytes = 77, ChangesSinceSnapshot = 5, LastSnapshotMs = 2500, RunningSnapshotMs = 1000,
        };
        Data.EndSnapshot("no space");
        Data.IsSnapshotRunning = true;
        var info = _store.Send("INFO persistence\n");
        foreach (var field in (string[])["rdb_changes_since_last_save:5", "rdb_bgsave_in_progress:1", "rdb_last_bgsave_status:err", "rdb_last_bgsave_time_sec:2",
            "rdb_current_bgsave_time_sec:1", "rdb_saves:1", "aof_enabled:1", "aof_last_write_status:err", "aof_current_size:77"])
            info.ShouldContain(field + "\n");
    }
}
