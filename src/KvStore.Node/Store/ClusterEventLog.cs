using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// The last membership events that this node saw, numbered, so that an operator who polls misses none and knows when he did.
/// Used on the store's turn only.
/// </summary>
internal sealed class ClusterEventLog
{
    /// <summary>
    /// How many are kept. A member's life from joining to removal is at most nine events, so this holds a rolling restart of a
    /// hundred nodes between two looks at it, in some 100 kB.
    /// </summary>
    public const int Capacity = 1024;

    private readonly ClusterChange[] _ring = new ClusterChange[Capacity];

    /// <summary>The number of the last event; 0 before the first.</summary>
    public long Last { get; private set; }

    public void Add(ClusterEvent.IMemberEvent change, long nowMs) =>
        Add(change is ClusterEvent.MemberJoined ? "joined" : ClusterAdministration.Name(change.Member.Status), change.Member, nowMs);

    public void AddReachability(Member member, bool isReachable, long nowMs) => Add(isReachable ? "reachable" : "unreachable", member, nowMs);

    /// <summary>Those above <paramref name="since"/> that are still kept, in order.</summary>
    public IReadOnlyList<ClusterChange> Since(long since)
    {
        var oldest = Math.Max(0, Last - Capacity);
        var found = new List<ClusterChange>();
        // Clients send any number: clamped first, or one more than the greatest would be the least.
        for (var number = Math.Clamp(since, oldest, Last) + 1; number <= Last; number++)
            found.Add(_ring[number % Capacity]);
        return found;
    }

    private void Add(string name, Member member, long nowMs)
    {
        Last++;
        _ring[Last % Capacity] = new ClusterChange(Last, nowMs, name, member.Address.ToString());
    }
}
