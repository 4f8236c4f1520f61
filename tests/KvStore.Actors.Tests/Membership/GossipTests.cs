using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

public sealed class GossipTests
{
    [Fact]
    public void Versions_are_ordered_by_what_they_contain()
    {
        var a = VectorClock.Empty.Increment(Node(1));
        var b = a.Increment(Node(2));
        a.CompareTo(b).ShouldBe(VersionOrder.Before);
        b.CompareTo(a).ShouldBe(VersionOrder.After);
        a.Increment(Node(3)).CompareTo(b).ShouldBe(VersionOrder.Concurrent);
        a.Merge(b).Equals(b).ShouldBeTrue();
        b.Prune(Node(2)).Equals(a).ShouldBeTrue();
    }

    [Fact]
    public void A_merge_does_not_depend_on_the_order()
    {
        var random = new Random(11);
        for (var run = 0; run < 500; run++)
        {
            var common = RandomGossip(random, Gossip.Empty, Node(1), 6);
            var a = RandomGossip(random, common, Node(2), 4);
            var b = RandomGossip(random, common, Node(3), 4);
            var c = RandomGossip(random, common, Node(4), 4);
            a.Merge(b).SameContent(b.Merge(a)).ShouldBeTrue();
            a.Merge(b).Version.Equals(b.Merge(a).Version).ShouldBeTrue();
            a.Merge(b).Merge(c).SameContent(a.Merge(b.Merge(c))).ShouldBeTrue();
            a.Merge(a).SameContent(a).ShouldBeTrue();
        }
    }

    [Fact]
    public void What_one_side_removed_a_merge_does_not_bring_back()
    {
        var both = Gossip.Empty.Put(Member.Create(Node(1), [])).Put(Member.Create(Node(2), [])).Authored(Node(1));
        var removed = both.Remove(Node(2), 0).Authored(Node(1));
        var stale = both.WithReachability(both.Reachability.Unreachable(Node(2), Node(1))).Authored(Node(2));
        var merged = stale.Merge(removed);
        merged.HasMember(Node(2)).ShouldBeFalse();
        merged.Version.Counters.ContainsKey(Node(2)).ShouldBeFalse();
        merged.Reachability.IsReachable(Node(1)).ShouldBeTrue("a removed observer has no say");
    }

    [Fact]
    public void The_number_of_tombstones_is_bounded_and_the_oldest_goes_first()
    {
        var gossip = Gossip.Empty;
        for (var i = 0; i < Gossip.MaxTombstones + 50; i++)
            gossip = gossip.Remove(Node(1000 + i), i);
        gossip.Tombstones.Count.ShouldBe(Gossip.MaxTombstones);
        gossip.Tombstones.Values.Min().ShouldBe(50);
    }

    [Fact]
    public void The_lowest_reachable_up_member_leads_and_a_joining_one_only_where_none_is_up()
    {
        var gossip = Gossip.Empty.Put(Member.Create(Node(1), [])).Put(Member.Create(Node(2), []));
        gossip.LeaderOf(Node(2))!.UniqueAddress.ShouldBe(Node(1));
        gossip = gossip.Put(gossip.Find(Node(2))!.CopyUp(1));
        gossip.LeaderOf(Node(2))!.UniqueAddress.ShouldBe(Node(2));
        gossip = gossip.Put(gossip.Find(Node(1))!.CopyUp(2));
        gossip.LeaderOf(Node(2))!.UniqueAddress.ShouldBe(Node(1));
        gossip = gossip.WithReachability(gossip.Reachability.Unreachable(Node(2), Node(1)));
        gossip.LeaderOf(Node(2))!.UniqueAddress.ShouldBe(Node(2));
        gossip.LeaderOf(Node(1))!.UniqueAddress.ShouldBe(Node(1), "a node never takes itself for unreachable");
    }

    [Fact]
    public void No_member_goes_back_in_its_life()
    {
        var up = Member.Create(Node(1), []).CopyUp(1);
        Should.Throw<InvalidOperationException>(() => up.Copy(MemberStatus.Joining));
        Should.Throw<InvalidOperationException>(() => up.Copy(MemberStatus.Exiting));
        var down = up.Copy(MemberStatus.Down);
        Should.Throw<InvalidOperationException>(() => down.Copy(MemberStatus.Up));
        Member.HighestPriorityOf(up, down).ShouldBeSameAs(down);
    }

    [Fact]
    public void Age_follows_the_up_number_and_then_the_address()
    {
        var first = Member.Create(Node(2), []).CopyUp(1);
        var second = Member.Create(Node(1), []).CopyUp(2);
        first.IsOlderThan(second).ShouldBeTrue();
        new[] { second, first }.Order(Member.AgeOrdering).First().ShouldBe(first);
        Member.Create(Node(1), []).IsOlderThan(Member.Create(Node(2), [])).ShouldBeTrue();
    }

    [Fact]
    public void A_terminated_incarnation_never_becomes_reachable_again()
    {
        var reachability = Reachability.Empty.Unreachable(Node(1), Node(2)).Terminated(Node(1), Node(2));
        reachability.Reachable(Node(1), Node(2)).ShouldBeSameAs(reachability);
        reachability.IsReachable(Node(2)).ShouldBeFalse();
    }

    private static Gossip RandomGossip(Random random, Gossip gossip, UniqueAddress author, int changes)
    {
        for (var i = 0; i < changes; i++)
        {
            var node = Node(1 + random.Next(8));
            if (gossip.Tombstones.ContainsKey(node))
                continue;
            var member = gossip.Find(node);
            gossip = random.Next(5) switch
            {
                0 when member is not null && member.Status != MemberStatus.Down => gossip.MarkAsDown(member),
                1 when member?.Status == MemberStatus.Joining => gossip.Put(member.CopyUp(gossip.Members.Count)),
                2 when member?.Status == MemberStatus.Down => gossip.Remove(node, i),
                3 when member is not null && gossip.HasMember(author) && node != author =>
                    gossip.WithReachability(gossip.Reachability.Unreachable(author, node)),
                _ => member is null ? gossip.Put(Member.Create(node, [])) : gossip,
            };
        }
        return gossip.Authored(author);
    }

    private static UniqueAddress Node(int index) => new(SimulatedCluster.AddressOf(index), index);
}
