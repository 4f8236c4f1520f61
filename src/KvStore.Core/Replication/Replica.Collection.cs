using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>
/// Tombstones go when every replica that may hold an older value has synced the deletion, and never by age.
/// <para>
/// The claim (G, W): every registered replica has synced G, and every mutation whose clock is at or below W is numbered at or
/// below G. G is the least of what all registered replicas report as synced, W the least clock of G's marks. Synced vectors
/// only grow, so a claim that was true stays true, and two claims make one by taking the greater of each: all have synced either
/// G, so all have synced the greater number of each origin; and what lies at or below either W lies below one of the two. That
/// is why a replica may take over the claim of another, if its own table covers G: it holds then, for each key, the newest of
/// all that is at or below W, and whatever else comes of it is a duplicate.
/// </para>
/// <para>
/// A replica that registers later has not synced G. It begins with nothing and receives a table that covers G, of a donor that
/// collects nothing meanwhile (Replica.Discard). And what it writes is above every W that was drawn without it: a W is drawn from
/// marks of replicas that all know the same registry; the donor gives only to one that it knows to be registered, so a W without
/// the new one is at or below what the donor's clock was before; and the new one's clock is above that, from the first piece.
/// A replica that came to serve without a donor knows nothing of another cluster's W. Those two meet as foreigners: an origin
/// that is not in G with a clock of at least W, and was registered at or before W, may have written below it. Nothing is
/// taken of it, and one of the two has to go.
/// </para>
/// <para>
/// An origin that is gone says no more of its clock. It is closed when all registered replicas hold the same number of
/// it, synced, know it to be gone, and none holds anything of it beyond: from then on none takes more, and its clock is the
/// greatest there is. A closed origin stays in the vectors, 24 bytes for each process that ever wrote, since a vector without it
/// could not be told from one that is behind.
/// </para>
/// </content>
public sealed partial class Replica
{
    /// <summary>The clock of an origin that accepts nothing more.</summary>
    private const ulong Closed = ulong.MaxValue;

    /// <summary>As with expiry: ten ticks a second pass a million keys in ten seconds at under a percent of a core.</summary>
    private const int CollectBucketsPerTick = 10_000;

    /// <summary>Each step writes a vector into the log; nobody needs the memory of a deleted key within the second.</summary>
    private const long CollectIntervalMs = 1_000;

    private OriginVector _collected = OriginVector.Empty;
    private ulong _collectedClock;
    private ulong _persistedClock;
    private ulong _walkClock;
    private ulong _walkCursor;
    private long _nextClaimMs;
    private long _nextWalkMs;

    /// <summary>What every registered replica had synced when the watermark was drawn.</summary>
    public OriginVector Collected => _collected;

    /// <summary>Tombstones whose version's clock is at or below this are removed.</summary>
    public ulong CollectedClock => _collectedClock;

    /// <summary>Deleted and expired keys that are still remembered.</summary>
    public long Tombstones => _table.Count - _table.Live;

    private void Collect()
    {
        if (!Ready || Tombstones == 0)
            return;
        if (_elapsedMs >= _nextClaimMs)
        {
            _nextClaimMs = _elapsedMs + CollectIntervalMs;
            Claim();
        }
        if (_walkCursor == 0 && !StartWalk())
            return;
        var collected = 0;
        _walkCursor = _table.Collect(_walkCursor, CollectBucketsPerTick, _walkClock, ref collected);
        Counters.Collected += collected;
    }

    private bool StartWalk()
    {
        if (_collectedClock == 0 || _elapsedMs < _nextWalkMs)
            return false;
        _nextWalkMs = _elapsedMs + CollectIntervalMs;
        _walkClock = Math.Min(_collectedClock, _snapshotClock);
        if (_persistedClock < _walkClock)
        {
            // Before the first removal: a replica that had removed a tombstone and did not know up to where would let the value in again.
            _persistedClock = _collectedClock;
            Persist(new CollectedItem(_collected, _collectedClock));
        }
        return true;
    }

    private void Claim()
    {
        var all = new List<Heard>();
        foreach (var entry in _registry.Current)
        {
            if (entry.Store == Store)
                continue;
            // One that knows another registry may know a replica that has written below what would be drawn.
            if (!_heard.TryGetValue(entry.Store, out var heard) || heard.StartId != entry.StartId || heard.Registry != _registry.Hash)
                return;
            all.Add(heard);
        }
        if (!IsRegistered)
            return;
        var mine = Synced;
        var common = all.Aggregate(mine, static (least, heard) => OriginVector.Min(least, heard.Synced));
        var watermark = Closed;
        foreach (var origin in KnownOrigins(all))
        {
            var mark = common[origin];
            if (IsGone(origin) && mark.Clock != Closed && IsFinished(origin, mine[origin].Number, all))
            {
                if (mark.Number > 0)
                    Progress(origin).Close();
                continue;
            }
            watermark = Math.Min(watermark, mark.Clock);
        }
        if (watermark != Closed && watermark > _collectedClock)
            Adopt(common, watermark);
    }

    private HashSet<ulong> KnownOrigins(List<Heard> all)
    {
        var origins = new HashSet<ulong>(_registry.Current.Select(static e => e.StartId));
        origins.UnionWith(_origins.Keys);
        origins.Add(StartId);
        foreach (var heard in all)
        {
            origins.UnionWith(heard.Applied.Select(static e => e.Key));
            origins.UnionWith(heard.Open);
        }
        return origins;
    }

    /// <summary>
    /// All hold the same of an origin, and have said so when they knew it to be gone: from then on none of them takes more of it than
    /// another registered replica holds, which is no more.
    /// </summary>
    private bool IsFinished(ulong origin, long number, List<Heard> all)
    {
        if (IsOpen(origin) || AppliedOf(origin) != number)
            return false;
        foreach (var heard in all)
        {
            if (heard.Applied[origin].Number != number || heard.Synced[origin].Number != number || heard.Open.Contains(origin))
                return false;
        }
        return true;
    }

    /// <summary>Whether more of a gone origin is here than its number says, or may still come from itself.</summary>
    private bool IsOpen(ulong origin) =>
        _peers.ContainsKey(origin) || (_origins.TryGetValue(origin, out var progress) && progress.HoldsBeyond);

    /// <summary>
    /// Origins that are gone and of which something is here that not all are known to have: collection waits for them.
    /// </summary>
    public IReadOnlyCollection<ulong> OpenOrigins => [.. _origins.Keys.Where(o => IsGone(o) && IsOpen(o))];

    private void Adopt(OriginVector vector, ulong clock)
    {
        _collected = OriginVector.Max(_collected, vector);
        _collectedClock = Math.Max(_collectedClock, clock);
        // Nothing is written below a watermark that is known, whatever this node's wall clock says.
        _clock.Observe(clock);
    }

    /// <summary>
    /// Whether an entry is older than what was collected, for a key of which nothing is here: then it was deleted, and must not
    /// come back.
    /// </summary>
    private bool IsCollected(in EntryRecord record) =>
        record.Version.Clock <= _collectedClock && record.Kind != RecordKind.Floor && !_table.TryGet(record.Key, out _);

    // What a loading replica has from its donor so far is as of this clock; anything older that matters comes with a piece.
    private OriginVector LoadedVector => _loadedFrom is { } loaded && !IsComplete ? loaded.Vector : _collected;

    private ulong LoadedClock => _loadedFrom is { } loaded && !IsComplete ? loaded.Clock : _collectedClock;

    /// <summary>Takes in an entry that came outside of the numbered stream; true when the table is another now.</summary>
    private bool Merge(in EntryRecord record)
    {
        if (IsCollected(record))
        {
            _clock.Observe(record.Version.Clock);
            Counters.Refused++;
            return false;
        }
        if (record.Version.StartId != StartId)
            Progress(record.Version.StartId).Saw(record.Version.Clock);
        var diverged = Counters.Diverged;
        if (!Apply(record, out var previous))
            return Counters.Diverged > diverged;
        NoteOverwritten(record, previous);
        return true;
    }
}
