using System.Collections;

namespace KvStore.Core.Replication;

/// <summary>
/// For each origin, the number up to which its mutations are held without a gap. A claim: the table that it describes
/// dominates everything it covers. Immutable, ordered by start id so that it is the same bytes everywhere.
/// </summary>
public sealed class OriginVector : IReadOnlyCollection<KeyValuePair<ulong, long>>, IEquatable<OriginVector>
{
    /// <summary>Covers nothing.</summary>
    public static readonly OriginVector Empty = new([]);

    private readonly KeyValuePair<ulong, long>[] _entries;

    /// <summary>Takes the pairs; an origin may occur once, numbers are at least 1 where they mean anything.</summary>
    public OriginVector(IEnumerable<KeyValuePair<ulong, long>> entries)
    {
        _entries = [.. entries];
        Array.Sort(_entries, static (a, b) => a.Key.CompareTo(b.Key));
    }

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <summary>The number held of <paramref name="origin"/>; 0 when none.</summary>
    public long this[ulong origin]
    {
        get
        {
            foreach (var (start, applied) in _entries)
            {
                if (start == origin)
                    return applied;
            }
            return 0;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<ulong, long>> GetEnumerator() => ((IEnumerable<KeyValuePair<ulong, long>>)_entries).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(OriginVector? other) => other is not null && _entries.AsSpan().SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OriginVector);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (origin, applied) in _entries)
        {
            hash.Add(origin);
            hash.Add(applied);
        }
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => "{" + string.Join(", ", _entries.Select(static e => $"{e.Key:x}:{e.Value}")) + "}";
}
