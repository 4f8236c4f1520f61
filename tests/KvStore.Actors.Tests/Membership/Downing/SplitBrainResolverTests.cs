using KvStore.Actors.Membership;
using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Tests.Membership.Downing;

/// <summary>When a resolver decides, and what makes it wait. The verdicts themselves are the strategies'.</summary>
public sealed class SplitBrainResolverTests
{
    private const long StableAfterMs = 20_000;

    private static readonly UniqueAddress s_self = Split.Node(1);

    private readonly SplitBrainResolver _resolver = new(s_self, SplitBrainSettings.Create(new KeepMajority(Role: null), StableAfterMs));

    private Gossip _gossip = Enumerable.Range(1, 3).Aggregate(Gossip.Empty, static (gossip, i) => gossip.Put(Split.Up(i))).SeenBy(s_self);

    [Fact]
    public void Nobody_is_downed_while_all_are_reachable()
    {
        At(0).ShouldBeNull();
        At(10 * StableAfterMs).ShouldBeNull();
    }

    [Fact]
    public void An_unreachable_member_is_downed_when_the_view_has_stood_still_for_stable_after()
    {
        At(0);
        Lose(3);
        At(5000).ShouldBeNull();
        At(5000 + StableAfterMs - 1).ShouldBeNull();
        var decision = At(5000 + StableAfterMs);
        decision!.Verdict.ShouldBe(DowningVerdict.DownUnreachable);
        Split.Numbers(decision.Nodes).ShouldBe("3");
    }

    [Fact]
    public void A_member_lost_later_makes_it_wait_again()
    {
        Lose(3);
        At(0);
        Lose(2);
        At(10_000);
        At(StableAfterMs + 9_999).ShouldBeNull();
        var decision = At(StableAfterMs + 10_000);
        decision!.Verdict.ShouldBe(DowningVerdict.DownReachable);
        Split.Numbers(decision.Nodes).ShouldBe("1");
        decision.Reason.ShouldContain("this node among them");
    }

    [Fact]
    public void A_partition_healed_in_time_is_no_reason_to_down_anybody()
    {
        Lose(3);
        At(0);
        Find(3);
        At(StableAfterMs - 1).ShouldBeNull();
        At(10 * StableAfterMs).ShouldBeNull();
    }

    [Fact]
    public void A_member_that_becomes_up_makes_it_wait_and_one_that_joins_does_not()
    {
        Lose(3);
        At(0);
        _gossip = _gossip.Put(Member.Create(Split.Node(4), []));
        At(10_000);
        At(StableAfterMs).ShouldNotBeNull();

        _gossip = _gossip.Put(Split.Up(4));
        At(2 * StableAfterMs - 1);
        At(3 * StableAfterMs - 2).ShouldBeNull();
        At(3 * StableAfterMs - 1).ShouldNotBeNull();
    }

    [Fact]
    public void Who_does_not_lead_leaves_the_decision_to_the_leader()
    {
        Lose(2);
        At(0);
        _resolver.Decide(_gossip, isLeader: false, 2 * StableAfterMs - 10_000).ShouldBeNull();
        At(2 * StableAfterMs - 10_000).ShouldNotBeNull();
    }

    [Fact]
    public void Who_is_only_joining_decides_nothing()
    {
        _gossip = _gossip.Put(Member.Create(s_self, []));
        Lose(3);
        At(0);
        At(StableAfterMs).ShouldBeNull();
    }

    [Fact]
    public void Links_that_come_and_go_for_too_long_make_everybody_go_leader_or_not()
    {
        DowningDecision? decision = null;
        var nowMs = 0L;
        for (; decision is null; nowMs += 4000)
        {
            Lose(2);
            Flip(nowMs / 4000);
            decision = _resolver.Decide(_gossip, isLeader: false, nowMs);
            nowMs.ShouldBeLessThan(3 * StableAfterMs);
        }
        nowMs.ShouldBeGreaterThan(StableAfterMs + (StableAfterMs * 3 / 4));
        decision.Verdict.ShouldBe(DowningVerdict.DownAll);
        Split.Numbers(decision.Nodes).ShouldBe("1 2 3");
    }

    [Fact]
    public void With_down_all_when_unstable_off_it_waits_for_as_long_as_it_takes()
    {
        var resolver = new SplitBrainResolver(s_self, SplitBrainSettings.Create(new KeepMajority(Role: null), StableAfterMs) with { DownAllWhenUnstableMs = 0 });
        Lose(2);
        for (var round = 0L; round < 100; round++)
        {
            Flip(round);
            resolver.Decide(_gossip, isLeader: true, round * 4000).ShouldBeNull();
        }
    }

    [Fact]
    public void Restlessness_that_ends_with_everybody_back_is_forgotten()
    {
        for (var round = 0L; round < 100; round++)
        {
            Flip(round);
            At(round * 4000).ShouldBeNull();
        }
    }

    private DowningDecision? At(long nowMs) => _resolver.Decide(_gossip, isLeader: true, nowMs);

    private void Lose(int number) => _gossip = _gossip.WithReachability(_gossip.Reachability.Unreachable(s_self, Split.Node(number)));

    private void Find(int number) => _gossip = _gossip.WithReachability(_gossip.Reachability.Reachable(s_self, Split.Node(number)));

    private void Flip(long round)
    {
        if (round % 2 == 0)
            Lose(3);
        else
            Find(3);
    }
}
