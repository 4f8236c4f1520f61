namespace KvStore.Actors.Membership;

/// <content>
/// A node that was let in waits for a leader that moves it to Up. It may wait for ever: the one who let it in was on the losing side of a
/// split, and the others have never heard of this node; or all who could lead are gone, and somebody lost among those who join keeps the
/// rest from agreeing. No resolver helps, since who is not Up decides nothing. So it joins anew.
/// </content>
internal sealed partial class MembershipMachine
{
    /// <summary>As long as a resolver usually takes: until then those who lead may be heard again.</summary>
    private const long StrandedAfterMs = 20_000;

    private long _heardOfUpMs;

    // Who is Up gossips with all that it knows, every few seconds at least.
    private void NoteHeard(UniqueAddress from, long nowMs)
    {
        if (_gossip.Find(from) is { } member && MayLead(member))
            _heardOfUpMs = nowMs;
    }

    private void GiveUpIfStranded(long nowMs)
    {
        if (SelfMember.Status is not (MemberStatus.Joining or MemberStatus.WeaklyUp) || nowMs - _heardOfUpMs < StrandedAfterMs || IsWaitingForMore())
            return;
        MayReturn = !_isGoing;
        End("nobody was heard for long who could move it to Up");
    }

    // A cluster that begins: nobody is Up before there are min-nr-of-members.
    private bool IsWaitingForMore() =>
        _gossip.Members.All(m => m.Status is MemberStatus.Joining && _gossip.ReachabilityWithoutDownedObservers.IsReachable(m.UniqueAddress));

    private static bool MayLead(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;
}
