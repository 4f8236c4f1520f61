using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

/// <summary>How two versions relate.</summary>
internal enum VersionOrder
{
    Same,

    /// <summary>The first is contained in the second.</summary>
    Before,

    /// <summary>The first contains the second.</summary>
    After,

    /// <summary>Each holds a change that the other lacks.</summary>
    Concurrent,
}

/// <summary>
/// A version of the gossip: for each author how many changes of its are contained (Lamport 1978, Fidge and Mattern 1988).
/// Immutable; an author that is absent counts as zero.
/// </summary>
internal sealed class VectorClock : IEquatable<VectorClock>
{
    public static readonly VectorClock Empty = new(ImmutableSortedDictionary<UniqueAddress, long>.Empty);

    public VectorClock(ImmutableSortedDictionary<UniqueAddress, long> counters) => Counters = counters;

    public ImmutableSortedDictionary<UniqueAddress, long> Counters { get; }

    public VectorClock Increment(UniqueAddress author) =>
        new(Counters.SetItem(author, Counters.GetValueOrDefault(author) + 1));

    /// <summary>Forgets an author that left the cluster, or versions would grow with every restart.</summary>
    public VectorClock Prune(UniqueAddress author) =>
        Counters.ContainsKey(author) ? new VectorClock(Counters.Remove(author)) : this;

    public VectorClock Merge(VectorClock other)
    {
        var merged = Counters.ToBuilder();
        foreach (var (author, count) in other.Counters)
        {
            if (count > merged.GetValueOrDefault(author))
                merged[author] = count;
        }
        return new VectorClock(merged.ToImmutable());
    }

    public VersionOrder CompareTo(VectorClock other)
    {
        var ahead = Counters.Any(c => c.Value > other.Counters.GetValueOrDefault(c.Key));
        var behind = other.Counters.Any(c => c.Value > Counters.GetValueOrDefault(c.Key));
        return (ahead, behind) switch
        {
            (false, false) => VersionOrder.Same,
            (true, false) => VersionOrder.After,
            (false, true) => VersionOrder.Before,
            _ => VersionOrder.Concurrent,
        };
    }

    public bool Equals(VectorClock? other) => other is not null && CompareTo(other) == VersionOrder.Same;

    public override bool Equals(object? obj) => Equals(obj as VectorClock);

    public override int GetHashCode() => Counters.Count;

    public override string ToString() => "(" + string.Join(", ", Counters.Select(c => $"{c.Key.Address.Host}:{c.Key.Address.Port}#{c.Key.Uid}={c.Value}")) + ")";
}
