using KvStore.Simulator.Linearizability;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Which configurations count as visited.</summary>
public sealed class VisitedSetTests
{
    private const ulong Known = 0b11;

    private readonly VisitedSet<string> _visited = new(knownWords: 1, unknownWords: 1);

    [Fact]
    public void One_is_visited_once_for_each_state_and_for_each_set_of_known_operations()
    {
        Add(Known, 0, "a").ShouldBeTrue();
        Add(Known, 0, "a").ShouldBeFalse();
        Add(Known, 0, "b").ShouldBeTrue();
        Add(Known >> 1, 0, "a").ShouldBeTrue();
        _visited.Count.ShouldBe(3);
    }

    [Fact]
    public void One_that_has_used_up_more_of_unknown_outcome_can_do_nothing_new()
    {
        Add(Known, 0b001, "a").ShouldBeTrue();
        Add(Known, 0b011, "a").ShouldBeFalse();
    }

    [Fact]
    public void One_that_has_used_up_less_or_others_of_unknown_outcome_can()
    {
        Add(Known, 0b011, "a").ShouldBeTrue();
        Add(Known, 0b001, "a").ShouldBeTrue();
        Add(Known, 0b100, "a").ShouldBeTrue();
    }

    [Fact]
    public void All_are_still_known_when_the_set_has_grown()
    {
        for (var i = 0; i < 200; i++)
            Add((ulong)i, 0, "a").ShouldBeTrue();
        for (var i = 0; i < 200; i++)
            Add((ulong)i, 0, "a").ShouldBeFalse();
    }

    // One hash for all: the bits decide.
    private bool Add(ulong known, ulong unknown, string state) => _visited.Add([known, unknown], 0, state);
}
