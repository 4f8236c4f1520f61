using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What one table was last seen to hold of each key. From there it goes one way only: to newer versions; from a value to the same
/// one expired; and from a tombstone to nothing, behind which only what is newer may come.
/// </summary>
internal sealed class KeyMemory
{
    private readonly List<Seen> _seen = [];

    /// <summary>The table was given up: what it holds from here on is another's.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>Takes in what a table holds of a key; what is wrong with it, or null.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">What the table has; not read where <paramref name="isThere"/> is false.</param>
    /// <param name="isThere">False when it has nothing.</param>
    /// <param name="floor">The table's floor.</param>
    /// <param name="collectedClock">Up to where its tombstones are removed.</param>
    /// <param name="latestMs">The latest that any clock has shown.</param>
    public string? Look(KeyHistory key, in EntryView entry, bool isThere, VersionStamp floor, ulong collectedClock, long latestMs)
    {
        while (_seen.Count <= key.Index)
            _seen.Add(default);
        var before = _seen[key.Index];
        if (!isThere)
            return LookAtNothing(key, before, floor, collectedClock, latestMs);
        var now = new Seen(entry.Version, entry.Kind == EntryKind.Expired ? Stage.Expired : Stage.There);
        if (entry.Version <= floor)
            return $"{key.Text} has {entry.Kind} {entry.Version}, and the floor is {floor}";
        if (now.Version < before.Version)
            return $"{key.Text} went from {before.Version} back to {entry.Kind} {now.Version}";
        if (now.Version == before.Version && now.Stage < before.Stage)
            return $"{key.Text} has {entry.Kind} {now.Version} again, which was {(before.Stage == Stage.Expired ? "expired" : "forgotten")}";
        _seen[key.Index] = now;
        return null;
    }

    private string? LookAtNothing(KeyHistory key, Seen before, VersionStamp floor, ulong collectedClock, long latestMs)
    {
        if (before.Version <= floor)
        {
            _seen[key.Index] = new Seen(floor, Stage.Gone);
            return null;
        }
        if (before.Stage == Stage.Gone)
            return null;
        if (!key.MayBeForgotten(before.Version, collectedClock, latestMs))
            return $"{key.Text} is gone, {before.Version} was there, and nothing deleted it that is collected at {collectedClock:x}";
        _seen[key.Index] = before with { Stage = Stage.Gone };
        return null;
    }

    private enum Stage : byte
    {
        There,
        Expired,
        Gone,
    }

    private readonly record struct Seen(VersionStamp Version, Stage Stage);
}
