using System.Collections.Immutable;
using KvStore.Actors.Membership;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// What one node has announced. Only the owner changes it, and numbers its changes 1, 2, 3, …; every other node holds a
/// prefix of them. A removal is a change too, and is kept for a while so that it can be passed on.
/// </summary>
/// <remarks>
/// Once a removal is forgotten, a node that had not heard of it can no longer be told. So it is the owner alone who decides to
/// forget, and <see cref="PrunedBelow"/>, the greatest change number forgotten, travels with the changes. Whoever knows less
/// than that is sent the bucket in full, in chunks if need be. While it is in between (its version below its pruned
/// number), it takes nothing from those who have not forgotten as much: they may still hold what it has just shed.
/// </remarks>
internal sealed class Bucket
{
    /// <summary>What one node may announce: a bound on what it can make the others keep.</summary>
    public const int MaxEntries = 65_536;

    /// <summary>An encoded delta stays well below the default frame size of 128 000 bytes.</summary>
    private const int MaxDeltaBytes = 64_000;

    private readonly SortedDictionary<RegistryKey, Entry> _entries = [];

    public Bucket(UniqueAddress owner) => Owner = owner;

    public UniqueAddress Owner { get; }

    public long Version { get; private set; }

    public long PrunedBelow { get; private set; }

    public int EntryCount => _entries.Count;

    public BucketDigest Digest => new(Owner, Version, PrunedBelow);

    public IEnumerable<RegistryKey> Present => _entries.Where(static e => e.Value.IsPresent).Select(static e => e.Key);

    public bool Has(RegistryKey key) => _entries.TryGetValue(key, out var entry) && entry.IsPresent;

    /// <summary>For the owner: a change, and what to tell the others of it.</summary>
    public BucketDelta Announce(RegistryKey key, bool isPresent, long nowMs)
    {
        if (isPresent && _entries.Count >= MaxEntries && !_entries.ContainsKey(key))
            throw new InvalidOperationException($"A node cannot announce more than {MaxEntries} topics, groups and paths.");
        Version++;
        _entries[key] = new Entry(Version, isPresent, nowMs);
        return new BucketDelta(Owner, Version - 1, Version, PrunedBelow, IsFull: false, HasMore: false, [new BucketChange(key, Version, isPresent)]);
    }

    /// <summary>What somebody who knows that much lacks, up to the given number of changes; null where it lacks nothing.</summary>
    public BucketDelta? DeltaFor(BucketDigest known, int maxChanges)
    {
        var isFull = IsBehindForgotten(known.Version, known.PrunedBelow, PrunedBelow);
        if (!isFull && known.Version >= Version)
            return null;
        var from = isFull ? 0 : known.Version;
        var changes = ImmutableArray.CreateBuilder<BucketChange>();
        var bytes = 0;
        var hasMore = false;
        foreach (var (key, entry) in _entries.Where(e => e.Value.Version > from).OrderBy(static e => e.Value.Version))
        {
            bytes += PubSubCodec.MaxBytesOf(key);
            if (changes.Count == maxChanges || (bytes > MaxDeltaBytes && changes.Count > 0))
            {
                hasMore = true;
                break;
            }
            changes.Add(new BucketChange(key, entry.Version, entry.IsPresent));
        }
        if (hasMore && changes.Count == 0)
            return null;
        return new BucketDelta(Owner, from, hasMore ? changes[^1].Version : Version, PrunedBelow, isFull, hasMore, changes.ToImmutable());
    }

    /// <summary>Takes in what another node knows of the owner. Returns false when changes in between are missing.</summary>
    public bool Apply(BucketDelta delta)
    {
        var isBehind = IsBehindForgotten(Version, PrunedBelow, delta.PrunedBelow);
        if (delta.Upto <= Version && !(delta.IsFull && isBehind))
            return true;
        if (Version < PrunedBelow && delta.PrunedBelow < PrunedBelow)
            return true;
        if (delta.IsFull)
            _entries.Clear();
        else if (delta.Base > Version || isBehind)
            return false;
        foreach (var change in delta.Changes)
        {
            if (_entries.TryGetValue(change.Key, out var known) ? delta.IsFull || known.Version < change.Version : _entries.Count < MaxEntries)
                _entries[change.Key] = new Entry(change.Version, change.IsPresent, ChangedMs: 0);
        }
        Version = delta.Upto;
        Forget(delta.PrunedBelow);
        return true;
    }

    /// <summary>For the owner: forgets the removals made before that time.</summary>
    public void Prune(long removedBeforeMs) =>
        Forget(_entries.Values.Where(e => !e.IsPresent && e.ChangedMs < removedBeforeMs).Select(static e => e.Version).DefaultIfEmpty(0).Max());

    /// <summary>For the others: the owner has forgotten its removals up to that one.</summary>
    public void Forget(long upto)
    {
        if (upto <= PrunedBelow)
            return;
        PrunedBelow = upto;
        foreach (var (key, _) in _entries.Where(e => !e.Value.IsPresent && e.Value.Version <= upto).ToArray())
            _entries.Remove(key);
    }

    private static bool IsBehindForgotten(long version, long prunedBelow, long forgotten) => version < forgotten && prunedBelow < forgotten;

    /// <summary>The time is the owner's; the others do not need it.</summary>
    private readonly record struct Entry(long Version, bool IsPresent, long ChangedMs);
}
