using KvStore.Node.Healing;

namespace KvStore.Node.Tests.Healing;

/// <summary>Which of two clusters gives way: one answer for both, whatever they look like.</summary>
public sealed class SidesTests
{
    [Theory]
    [InlineData("a", 1, "bc", 9, true, "fewer replicas give way, however old")]
    [InlineData("bc", 9, "a", 1, false, "and the others stay")]
    [InlineData("ab", 2, "cd", 1, true, "of as many the younger gives way")]
    [InlineData("ab", 1, "cd", 2, false, "and the older stays")]
    [InlineData("ab", 1, "cd", 1, false, "of the same age the one with the lowest address stays")]
    [InlineData("cd", 1, "ab", 1, true, "and the other gives way")]
    [InlineData("ab", 1, "bc", 1, null, "with a member in common they are no two clusters")]
    [InlineData("", 1, "ab", 1, null, "nothing is in no cluster")]
    [InlineData("ab", 1, "", 1, null, "and nobody joins none")]
    public void The_order_is_by_replicas_then_age_then_address(string mine, long since, string theirs, long theirSince, bool? isLesser, string because) =>
        Sides.IsLesser(Pictures.Of(mine, since), Pictures.Of(theirs, theirSince)).ShouldBe(isLesser, because);

    [Fact]
    public void Of_any_two_exactly_one_gives_way()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var names = "abcdefgh".ToCharArray();
            random.Shuffle(names);
            var cut = random.Next(1, names.Length);
            var here = Pictures.Of(string.Concat(names[..cut].Order()), random.Next(3));
            var there = Pictures.Of(string.Concat(names[cut..].Order()), random.Next(3));
            Sides.IsLesser(here, there).ShouldBe(!Sides.IsLesser(there, here));
        }
    }

    [Fact]
    public void A_replica_that_lives_on_both_sides_decides_nothing()
    {
        var here = Pictures.Of("ab");
        var there = Pictures.Of("cde") with { Replicas = ['a', 'c', 'd'] };
        Sides.IsLesser(here, there).ShouldBeNull();
    }

    [Fact]
    public void To_agree_both_have_to_be_settled_and_to_know_each_other_as_they_are_now()
    {
        var here = Pictures.Of("ab");
        var there = Pictures.Of("cde", sees: here);
        Sides.Agree(here, there, isRecognised: true).ShouldBeTrue();
        Sides.Agree(here, there, isRecognised: false).ShouldBeFalse("nobody of theirs is registered here");
        Sides.Agree(here, there with { Sees = [] }, isRecognised: true).ShouldBeFalse("they have not said that they know this one");
        Sides.Agree(here with { SinceMs = 7 }, there, isRecognised: true).ShouldBeFalse("they know it as it was");
        Sides.Agree(Pictures.Of("ab", uid: 2), there, isRecognised: true).ShouldBeFalse("they know incarnations that are gone");
        Sides.Agree(here, Pictures.Of("cde", isSettled: false, sees: here), isRecognised: true).ShouldBeFalse("theirs is about to change");
        var unsettled = Pictures.Of("ab", isSettled: false);
        Sides.Agree(unsettled, Pictures.Of("cde", sees: unsettled), isRecognised: true).ShouldBeFalse("so is this one");
    }

    [Fact]
    public void The_greatest_of_several_is_the_one_to_which_all_give_way() =>
        Sides.Greatest([Pictures.Of("a"), Pictures.Of("bcd"), Pictures.Of("ef")]).Members.Count.ShouldBe(3);
}
