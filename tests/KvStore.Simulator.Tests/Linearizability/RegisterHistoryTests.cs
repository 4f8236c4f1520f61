using KvStore.Simulator.Linearizability;
using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Histories of one register, each small enough to be judged by eye.</summary>
public sealed class RegisterHistoryTests
{
    private readonly History<RegisterCall, RegisterReply> _history = new();
    private int _client;

    [Fact]
    public void Nothing_at_all_is_linearizable() => Verdict().ShouldBe(Linearizable);

    [Fact]
    public void A_read_behind_a_write_finds_it()
    {
        Write(1, from: 1, to: 2);
        Read(1, from: 3, to: 4);
        Verdict().ShouldBe(Linearizable);
    }

    [Fact]
    public void A_read_behind_a_write_does_not_find_what_was_before()
    {
        Write(1, from: 1, to: 2);
        Read(null, from: 3, to: 4);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void A_read_during_a_write_finds_either()
    {
        Write(1, from: 1, to: 6);
        Read(null, from: 2, to: 3);
        Read(1, from: 4, to: 5);
        Verdict().ShouldBe(Linearizable);
    }

    [Fact]
    public void A_value_that_was_found_is_not_lost_again_while_its_write_goes_on()
    {
        Write(1, from: 1, to: 6);
        Read(1, from: 2, to: 3);
        Read(null, from: 4, to: 5);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void What_happens_in_one_instant_is_concurrent()
    {
        Write(1, from: 1, to: 2);
        Read(null, from: 2, to: 3);
        Verdict().ShouldBe(Linearizable);
    }

    [Fact]
    public void Two_reads_can_not_disagree_on_the_order_of_two_writes()
    {
        Write(1, from: 1, to: 4);
        Write(2, from: 1, to: 4);
        Read(1, from: 5, to: 6);
        Read(2, from: 7, to: 8);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void Of_two_that_compare_with_one_value_only_one_sets()
    {
        Write(0, from: 1, to: 2);
        CompareAndSet(0, 1, isDone: true, from: 3, to: 6);
        CompareAndSet(0, 2, isDone: true, from: 3, to: 6);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void A_refused_compare_and_set_has_seen_another_value()
    {
        Write(0, from: 1, to: 2);
        CompareAndSet(0, 1, isDone: false, from: 3, to: 4);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void A_write_of_unknown_outcome_may_take_effect_long_after()
    {
        LoseWrite(1, from: 1);
        Read(null, from: 2, to: 3);
        Write(2, from: 4, to: 5);
        Read(2, from: 6, to: 7);
        Read(1, from: 8, to: 9);
        Verdict().ShouldBe(Linearizable);
    }

    [Fact]
    public void A_write_of_unknown_outcome_may_never_take_effect()
    {
        LoseWrite(1, from: 1);
        Write(2, from: 2, to: 3);
        Read(2, from: 4, to: 5);
        Verdict().ShouldBe(Linearizable);
    }

    [Fact]
    public void A_write_of_unknown_outcome_does_not_take_effect_before_its_call()
    {
        Read(1, from: 1, to: 2);
        LoseWrite(1, from: 3);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void A_write_of_unknown_outcome_takes_effect_only_once()
    {
        LoseWrite(1, from: 1);
        Read(1, from: 2, to: 3);
        Write(2, from: 4, to: 5);
        Read(1, from: 6, to: 7);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void Two_writes_of_unknown_outcome_of_the_same_value_take_effect_twice()
    {
        LoseWrite(1, from: 1);
        LoseWrite(1, from: 2);
        Read(1, from: 3, to: 4);
        Write(2, from: 5, to: 6);
        Read(1, from: 7, to: 8);
        Verdict().ShouldBe(Linearizable);
    }

    [Fact]
    public void A_failed_write_is_found_by_nobody()
    {
        _history.Fail(_history.Call(_client++, "r", new RegisterCall(RegisterVerb.Write, 1), 1));
        Read(1, from: 2, to: 3);
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void One_key_that_is_wrong_is_named_among_others_that_are_right()
    {
        Write(1, from: 1, to: 2);
        _history.Add("other", new(7, new RegisterCall(RegisterVerb.Read), new RegisterReply(IsDone: true, 1), 3, 4, Outcome.Ok));
        var report = Check();
        report.Verdict.ShouldBe(Violation);
        report.Key.ShouldBe("other");
    }

    [Fact]
    public void A_violation_is_explained_by_the_longest_order_and_by_what_can_not_follow_it()
    {
        Write(1, from: 1, to: 2);
        LoseWrite(5, from: 2);
        Read(2, from: 3, to: 4);
        Write(9, from: 5, to: 6);
        Check().Explanation.ShouldBe(
            """
            key r: 1 of 4 operations can be put in an order, not all
            the order is
              [1, 2] client 0: write 1 gave 1
            state: 1
            then one of these would have to follow, the first to return by 4
              [2, …] client 1: write 5, outcome unknown
              [3, 4] client 2: read gave 2; the reply would be 1

            """);
    }

    [Fact]
    public void An_explanation_is_short_however_long_the_history()
    {
        for (var i = 0; i < 1000; i++)
            Write(i, from: i * 2, to: (i * 2) + 1);
        for (var i = 0; i < 1000; i++)
            Read(-1, from: 5000, to: 6000);
        var report = Check();
        report.Verdict.ShouldBe(Violation);
        report.Explanation.Split('\n').Length.ShouldBeLessThan((2 * Explanation.MaxOperations) + 10);
    }

    [Fact]
    public void A_search_without_an_end_in_sight_is_left_undecided()
    {
        // Each subset of the increments-by-compare leads somewhere else, and none explains the read.
        for (var i = 0; i < 40; i++)
            _history.Add("r", new(i, new RegisterCall(RegisterVerb.CompareAndSet, i + 1, i / 2), default, 0, Operation<RegisterCall, RegisterReply>.Never, Outcome.Unknown));
        Write(0, from: 1, to: 2);
        Read(-1, from: 3, to: 4);
        var report = Check(maxConfigurations: 20);
        report.Verdict.ShouldBe(KvStore.Simulator.Linearizability.Verdict.Undecided);
        report.Configurations.ShouldBe(20);
        report.Explanation.ShouldContain("key r");
        Verdict().ShouldBe(Violation);
    }

    [Fact]
    public void A_long_history_with_many_lost_writes_takes_work_in_proportion()
    {
        // Each write overlaps those beside it; every tenth is lost, half of those after it took effect.
        const int operations = 10_000;
        for (var i = 0L; i < operations; i++)
        {
            if (i % 10 == 9)
            {
                LoseWrite(-i, from: i * 3);
                if (i % 20 == 19)
                    Read(-i, from: (i * 3) + 1, to: (i * 3) + 2);
            }
            else
            {
                Write(i, from: (i * 3) - 1, to: (i * 3) + 3);
            }
        }
        var report = Check();
        report.Verdict.ShouldBe(Linearizable);
        report.Configurations.ShouldBeLessThan(operations * 4);
    }

    private const Verdict Linearizable = KvStore.Simulator.Linearizability.Verdict.Linearizable;
    private const Verdict Violation = KvStore.Simulator.Linearizability.Verdict.Violation;

    private Verdict Verdict() => Check().Verdict;

    private CheckReport Check(int maxConfigurations = Checker.DefaultMaxConfigurations) =>
        Checker.Check<RegisterModel, long?, RegisterCall, RegisterReply>(default, _history, maxConfigurations);

    private void Write(long value, long from, long to) =>
        Add(new RegisterCall(RegisterVerb.Write, value), new RegisterReply(IsDone: true, value), from, to);

    private void Read(long? value, long from, long to) =>
        Add(new RegisterCall(RegisterVerb.Read), new RegisterReply(IsDone: true, value), from, to);

    private void CompareAndSet(long expected, long value, bool isDone, long from, long to) =>
        Add(new RegisterCall(RegisterVerb.CompareAndSet, value, expected), new RegisterReply(isDone, isDone ? value : null), from, to);

    private void Add(RegisterCall call, RegisterReply reply, long from, long to) =>
        _history.Add("r", new(_client++, call, reply, from, to, Outcome.Ok));

    private void LoseWrite(long value, long from) => _history.Add(
        "r", new(_client++, new RegisterCall(RegisterVerb.Write, value), default, from, Operation<RegisterCall, RegisterReply>.Never, Outcome.Unknown));
}
