using KvStore.Node.Healing;

namespace KvStore.Node.Tests.Healing;

/// <summary>When what was heard is proof enough for a side to give way, and when it is not.</summary>
public sealed class SplitWatchTests
{
    private readonly ClusterPicture _mine = Pictures.Of("ab");
    private readonly SplitWatch _watch = new();
    private long _nowMs = 1_000_000;

    [Fact]
    public void The_lesser_gives_way_when_both_have_said_the_same_for_long_enough()
    {
        var theirs = Pictures.Of("cde", sees: _mine);
        for (var heardMs = 0L; heardMs < SplitWatch.StableMs; heardMs += SplitWatch.ProbeIntervalMs)
        {
            Hear(theirs);
            GivesWayTo.ShouldBeNull($"after {heardMs} ms");
            Pass(SplitWatch.ProbeIntervalMs);
        }
        Hear(theirs);
        GivesWayTo.ShouldBe(theirs);
        _watch.Seen.ShouldBe([theirs.Id]);
    }

    [Fact]
    public void The_greater_stays()
    {
        HearForLong(Pictures.Of("c", sees: _mine));
        GivesWayTo.ShouldBeNull();
        _watch.Others.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false, "they do not say that they know this cluster")]
    [InlineData(false, true, "none of them is registered here")]
    public void What_only_one_side_knows_is_shown_and_moves_nobody(bool isRecognised, bool theyKnow, string because)
    {
        HearForLong(Pictures.Of("cde", sees: theyKnow ? [_mine] : []), isRecognised);
        GivesWayTo.ShouldBeNull(because);
        _watch.Others.Count.ShouldBe(1);
        _watch.Seen.Count.ShouldBe(isRecognised ? 1 : 0);
    }

    [Fact]
    public void A_change_on_either_side_begins_the_wait_anew()
    {
        HearForLong(Pictures.Of("cde", sees: _mine));
        GivesWayTo.ShouldNotBeNull();
        var grown = Pictures.Of("cdef", sees: _mine);
        Hear(grown);
        GivesWayTo.ShouldBeNull("they are other ones now");
        _watch.Others.ShouldHaveSingleItem().Picture.ShouldBe(grown);
        HearForLong(grown);
        GivesWayTo.ShouldBe(grown);

        var later = Pictures.Of("a");
        _watch.Tick(later, _nowMs);
        _watch.GivesWayTo(later, _nowMs).ShouldBeNull("they have agreed to another picture of this side");
    }

    [Fact]
    public void One_word_against_it_begins_the_wait_anew()
    {
        var theirs = Pictures.Of("cde", sees: _mine);
        HearForLong(theirs);
        Hear(theirs with { Sees = [] });
        GivesWayTo.ShouldBeNull();
        Hear(theirs);
        GivesWayTo.ShouldBeNull();
    }

    [Fact]
    public void Who_is_silent_is_forgotten()
    {
        var theirs = Pictures.Of("cde", sees: _mine);
        HearForLong(theirs);
        Pass(SplitWatch.SilentMs);
        _watch.Others.Count.ShouldBe(1);
        Pass(1);
        _watch.Others.ShouldBeEmpty();
        Hear(theirs);
        GivesWayTo.ShouldBeNull("what was agreed before is forgotten too");
    }

    [Fact]
    public void Those_who_have_a_member_in_common_with_this_cluster_are_no_other_one()
    {
        Hear(Pictures.Of("bc", sees: _mine));
        _watch.Others.ShouldBeEmpty();
        Hear(Pictures.Of("cd"));
        _watch.Tick(Pictures.Of("abc"), _nowMs);
        _watch.Others.ShouldBeEmpty("c has joined this one");
        Hear(Pictures.Of(""));
        _watch.Others.ShouldBeEmpty("a node in no cluster is none");
    }

    [Fact]
    public void Of_two_that_are_greater_it_gives_way_to_the_greatest()
    {
        var (great, greatest) = (Pictures.Of("cde", sees: _mine), Pictures.Of("fghi", sees: _mine));
        HearForLong(great, others: greatest);
        GivesWayTo.ShouldBe(greatest);
    }

    [Fact]
    public void No_more_are_remembered_than_there_is_room_for()
    {
        for (var i = 0; i < 3 * SplitWatch.MaxOthers; i++)
            Hear(Pictures.Of(((char)('c' + i)).ToString()));
        _watch.Others.Count.ShouldBe(SplitWatch.MaxOthers);
    }

    private ClusterPicture? GivesWayTo => _watch.GivesWayTo(_mine, _nowMs);

    private void Hear(ClusterPicture theirs, bool isRecognised = true) => _watch.OnPicture(_mine, theirs, isRecognised, _nowMs);

    private void HearForLong(ClusterPicture theirs, bool isRecognised = true, params ClusterPicture[] others)
    {
        for (var heardMs = 0L; heardMs <= SplitWatch.StableMs; heardMs += SplitWatch.ProbeIntervalMs)
        {
            Pass(SplitWatch.ProbeIntervalMs);
            foreach (var picture in (ClusterPicture[])[theirs, .. others])
                Hear(picture, isRecognised);
        }
    }

    private void Pass(long ms)
    {
        _nowMs += ms;
        _watch.Tick(_mine, _nowMs);
    }
}
