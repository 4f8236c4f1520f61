using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

internal sealed partial class MembershipMachine
{
    /// <summary>
    /// Steps in a row that a leader may take on one input. Alone in its cluster it agrees with itself after each; the longest
    /// chain (remove, admit, up, leave, exit) is shorter.
    /// </summary>
    private const int MaxLeaderSteps = 8;

    private ImmutableHashSet<UniqueAddress> _exitingConfirmed = [];

    // Of which nothing followed for the leader: nothing will as long as both are the same.
    private (Gossip Gossip, ImmutableHashSet<UniqueAddress> Confirmed) _settled = (Gossip.Empty, []);
    private long _leaderAtMs;
    private bool _exitingAnnounced;
    private bool _isGoing;

    private void ActAsLeader(long nowMs)
    {
        if (ReferenceEquals(_settled.Gossip, _gossip) && ReferenceEquals(_settled.Confirmed, _exitingConfirmed))
            return;
        for (var step = 0; step < MaxLeaderSteps; step++)
        {
            var isInCharge = _gossip.LeaderOf(Self)?.UniqueAddress == Self && IsConverged;
            var changed = isInCharge ? RemoveTheGone(MoveMembersOn(_gossip), nowMs) : _gossip;
            if (ReferenceEquals(changed, _gossip))
            {
                _settled = (_gossip, _exitingConfirmed);
                return;
            }
            Author(changed);
            CleanUpConfirmed();
            AdmitSuccessors(nowMs);
        }
    }

    /// <summary>Joining becomes Up, Leaving becomes Exiting.</summary>
    private Gossip MoveMembersOn(Gossip gossip)
    {
        var enough = gossip.Members.Count(static m => m.Status != MemberStatus.Down) >= _settings.MinNrOfMembers;
        var upNumber = gossip.Members.Max(static m => m.UpNumber == Member.NotYetUp ? 0 : m.UpNumber);
        foreach (var member in gossip.Members)
        {
            if (member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp && enough)
                gossip = gossip.Put(member.CopyUp(++upNumber));
            else if (member.Status is MemberStatus.Leaving)
                gossip = gossip.Put(member.Copy(MemberStatus.Exiting));
            else
                continue;
            var status = member.Status is MemberStatus.Leaving ? MemberStatus.Exiting : MemberStatus.Up;
            Note($"Leader is moving node [{member.Address}] to [{status}]");
        }
        return gossip;
    }

    /// <summary>
    /// Removes who is Down or Exiting and certainly gone: unreachable, or gone by its own word. A downed member's word is that
    /// it has seen the very gossip that calls it Down, since that is the last thing it does.
    /// </summary>
    private Gossip RemoveTheGone(Gossip gossip, long nowMs)
    {
        foreach (var member in gossip.Members)
        {
            var node = member.UniqueAddress;
            var isGone = member.Status switch
            {
                MemberStatus.Down => node != Self && (!gossip.Reachability.IsReachable(node) || gossip.Seen.Contains(node)),
                MemberStatus.Exiting => node != Self && (!gossip.Reachability.IsReachable(node) || _exitingConfirmed.Contains(node)),
                _ => false,
            };
            if (!isGone)
                continue;
            Note($"Leader is removing {(member.Status == MemberStatus.Exiting ? "exiting" : "downed")} node [{node.Address}] with uid {node.Uid}");
            gossip = gossip.Remove(node, nowMs);
        }
        return gossip;
    }

    private void FollowOwnStatus()
    {
        switch (SelfMember.Status)
        {
            case MemberStatus.Down:
                MayReturn = !_isGoing;
                // The word has just been spread, with this node among those who have seen it, so it is removed without delay.
                End("this member was downed");
                break;
            case MemberStatus.Up:
                WasUp = true;
                break;
            case MemberStatus.Leaving:
                _isGoing = true;
                break;
            case MemberStatus.Exiting when !_exitingAnnounced:
                _exitingAnnounced = _isGoing = true;
                Outbox.Add(new MembershipEffect(MembershipEffectKind.SelfExiting, To: null, "this member is exiting"));
                break;
        }
    }

    /// <summary>
    /// What ran on this Exiting node has been shut down: says goodbye and ends. Without effect in any other status.
    /// </summary>
    public void CompleteExiting(long nowMs)
    {
        if (_phase != Phase.Member || SelfMember.Status != MemberStatus.Exiting)
            return;
        _gossip = _gossip.SeenBy(Self);
        CollectTargets(unseenOnly: true);
        foreach (var target in _targets.Take(EagerFanOut))
            SendGossip(target, nowMs);
        // Any of the others may be the one to lead when its turn comes; the lowest addresses are the likeliest.
        foreach (var member in _gossip.Members.Where(m => m.UniqueAddress != Self).Order(Member.LeaderStatusOrdering).Take(EagerFanOut))
            Send(member.Address, new ExitingConfirmed(Self));
        End("this member has left");
    }

    private void OnExitingConfirmed(ExitingConfirmed confirmed)
    {
        if (_phase == Phase.Member && _gossip.HasMember(confirmed.Node))
            _exitingConfirmed = _exitingConfirmed.Add(confirmed.Node);
    }

    private void CleanUpConfirmed() => _exitingConfirmed = _exitingConfirmed.Intersect(_gossip.Members.Select(static m => m.UniqueAddress));
}
