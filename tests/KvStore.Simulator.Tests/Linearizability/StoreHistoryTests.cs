using KvStore.Simulator.Linearizability;
using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Commands as a simulation records them.</summary>
public sealed class StoreHistoryTests
{
    private static readonly KeyReply Null = KeyReply.Null;
    private static readonly KeyReply Ok = KeyReply.Ok;

    private StoreHistory _history = new();

    [Fact]
    public void Commands_of_all_kinds_on_several_keys_are_linearizable_when_they_are_right()
    {
        Do(0, "SET a 5", Ok);
        Do(0, "INCRBY a 3", KeyReply.Of(8));
        Do(0, "APPEND a x", KeyReply.Of(2));
        Do(0, "INCR a", KeyReply.Error("ERR value is not an integer or out of range"));
        Do(0, "GETDEL a", KeyReply.Of("8x"));
        Do(0, "GET a", Null);
        Do(0, "SETNX b v", KeyReply.Of(1));
        Do(0, "EXPIRE b 100", KeyReply.Of(1));
        Do(0, "TTL b", KeyReply.Of(99));
        Do(0, "PERSIST b", KeyReply.Of(1));
        Do(0, "TTL b", KeyReply.Of(-1));
        Do(0, "DEL b", KeyReply.Of(1));
        Check().Verdict.ShouldBe(Verdict.Linearizable);
        _history.Count.ShouldBe(12);
    }

    [Fact]
    public void A_client_that_goes_on_in_the_instant_of_its_reply_comes_after_it()
    {
        Do(5, "SET a 1", Ok);
        Do(5, "GET a", Null);
        var report = Check();
        report.Verdict.ShouldBe(Verdict.Violation);
        report.Explanation.ShouldContain("[5 ms, 5 ms] client 0: get gave nil; the reply would be \"1\"");
    }

    [Fact]
    public void Two_increments_at_once_do_not_give_the_same_number()
    {
        var one = Call(0, "INCR a");
        var other = Call(1, "INCR a");
        _history.Return(one, KeyReply.Of(1), 2);
        _history.Return(other, KeyReply.Of(1), 3);
        Check().Verdict.ShouldBe(Verdict.Violation);
    }

    [Fact]
    public void A_command_that_was_lost_or_never_answered_may_have_been_executed()
    {
        _history.Lose(Call(0, "APPEND a x"));
        _ = Call(0, "APPEND a y");
        Do(1, "GET a", KeyReply.Of("yx"));
        Check().Verdict.ShouldBe(Verdict.Linearizable);
    }

    [Fact]
    public void A_command_that_was_refused_has_not_been_executed()
    {
        _history.Fail(Call(0, "APPEND a x"));
        Do(1, "GET a", KeyReply.Of("x"));
        Check().Verdict.ShouldBe(Verdict.Violation);
    }

    [Fact]
    public void A_key_is_there_until_its_time_comes()
    {
        Do(0, "SET a 1 PX 100", Ok);
        Do(99, "GET a", Null);
        Do(200, "GET a", Null);
        Check().Verdict.ShouldBe(Verdict.Violation);
    }

    [Fact]
    public void A_key_may_be_gone_from_then_on()
    {
        Do(0, "SET a 1 PX 100", Ok);
        Do(99, "GET a", KeyReply.Of("1"));
        Do(100, "GET a", Null);
        Check().Verdict.ShouldBe(Verdict.Linearizable);
    }

    [Fact]
    public void A_key_may_go_earlier_by_as_much_as_clocks_differ()
    {
        _history = new StoreHistory(earlyMs: 20);
        Do(0, "SET a 1 PX 100", Ok);
        Do(80, "GET a", Null);
        Check().Verdict.ShouldBe(Verdict.Linearizable);
    }

    [Fact]
    public void A_key_that_is_gone_does_not_come_back()
    {
        Do(0, "SET a 1 PX 100", Ok);
        Do(100, "GET a", Null);
        Do(101, "GET a", KeyReply.Of("1"));
        Check().Verdict.ShouldBe(Verdict.Violation);
    }

    [Fact]
    public void A_key_is_gone_when_its_window_is_over()
    {
        _history = new StoreHistory(earlyMs: 10, lateMs: 10);
        Do(0, "SET a 1 PX 100", Ok);
        Do(110, "GET a", KeyReply.Of("1"));
        Check().Verdict.ShouldBe(Verdict.Linearizable);
        Do(111, "GET a", KeyReply.Of("1"));
        Check().Verdict.ShouldBe(Verdict.Violation);
    }

    [Fact]
    public void The_window_counts_from_the_call_to_the_return_of_what_set_it()
    {
        _history = new StoreHistory(lateMs: 0);
        Do(0, "SET a 1", Ok);
        var expire = Call(0, "PEXPIRE a 100", at: 10);
        _history.Return(expire, KeyReply.Of(1), 50);
        Do(150, "GET a", KeyReply.Of("1"));
        Check().Verdict.ShouldBe(Verdict.Linearizable);
        Do(151, "GET a", KeyReply.Of("1"));
        Check().Verdict.ShouldBe(Verdict.Violation);
    }

    [Fact]
    public void Nothing_lapses_after_its_expiry_was_taken_away_or_replaced()
    {
        _history = new StoreHistory(lateMs: 0);
        Do(0, "SET a 1 PX 100", Ok);
        Do(1, "PERSIST a", KeyReply.Of(1));
        Do(2, "SET b 1 PX 100", Ok);
        Do(3, "SET b 2", Ok);
        Do(4, "SET c 1 PX 100", Ok);
        Do(5, "SET c 2 KEEPTTL", Ok);
        Do(200, "GET a", KeyReply.Of("1"));
        Do(200, "GET b", KeyReply.Of("2"));
        Check().Verdict.ShouldBe(Verdict.Linearizable);
        Do(200, "GET c", KeyReply.Of("2"));
        var report = Check();
        report.Verdict.ShouldBe(Verdict.Violation);
        report.Key.ShouldBe("c");
        report.Explanation.ShouldContain("the store: lapse (expiry #5)");
    }

    [Fact]
    public void A_time_that_has_passed_takes_the_key_away_at_once()
    {
        _history = new StoreHistory(lateMs: 0);
        Do(1000, "SET a 1", Ok);
        Do(1000, "PEXPIREAT a 500", KeyReply.Of(1));
        Do(1000, "GET a", Null);
        Do(2000, "SET b 1", Ok);
        Do(2000, "EXPIRE b -1", KeyReply.Of(1));
        Do(2001, "SET b 2 NX", Ok);
        Check().Verdict.ShouldBe(Verdict.Linearizable);
    }

    [Fact]
    public void An_expiry_of_unknown_outcome_may_come_as_late_as_the_command_that_set_it()
    {
        _history = new StoreHistory(lateMs: 0);
        Do(0, "SET a 1", Ok);
        _history.Lose(Call(1, "PEXPIRE a 100"));
        Do(500, "GET a", KeyReply.Of("1"));
        Do(600, "GET a", Null);
        Check().Verdict.ShouldBe(Verdict.Linearizable);
    }

    [Fact]
    public void What_can_not_be_judged_is_not_recorded_and_time_does_not_go_back()
    {
        Should.Throw<NotSupportedException>(() => Call(0, "KEYS *", at: 9));
        _history.Count.ShouldBe(0);
        Do(9, "GET a", Null);
        Should.Throw<ArgumentOutOfRangeException>(() => Call(0, "GET a", at: 8));
        var ticket = Call(0, "GET a", at: 9);
        _history.Lose(ticket);
        Should.Throw<InvalidOperationException>(() => _history.Return(ticket, Null, 9));
    }

    private CheckReport Check() => _history.Check();

    private int Call(int client, string line, long at = 1) => _history.Call(client, line.Split(' '), at);

    private void Do(long at, string line, KeyReply reply) => _history.Return(Call(0, line, at), reply, at);
}
