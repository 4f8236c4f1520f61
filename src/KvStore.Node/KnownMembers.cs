namespace KvStore.Node;

/// <summary>
/// Where the other members are, and whether this one was told to leave them: what must be known of a membership when it is over. Written
/// by the node's actor; read by anyone.
/// </summary>
internal sealed class KnownMembers
{
    /// <summary>How many members a node asks for the way back; one that answers is enough, and each costs a connection attempt a second.</summary>
    public const int MaxAddresses = 64;

    private IReadOnlyList<Address> _addresses = [];
    private bool _isLeaving;
    private bool _hasJoined;
    private bool _isOver;

    /// <summary>The others that were members when this node last was one.</summary>
    public IReadOnlyList<Address> Addresses => Volatile.Read(ref _addresses);

    /// <summary>True once this node was told to leave: whatever ends its membership then, it does not want to come back.</summary>
    public bool IsLeaving => Volatile.Read(ref _isLeaving);

    /// <summary>True once this node was a member.</summary>
    public bool HasJoined => Volatile.Read(ref _hasJoined);

    /// <summary>A member has changed.</summary>
    /// <param name="change">What the cluster says.</param>
    /// <param name="self">This node.</param>
    public void OnMember(ClusterEvent.IMemberEvent change, UniqueAddress self)
    {
        var member = change.Member;
        if (member.UniqueAddress == self)
        {
            // What follows the word that this node is Down is the end of its view and not the end of the others.
            _isOver = member.Status is MemberStatus.Down or MemberStatus.Removed;
            Volatile.Write(ref _hasJoined, true);
            if (member.Status is MemberStatus.Leaving or MemberStatus.Exiting)
                Volatile.Write(ref _isLeaving, true);
        }
        else if (!_isOver && member.Address != self.Address)
        {
            var others = Addresses.Where(known => known != member.Address);
            Volatile.Write(ref _addresses, member.Status == MemberStatus.Removed ? [.. others] : [member.Address, .. others.Take(MaxAddresses - 1)]);
        }
    }
}
