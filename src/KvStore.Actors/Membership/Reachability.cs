using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

/// <summary>What an observer says of a subject that it does not consider reachable.</summary>
internal enum ReachabilityStatus : byte
{
    /// <summary>It does not answer heartbeats. It may come back.</summary>
    Unreachable = 1,

    /// <summary>Another incarnation runs at its address: it is dead for certain, and never comes back.</summary>
    Terminated = 2,
}

/// <summary>
/// One observer's verdicts. Only the observer itself changes its row, and counts each change in
/// <see cref="Version"/>, so of two copies of a row the one with the greater version is simply the newer one.
/// Whoever is not listed is reachable.
/// </summary>
internal sealed record ObserverRow(long Version, ImmutableSortedDictionary<UniqueAddress, ReachabilityStatus> Verdicts)
{
    public static readonly ObserverRow Empty = new(0, ImmutableSortedDictionary<UniqueAddress, ReachabilityStatus>.Empty);

    public bool SameAs(ObserverRow other) => Version == other.Version && Verdicts.SequenceEqual(other.Verdicts);
}

/// <summary>
/// Who cannot reach whom, as a row for each observer. A node counts as unreachable as long as any observer says so.
/// Immutable.
/// </summary>
internal sealed class Reachability
{
    public static readonly Reachability Empty = new(ImmutableSortedDictionary<UniqueAddress, ObserverRow>.Empty);

    private ImmutableSortedSet<UniqueAddress>? _allUnreachable;

    public Reachability(ImmutableSortedDictionary<UniqueAddress, ObserverRow> rows) => Rows = rows;

    public ImmutableSortedDictionary<UniqueAddress, ObserverRow> Rows { get; }

    /// <summary>Every node that some observer considers unreachable or terminated.</summary>
    public ImmutableSortedSet<UniqueAddress> AllUnreachable =>
        _allUnreachable ??= Rows.Values.SelectMany(static row => row.Verdicts.Keys).ToImmutableSortedSet();

    public bool IsReachable(UniqueAddress subject) => !AllUnreachable.Contains(subject);

    public bool IsReachable(UniqueAddress observer, UniqueAddress subject) => StatusOf(observer, subject) is null;

    public ReachabilityStatus? StatusOf(UniqueAddress observer, UniqueAddress subject) =>
        Rows.TryGetValue(observer, out var row) && row.Verdicts.TryGetValue(subject, out var status) ? status : null;

    /// <summary>The observer no longer hears the subject.</summary>
    public Reachability Unreachable(UniqueAddress observer, UniqueAddress subject) =>
        StatusOf(observer, subject) is null ? Change(observer, subject, ReachabilityStatus.Unreachable) : this;

    /// <summary>The observer knows the subject to be dead.</summary>
    public Reachability Terminated(UniqueAddress observer, UniqueAddress subject) =>
        StatusOf(observer, subject) is ReachabilityStatus.Terminated ? this : Change(observer, subject, ReachabilityStatus.Terminated);

    /// <summary>The observer hears the subject again. What is terminated stays so.</summary>
    public Reachability Reachable(UniqueAddress observer, UniqueAddress subject)
    {
        if (StatusOf(observer, subject) is not ReachabilityStatus.Unreachable)
            return this;
        var row = Rows[observer];
        return new Reachability(Rows.SetItem(observer, new ObserverRow(row.Version + 1, row.Verdicts.Remove(subject))));
    }

    /// <summary>Forgets a node, both as an observer and as a subject.</summary>
    public Reachability Remove(UniqueAddress node) => Filter(n => n != node);

    /// <summary>The rows without those of some observers.</summary>
    public Reachability WithoutObservers(Func<UniqueAddress, bool> isExcluded) =>
        new(Rows.Where(row => !isExcluded(row.Key)).ToImmutableSortedDictionary());

    /// <summary>The newer row of each observer, kept to the nodes that are members of the merged gossip.</summary>
    public Reachability Merge(Reachability other, Func<UniqueAddress, bool> isMember)
    {
        var merged = Rows.ToBuilder();
        foreach (var (observer, row) in other.Rows)
        {
            if (!merged.TryGetValue(observer, out var mine) || row.Version > mine.Version)
                merged[observer] = row;
        }
        return new Reachability(merged.ToImmutable()).Filter(isMember);
    }

    public bool SameAs(Reachability other) =>
        Rows.Count == other.Rows.Count
        && Rows.All(row => other.Rows.TryGetValue(row.Key, out var theirs) && row.Value.SameAs(theirs));

    private Reachability Change(UniqueAddress observer, UniqueAddress subject, ReachabilityStatus status)
    {
        var row = Rows.GetValueOrDefault(observer, ObserverRow.Empty);
        return new Reachability(Rows.SetItem(observer, new ObserverRow(row.Version + 1, row.Verdicts.SetItem(subject, status))));
    }

    private Reachability Filter(Func<UniqueAddress, bool> keep)
    {
        var kept = ImmutableSortedDictionary.CreateBuilder<UniqueAddress, ObserverRow>();
        foreach (var (observer, row) in Rows)
        {
            if (!keep(observer))
                continue;
            kept[observer] = row.Verdicts.Keys.All(keep)
                ? row
                : row with { Verdicts = row.Verdicts.Where(v => keep(v.Key)).ToImmutableSortedDictionary() };
        }
        return new Reachability(kept.ToImmutable());
    }
}
