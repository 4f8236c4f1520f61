using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What one machine has to hold whatever happens to its process: of every key the newest version that it was held to, since whoever
/// has that, or a newer one, has lost nothing.
/// </summary>
internal sealed class Promises
{
    private readonly Dictionary<string, Written> _keys = [];
    private VersionStamp _floor = VersionStamp.None;

    /// <summary>Of how many keys.</summary>
    public int Count => _keys.Count;

    /// <summary>Holds it to a mutation.</summary>
    public void Add(Written written)
    {
        if (written.Kind == RecordKind.Floor)
            _floor = written.Version > _floor ? written.Version : _floor;
        else if (!_keys.TryGetValue(written.Key, out var known) || known.Version < written.Version)
            _keys[written.Key] = written;
    }

    /// <summary>What a replica lacks of it, in words; null when nothing.</summary>
    /// <param name="replica">The replica.</param>
    /// <param name="isGone">Whether a key can be absent since something no older than a version took it away.</param>
    public string? WhatIsMissing(Replica replica, Func<Written, bool> isGone)
    {
        if (replica.Floor < _floor)
            return $"the FLUSHALL {_floor}: its floor is {replica.Floor}";
        foreach (var written in _keys.Values)
        {
            if (written.Version <= replica.Floor)
                continue;
            if (!NodeInspection.TableOf(replica).TryRead(Encoding.UTF8.GetBytes(written.Key), out var entry))
            {
                if (written.Version.Clock > replica.CollectedClock || !isGone(written))
                    return $"{written}: it has nothing of that key, its floor is {replica.Floor}, collected up to {replica.CollectedClock >> 16}";
            }
            else if (entry.Version < written.Version)
            {
                return $"{written}: it has {entry.Kind} {entry.Version}";
            }
        }
        return null;
    }
}
