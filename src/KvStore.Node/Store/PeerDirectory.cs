using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Who is who: cluster members by address, and the store of each by the start id that the replica knows it by. Used on the
/// store's turn only.
/// </summary>
internal sealed class PeerDirectory(UniqueAddress self, ActorSystem system, string storePath)
{
    private readonly Dictionary<UniqueAddress, Entry> _members = [];
    private UniqueAddress _self = self;
    private readonly Dictionary<ulong, IActorRef> _stores = [];

    /// <summary>Every member that is known, this node included, ordered by address.</summary>
    public IReadOnlyCollection<Member> Members => [.. _members.Values.Select(static e => e.Member).OrderBy(static m => m.Address.ToString(), StringComparer.Ordinal)];

    /// <summary>A member as the replica names it.</summary>
    public static string Key(UniqueAddress member) => $"{member.Address}#{member.Uid}";

    /// <summary>
    /// True when the member is this node under another uid than it had: a node that was downed joins again as a new member, while
    /// its store goes on. Not every member at its address is: the process before it on this machine may not have been removed yet.
    /// </summary>
    public bool IsSelfAnew(Member member, UniqueAddress current) => member.UniqueAddress == current && current != _self;

    /// <summary>This node has joined again.</summary>
    public void BecomeAnew(Member member) => _self = member.UniqueAddress;

    public bool IsReachable(Member member) => _members.TryGetValue(member.UniqueAddress, out var entry) && entry.IsReachable;

    public void Add(Member member)
    {
        var isReachable = !_members.TryGetValue(member.UniqueAddress, out var entry) || entry.IsReachable;
        _members[member.UniqueAddress] = new Entry(member, system.ActorSelection(member.Address + storePath), isReachable);
    }

    public void Update(Member member)
    {
        if (_members.TryGetValue(member.UniqueAddress, out var entry))
            _members[member.UniqueAddress] = entry with { Member = member };
    }

    public void SetReachable(Member member, bool isReachable)
    {
        if (_members.TryGetValue(member.UniqueAddress, out var entry))
            _members[member.UniqueAddress] = entry with { IsReachable = isReachable };
    }

    public void Remove(Member member) => _members.Remove(member.UniqueAddress);

    /// <summary>A status says which store its sender is.</summary>
    public void Learn(PeerMessage message, IActorRef sender)
    {
        if (message is ReplicaStatus status)
            _stores[status.Replica] = sender;
    }

    /// <summary>Sends to one store. One that is not known yet is not sent to: the replica asks again.</summary>
    public void Send(ulong replica, PeerMessage message, IActorRef from)
    {
        if (_stores.TryGetValue(replica, out var store))
            store.Tell(message, from);
    }

    /// <summary>Sends to the store of every other member, known or not.</summary>
    public void Broadcast(PeerMessage message, IActorRef from)
    {
        foreach (var (address, entry) in _members)
        {
            if (address != _self)
                entry.Store.Tell(message, from);
        }
    }

    /// <summary>Forgets the stores that the replica has forgotten.</summary>
    public void Keep(IReadOnlyList<PeerView> peers)
    {
        var known = peers.Select(static p => p.Replica).ToHashSet();
        foreach (var gone in _stores.Keys.Where(id => !known.Contains(id)).ToList())
            _stores.Remove(gone);
    }

    /// <summary>The members as CLUSTER INFO lists them.</summary>
    public IReadOnlyCollection<MemberFacts> Facts(IReadOnlyList<PeerView> peers, string selfName) =>
        [.. Members.Select(member => new MemberFacts(
            member.UniqueAddress == _self ? selfName : peers.FirstOrDefault(p => p.Member == Key(member.UniqueAddress))?.Name ?? "",
            $"{member.Address.Host}:{member.Address.Port}",
            member.Status.ToString().ToLowerInvariant(),
            IsReachable(member)))];

    private sealed record Entry(Member Member, ActorSelection Store, bool IsReachable);
}
