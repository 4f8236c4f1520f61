using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>Two writes of one key, neither of which had seen the other.</summary>
/// <param name="Key">The key, or its beginning.</param>
/// <param name="IsCut">The key is longer than <see cref="ConflictJournal.MaxKeyBytes"/>.</param>
/// <param name="Winner">The version that the key has.</param>
/// <param name="Loser">The version that is lost.</param>
/// <param name="AtMs">When it came to light here, in Unix milliseconds.</param>
/// <param name="IsPossible">The overwrite was seen, but not whether its author knew what it replaced.</param>
public sealed record Conflict(ReadOnlyMemory<byte> Key, bool IsCut, VersionStamp Winner, VersionStamp Loser, long AtMs, bool IsPossible);

/// <summary>
/// What last writer wins has thrown away: the last conflicts, bounded in number and in bytes of keys. A ring; the oldest go first.
/// </summary>
public sealed class ConflictJournal(int maxCount)
{
    /// <summary>A key longer than this is cut: it tells people which one it was.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>Bytes of keys kept: what thousands of conflicts on long keys may cost.</summary>
    public const int MaxTotalKeyBytes = 4 * 1024 * 1024;

    private readonly Queue<Conflict> _conflicts = new();

    /// <summary>How many are kept.</summary>
    public int Count => _conflicts.Count;

    /// <summary>Bytes of keys that are kept.</summary>
    public int KeyBytes { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(ReadOnlySpan<byte> key, VersionStamp winner, VersionStamp loser, long atMs, bool isPossible)
    {
        if (maxCount <= 0)
            return;
        var kept = key.Length <= MaxKeyBytes ? key : key[..MaxKeyBytes];
        _conflicts.Enqueue(new Conflict(kept.ToArray(), kept.Length < key.Length, winner, loser, atMs, isPossible));
        KeyBytes += kept.Length;
        while (_conflicts.Count > maxCount || KeyBytes > MaxTotalKeyBytes)
            KeyBytes -= _conflicts.Dequeue().Key.Length;
    }

    /// <summary>The last <paramref name="count"/>, newest first.</summary>
    public IReadOnlyList<Conflict> Last(int count) =>
        [.. _conflicts.Skip(Math.Max(0, _conflicts.Count - count)).Reverse()];
}
