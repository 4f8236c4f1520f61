using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;
using Standing = KvStore.Actors.Remoting.Incarnations.Standing;

namespace KvStore.Actors.Tests.Remoting;

/// <summary>Small numbers are processes, as handshakes name them; a process's first membership has the same one.</summary>
public sealed class IncarnationsTests
{
    private static readonly Address s_address = new("akka.tcp", "kv", "h", 1);

    private readonly Incarnations _known = new();

    [Fact]
    public void A_process_whose_address_another_has_taken_is_dead_for_good()
    {
        Called(1).ShouldBeFalse();
        Called(2).ShouldBeTrue();
        Standings(1, 2).ShouldBe([Standing.Dead, Standing.Welcome]);
        Called(1).ShouldBeFalse("it may still be calling, but has nothing to say");
        Standings(1, 2).ShouldBe([Standing.Dead, Standing.Welcome]);
    }

    [Fact]
    public void Who_answers_at_an_address_is_believed_before_who_calls_under_it()
    {
        Answered(1);
        Called(2).ShouldBeTrue();
        Answered(1).ShouldBeTrue();
        Standings(1, 2).ShouldBe([Standing.Welcome, Standing.Dead]);
        Called(2).ShouldBeFalse();
        Standings(1, 2).ShouldBe([Standing.Welcome, Standing.Dead]);
    }

    [Fact]
    public void A_removed_member_is_mute_until_its_process_is_a_member_again()
    {
        Called(1);
        Joined(1);
        Removed(1).ShouldBeTrue();
        Removed(1).ShouldBeFalse();
        _known.IsGone(s_address).ShouldBeTrue();
        Standings(1).ShouldBe([Standing.Mute]);
        Called(1).ShouldBeFalse();
        Standings(1).ShouldBe([Standing.Mute], "connecting again proves nothing");
        Joined(100);
        Standings(1).ShouldBe([Standing.Welcome]);
        Removed(100).ShouldBeTrue("the second membership of one process is removed like the first");
        Standings(1).ShouldBe([Standing.Mute]);
        Joined(200);
        Removed(100).ShouldBeFalse();
        Standings(1).ShouldBe([Standing.Welcome]);
    }

    [Fact]
    public void A_removal_that_is_heard_after_the_successor_joined_does_not_hit_the_successor()
    {
        Called(1);
        Joined(1);
        Joined(100);
        Removed(1).ShouldBeFalse();
        Standings(1).ShouldBe([Standing.Welcome]);
        _known.IsGone(s_address).ShouldBeFalse();
    }

    [Fact]
    public void A_removal_that_is_heard_after_the_next_process_called_does_not_hit_it()
    {
        Called(1);
        Joined(1);
        Called(2).ShouldBeTrue();
        Removed(1).ShouldBeFalse();
        Standings(1, 2).ShouldBe([Standing.Dead, Standing.Welcome]);
        Joined(1);
        Joined(2);
        Removed(2).ShouldBeTrue();
        Standings(1, 2).ShouldBe([Standing.Dead, Standing.Mute]);
    }

    [Fact]
    public void A_new_process_at_the_address_of_a_removed_member_is_welcome_and_no_news()
    {
        Called(1);
        Joined(1);
        Removed(1).ShouldBeTrue();
        Called(2).ShouldBeFalse("the removal was announced already");
        Standings(1, 2).ShouldBe([Standing.Dead, Standing.Welcome]);
        _known.IsGone(s_address).ShouldBeFalse();
    }

    [Fact]
    public void Of_two_members_at_one_address_the_removal_of_one_mutes_nobody_in_whatever_order_they_came()
    {
        Called(2);
        Joined(2);
        Joined(1);
        Removed(1).ShouldBeFalse();
        Standings(2).ShouldBe([Standing.Welcome]);
        Removed(2).ShouldBeTrue();
        Standings(2).ShouldBe([Standing.Mute]);
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        for (var i = 0; i < 100; i++)
            Called(i);
        Standings(0, 82, 83, 98, 99).ShouldBe([Standing.Welcome, Standing.Welcome, Standing.Dead, Standing.Dead, Standing.Welcome]);
    }

    private bool Called(int uid) => _known.OnConnected(new PeerIdentity(s_address, uid), inbound: true);

    private bool Answered(int uid) => _known.OnConnected(new PeerIdentity(s_address, uid), inbound: false);

    private void Joined(int uid) => _known.OnMember(new UniqueAddress(s_address, uid));

    private bool Removed(int uid) => _known.OnRemoved(new UniqueAddress(s_address, uid));

    private Standing[] Standings(params int[] uids) => [.. uids.Select(uid => _known.StandingOf(new PeerIdentity(s_address, uid)))];
}
