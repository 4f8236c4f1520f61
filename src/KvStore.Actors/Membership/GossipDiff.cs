namespace KvStore.Actors.Membership;

/// <summary>What happened between two states of the gossip, as the events that subscribers see, in Akka's order.</summary>
internal static class GossipDiff
{
    public static void Collect(Gossip before, Gossip after, UniqueAddress self, Action<ClusterEvent.IClusterDomainEvent> publish)
    {
        foreach (var member in after.Members)
        {
            var known = before.Find(member.UniqueAddress);
            if ((known is null || known.Status != member.Status || known.UpNumber != member.UpNumber) && EventOf(member) is { } change)
                publish(change);
        }
        // This node's own removal comes first: whoever hears of all the others' has to know that they may well live on.
        foreach (var member in before.Members.OrderBy(m => m.UniqueAddress != self))
        {
            if (!after.HasMember(member.UniqueAddress))
                publish(new ClusterEvent.MemberRemoved(member.Copy(MemberStatus.Removed), member.Status));
        }
        foreach (var node in after.Reachability.AllUnreachable)
        {
            if (node != self && before.Reachability.IsReachable(node) && after.Find(node) is { } member)
                publish(new ClusterEvent.UnreachableMember(member));
        }
        foreach (var node in before.Reachability.AllUnreachable)
        {
            if (node != self && after.Reachability.IsReachable(node) && after.Find(node) is { } member)
                publish(new ClusterEvent.ReachableMember(member));
        }
        CollectLeaders(before, after, self, publish);
    }

    private static void CollectLeaders(Gossip before, Gossip after, UniqueAddress self, Action<ClusterEvent.IClusterDomainEvent> publish)
    {
        var leader = after.LeaderOf(self);
        if (!Equals(leader, before.LeaderOf(self)))
            publish(new ClusterEvent.LeaderChanged(leader?.Address));
        foreach (var role in before.Members.Concat(after.Members).SelectMany(static m => m.Roles).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var roleLeader = after.LeaderOf(self, role);
            if (!Equals(roleLeader, before.LeaderOf(self, role)))
                publish(new ClusterEvent.RoleLeaderChanged(role, roleLeader?.Address));
        }
    }

    private static ClusterEvent.IClusterDomainEvent? EventOf(Member member) => member.Status switch
    {
        MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
        MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
        MemberStatus.Up => new ClusterEvent.MemberUp(member),
        MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
        MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
        MemberStatus.Down => new ClusterEvent.MemberDowned(member),
        _ => null,
    };
}
