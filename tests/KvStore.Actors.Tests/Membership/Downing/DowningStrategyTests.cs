using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Tests.Membership.Downing;

/// <summary>
/// Each line is a split and whom its sides mark as Down. The sides agree where both name the same members: then exactly one part
/// is left, or none.
/// </summary>
public sealed class DowningStrategyTests
{
    [Theory]
    [InlineData("1 2 | 3", "3 | 3")]
    [InlineData("1 | 2 3", "1 | 1")]
    [InlineData("1 2 3 | 4 5", "4 5 | 4 5")]
    [InlineData("1 2 | 3 4 5", "1 2 | 1 2")]
    [InlineData("1 2 | 3 4", "3 4 | 3 4")]
    [InlineData("1 4 | 2 3", "2 3 | 2 3")]
    [InlineData("1 | 2", "2 | 2")]
    [InlineData("1 | 2 | 3", "1 | 2 | 3")]
    [InlineData("1 2 | 3 4 | 5", "1 2 | 3 4 | 5")]
    [InlineData("1 2 3 | 4 | 5", "4 5 | 4 | 5")]
    public void Keep_majority_keeps_the_greater_side_and_of_equal_ones_that_with_the_lowest_address(string split, string downed) =>
        new Split(split).DownedBy(new KeepMajority(Role: null)).ShouldBe(downed);

    // Who joins may have become Up on the other side, and who leaves may be Exiting there: where that could turn the balance, the side
    // that would have stayed goes too, with everybody it knows.
    [Theory]
    [InlineData("1 2 3j | 4", "4 | 4")]
    [InlineData("1 2 | 3w 4", "3 4 | 3 4")]
    [InlineData("1 2 | 3j 4 5j", "1 2 3 4 5 | 3 4 5")]
    [InlineData("1l 2 | 3", "3 | 3")]
    [InlineData("1l | 2", "1 2 | 2")]
    [InlineData("1e 2 | 3", "3 | 3")]
    public void Keep_majority_is_careful_about_members_that_were_changing(string split, string downed) =>
        new Split(split).DownedBy(new KeepMajority(Role: null)).ShouldBe(downed);

    [Theory]
    [InlineData("1A 2A | 3 4 5", "3 4 5 | 3 4 5")]
    [InlineData("1 2 3 | 4A", "1 2 3 | 1 2 3")]
    [InlineData("1 2A | 3A 4", "3 4 | 3 4")]
    [InlineData("1 | 2", "1 2 | 1 2")]
    public void Keep_majority_with_a_role_counts_those_that_have_it(string split, string downed) =>
        new Split(split).DownedBy(new KeepMajority("A")).ShouldBe(downed);

    [Theory]
    [InlineData(2, "1 2 | 3", "3 | 3")]
    [InlineData(3, "1 2 | 3", "1 2 | 3")]
    [InlineData(3, "1 2 3 | 4 5", "4 5 | 4 5")]
    [InlineData(2, "1 2 | 3 4", "1 2 3 4 | 1 2 3 4")]
    [InlineData(2, "1 2 | 3j", "3 | 3")]
    [InlineData(2, "1 | 2 | 3", "1 | 2 | 3")]
    public void Static_quorum_keeps_the_side_that_has_it_and_nobody_where_two_could(int size, string split, string downed) =>
        new Split(split).DownedBy(new StaticQuorum(size, Role: null)).ShouldBe(downed);

    [Theory]
    [InlineData(1, true, "1 2 | 3 4 5", "3 4 5 | 3 4 5")]
    [InlineData(4, true, "1 2 3 | 4 5", "1 2 3 | 1 2 3")]
    [InlineData(1, true, "1 | 2 3", "1 | 1")]
    [InlineData(1, false, "1 | 2 3", "2 3 | 2 3")]
    [InlineData(2, true, "1 | 2", "1 | 1")]
    [InlineData(1, true, "1 | 2 | 3", "1 | 2 | 3")]
    [InlineData(1, false, "1 | 2 | 3", "2 3 | 2 | 3")]
    public void Keep_oldest_keeps_its_side_unless_it_is_alone(int oldest, bool downIfAlone, string split, string downed) =>
        new Split(split, oldest).DownedBy(new KeepOldest(downIfAlone, Role: null)).ShouldBe(downed);

    [Fact]
    public void Keep_oldest_with_a_role_looks_for_the_oldest_that_has_it() =>
        new Split("1 2 | 3A 4A").DownedBy(new KeepOldest(DownIfAlone: true, "A")).ShouldBe("1 2 | 1 2");

    [Fact]
    public void Down_all_spares_nobody() => new Split("1 2 | 3").DownedBy(new DownAllNodes()).ShouldBe("1 2 3 | 1 2 3");

    [Fact]
    public void Two_that_do_not_hear_each_other_but_both_hear_the_rest_go()
    {
        var view = new SplitView(
            [Split.Up(1), Split.Up(2), Split.Up(3), Split.Up(4)],
            [Split.Node(1), Split.Node(2)],
            [new Doubt(Split.Node(1), Split.Node(2)), new Doubt(Split.Node(2), Split.Node(1))],
            [Split.Node(3), Split.Node(4)]);
        Decide(view, new KeepMajority(Role: null)).ShouldBe("1 2");
    }

    [Fact]
    public void One_that_is_doubted_although_it_has_seen_the_gossip_goes_with_its_doubter()
    {
        var view = new SplitView(
            [Split.Up(1), Split.Up(2), Split.Up(3), Split.Up(4)],
            [Split.Node(2)],
            [new Doubt(Split.Node(1), Split.Node(2))],
            [Split.Node(1), Split.Node(2), Split.Node(3), Split.Node(4)]);
        Decide(view, new KeepMajority(Role: null)).ShouldBe("1 2");
    }

    [Fact]
    public void A_crash_beside_a_bad_link_is_decided_with_it()
    {
        // 1 and 2 do not hear each other; 5 has crashed, and all say so.
        Doubt[] doubts =
        [
            new(Split.Node(1), Split.Node(2)), new(Split.Node(2), Split.Node(1)),
            .. Enumerable.Range(1, 4).Select(static i => new Doubt(Split.Node(i), Split.Node(5))),
        ];
        var view = new SplitView(Enumerable.Range(1, 5).Select(Split.Up), [Split.Node(1), Split.Node(2), Split.Node(5)], doubts, [Split.Node(3), Split.Node(4)]);
        Decide(view, new KeepMajority(Role: null)).ShouldBe("1 2 5");
    }

    private static string Decide(SplitView view, DowningStrategy strategy) => Split.Numbers(strategy.NodesToDown(view, strategy.Decide(view)));
}
