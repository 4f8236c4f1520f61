using KvStore.Cli.Verify;

namespace KvStore.Cli.Tests.Verify;

public sealed class SlotComparisonTests
{
    private readonly SlotComparison _comparison = new();

    [Fact]
    public void One_look_never_says_that_slots_differ()
    {
        _comparison.Add(Look((5, "a", "b")));
        _comparison.Differing.ShouldBeEmpty();
        _comparison.IsIdentical.ShouldBeFalse();
    }

    [Fact]
    public void A_slot_that_differs_in_the_same_way_twice_differs()
    {
        _comparison.Add(Look((5, "a", "b"), (3, "x", "y"), (9, "p", "q")));
        _comparison.Add(Look((5, "a", "b"), (3, "x", "z"), (9, "p", "q")));
        _comparison.Differing.ShouldBe([5, 9]);
    }

    [Fact]
    public void Slots_that_were_each_the_same_once_are_identical_though_never_all_at_once()
    {
        _comparison.Add(Look((5, "a", "b"), (3, "x", "y")));
        _comparison.Add(Look((5, "c", "d"), (7, "n", "m")));
        _comparison.Open.ShouldBe(1);
        _comparison.IsIdentical.ShouldBeFalse();
        _comparison.Add(Look((3, "x", "y"), (7, "n", "o")));
        _comparison.IsIdentical.ShouldBeTrue();
    }

    [Fact]
    public void A_slot_that_changes_from_look_to_look_stays_open()
    {
        for (var look = 0; look < 5; look++)
            _comparison.Add(Look((5, $"a{look}", $"b{look}")));
        _comparison.IsIdentical.ShouldBeFalse();
        _comparison.Differing.ShouldBeEmpty();
    }

    private static Dictionary<int, string[]> Look(params (int Slot, string First, string Second)[] unequal) =>
        unequal.ToDictionary(static u => u.Slot, static u => new[] { u.First, u.Second });
}
