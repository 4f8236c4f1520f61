using System.Collections;

namespace KvStore.Core.Replication;

/// <summary>How far one origin's mutations are held.</summary>
/// <param name="Number">Mutations 1 … Number of the origin are held.</param>
/// <param name="Clock">No mutation of the origin behind Number has a version whose clock is at or below this.</param>
public readonly record struct OriginMark(long Number, ulong Clock)
{
    /// <summary>
    /// The clock of a closed origin: it is gone, and the holder claims to hold all that any registered replica may ever hold of it, what
    /// lies beyond a gap in its numbers included.
    /// </summary>
    public const ulong ClosedClock = ulong.MaxValue;

    /// <summary>Whether the origin is closed by who holds this mark.</summary>
    public bool IsClosed => Clock == ClosedClock;

    /// <summary>The greater of each. Both claims hold of what holds either, as long as the greater number is held.</summary>
    public static OriginMark Max(OriginMark a, OriginMark b) => new(Math.Max(a.Number, b.Number), Math.Max(a.Clock, b.Clock));

    /// <summary>The lesser of each: what holds of both holders.</summary>
    public static OriginMark Min(OriginMark a, OriginMark b) => new(Math.Min(a.Number, b.Number), Math.Min(a.Clock, b.Clock));
}

/// <summary>
/// For each origin, up to where its mutations are held without a gap. A claim: the table that it describes dominates
/// everything it covers. Immutable, ordered by start id so that it is the same bytes everywhere.
/// </summary>
public sealed class OriginVector : IReadOnlyCollection<KeyValuePair<ulong, OriginMark>>, IEquatable<OriginVector>
{
    /// <summary>Covers nothing.</summary>
    public static readonly OriginVector Empty = new([]);

    private readonly KeyValuePair<ulong, OriginMark>[] _entries;

    /// <summary>Takes the pairs; an origin may occur once.</summary>
    public OriginVector(IEnumerable<KeyValuePair<ulong, OriginMark>> entries)
    {
        _entries = [.. entries];
        Array.Sort(_entries, static (a, b) => a.Key.CompareTo(b.Key));
    }

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <summary>What is held of <paramref name="origin"/>; nothing where it does not occur.</summary>
    public OriginMark this[ulong origin]
    {
        get
        {
            var (low, high) = (0, _entries.Length - 1);
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                var order = _entries[middle].Key.CompareTo(origin);
                if (order == 0)
                    return _entries[middle].Value;
                (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
            }
            return default;
        }
    }

    /// <summary>True when everything that <paramref name="other"/> covers by number is held. All there is of a closed origin is.</summary>
    public bool Covers(OriginVector other)
    {
        foreach (var (origin, mark) in other)
        {
            if (this[origin] is { IsClosed: false } held && held.Number < mark.Number)
                return false;
        }
        return true;
    }

    /// <summary>
    /// As <see cref="Covers"/>, and every origin that <paramref name="collected"/> has closed is closed here too: only a holder of all that
    /// was there can do without the deletions that were collected.
    /// </summary>
    public bool CoversCollected(OriginVector collected)
    {
        foreach (var (origin, mark) in collected)
        {
            if (this[origin] is { IsClosed: false } held && (mark.IsClosed || held.Number < mark.Number))
                return false;
        }
        return true;
    }

    /// <summary>What either covers.</summary>
    public static OriginVector Max(OriginVector a, OriginVector b)
    {
        var entries = a._entries.ToDictionary();
        foreach (var (origin, mark) in b)
            entries[origin] = OriginMark.Max(mark, entries.GetValueOrDefault(origin));
        return new OriginVector(entries);
    }

    /// <summary>What both cover: an origin that does not occur in one is not covered.</summary>
    public static OriginVector Min(OriginVector a, OriginVector b)
    {
        var entries = new List<KeyValuePair<ulong, OriginMark>>();
        foreach (var (origin, mark) in a)
        {
            var least = OriginMark.Min(mark, b[origin]);
            if (least != default)
                entries.Add(new(origin, least));
        }
        return new OriginVector(entries);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<ulong, OriginMark>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<ulong, OriginMark>>)_entries).GetEnumerator();

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
        foreach (var (origin, mark) in _entries)
        {
            hash.Add(origin);
            hash.Add(mark);
        }
        return hash.ToHashCode();
    }

    /// <summary>Start ids and numbers of those that have written, without clocks.</summary>
    public override string ToString() => "{" + string.Join(", ", _entries.Where(static e => e.Value.Number > 0).Select(static e => $"{e.Key:x}:{e.Value.Number}")) + "}";
}
