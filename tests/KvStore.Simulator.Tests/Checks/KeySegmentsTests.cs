using KvStore.Simulator.Checks;
using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Tests.Checks;

/// <summary>A long history of one key, checked piece by piece: no piece is passed over, and none is judged by what came before it.</summary>
public sealed class KeySegmentsTests
{
    private const int Calls = 2_000;

    [Fact]
    public void A_history_in_order_is_checked_from_end_to_end()
    {
        var segments = new KeySegments("k", History(), 0, earlyMs: 0);

        segments.Check().ShouldBeNull();
        segments.Checked.ShouldBeGreaterThanOrEqualTo(Calls);
        segments.Undecided.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1_999)]
    public void A_wrong_read_is_found_wherever_it_is(int at)
    {
        var calls = History();
        calls[at] = calls[at] with { Reply = KeyReply.Of("w") };

        new KeySegments("k", calls, 0, earlyMs: 0).Check().ShouldNotBeNull();
    }

    [Fact]
    public void A_write_that_nobody_knows_the_end_of_may_show_long_after()
    {
        var calls = History();
        calls[10] = calls[10] with { Return = null };
        calls[11] = calls[11] with { Reply = KeyReply.Of("v8") };
        calls[1_501] = calls[1_501] with { Reply = KeyReply.Of("v10") };

        new KeySegments("k", calls, 0, earlyMs: 0).Check().ShouldBeNull();
    }

    // Writes at even places, and reads of them at odd ones.
    private static List<KeyCall> History() => [.. Enumerable.Range(0, Calls).Select(static i => i % 2 == 0
        ? new KeyCall(1, ["SET", "k", $"v{i}"], At(i), At(i + 0.5), KeyReply.Ok)
        : new KeyCall(1, ["GET", "k"], At(i), At(i + 0.5), KeyReply.Of($"v{i - 1}")))];

    private static TimeSpan At(double i) => TimeSpan.FromMilliseconds(10 * i);
}
