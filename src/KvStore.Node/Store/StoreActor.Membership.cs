namespace KvStore.Node.Store;

/// <content>What the cluster says of its members.</content>
public sealed partial class StoreActor
{
    private void OnMembership(ClusterEvent.IClusterDomainEvent change)
    {
        switch (change)
        {
            case ClusterEvent.IMemberEvent member:
                OnMember(member);
                break;
            case ClusterEvent.UnreachableMember member:
                _log.Unreachable(member.Member);
                _events.AddReachability(member.Member, isReachable: false, NowMs());
                _peers.SetReachable(member.Member, isReachable: false);
                _replica.MemberUnreachable(PeerDirectory.Key(member.Member.UniqueAddress));
                break;
            case ClusterEvent.ReachableMember member:
                _log.Reachable(member.Member);
                _events.AddReachability(member.Member, isReachable: true, NowMs());
                _peers.SetReachable(member.Member, isReachable: true);
                _replica.MemberUp(PeerDirectory.Key(member.Member.UniqueAddress));
                break;
            default:
                break;
        }
    }

    private void OnMember(ClusterEvent.IMemberEvent change)
    {
        var key = PeerDirectory.Key(change.Member.UniqueAddress);
        _events.Add(change, NowMs());
        switch (change)
        {
            case ClusterEvent.MemberUp:
                _log.Up(change.Member);
                if (_peers.IsSelfAnew(change.Member, Cluster.Get(Context.System).SelfUniqueAddress))
                {
                    _peers.BecomeAnew(change.Member);
                    _replica.Rename(key);
                }
                _peers.Add(change.Member);
                _replica.MemberUp(key);
                break;
            case ClusterEvent.MemberRemoved:
                _log.Removed(change.Member);
                _peers.Remove(change.Member);
                _replica.MemberRemoved(key);
                _peers.Keep(_replica.Peers);
                break;
            default:
                _peers.Update(change.Member);
                break;
        }
    }
}
