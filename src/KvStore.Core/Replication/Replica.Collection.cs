using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>
/// Tombstones go when every replica that may hold an older value has synced the deletion, and never by age. The argument stands in
/// docs/replication.md; in short:
/// <para>
/// The claim (G, W): every registered replica has synced G, and every mutation whose clock is at or below W is numbered at or
/// below G, or is of an origin that all have closed. G is the least of what all registered replicas report as synced, W the least clock
/// of G's marks. Synced vectors only grow, so two claims make one by taking the greater of each, and a replica takes over the claim of
/// another that knows the same registry, since both were asked.
/// </para>
/// <para>
/// An origin that is gone says no more of its clock, and may have left something behind a gap that no replica can fill. A replica closes
/// it by its own claim: "I hold all there is of it". Every other registered replica has said, knowing the same registry, that it holds
/// nothing of it beyond a number that is held here too; or this replica has completed a session with it that began when both knew that
/// registry. A session hands the claim on, a status never does. The least over the registry is the agreement.
/// </para>
/// <para>
/// A replica that registers later has not synced G. It begins with nothing and receives a table that covers G, of a donor that
/// collects nothing meanwhile; and what it writes is above every W that was drawn without it, since these are at or below what its
/// donor's clock was before, and its own is above that from the first piece.
/// </para>
/// A closed origin stays in the vectors, 24 bytes for each process that ever wrote, since a vector without it could not be told from one
/// that is behind.
/// </content>
public sealed partial class Replica
{
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
    private long _nextCloseMs;
    private long _nextWalkMs;

    /// <summary>What every registered replica had synced when the watermark was drawn.</summary>
    public OriginVector Collected => _collected;

    /// <summary>Tombstones whose version's clock is at or below this are removed.</summary>
    public ulong CollectedClock => _collectedClock;

    /// <summary>Deleted and expired keys that are still remembered.</summary>
    public long Tombstones => _table.Count - _table.Live;

    /// <summary>
    /// The registered replicas that tombstones wait for: those that are away, and those that have not said yet that they know this registry;
    /// ordered by name and store.
    /// </summary>
    public IReadOnlyList<RegisteredView> AwaitedForCollection =>
        Tombstones == 0 ? [] : [.. _registry.Current
            .Where(e => e.Store != Store && (StateOf(e) == ReplicaState.Away || !IsAgreed(e.StartId)))
            .Select(View)
            .OrderBy(static v => v.Name, StringComparer.Ordinal)
            .ThenBy(static v => v.Store)];

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
        if (HeardAll() is not { } all)
            return;
        var common = all.Aggregate(Synced, static (least, heard) => OriginVector.Min(least, heard.Synced));
        var watermark = OriginMark.ClosedClock;
        foreach (var origin in KnownOrigins(all))
        {
            var mark = common[origin];
            if (mark.IsClosed || !IsUnwritten(origin, all))
                watermark = Math.Min(watermark, mark.Clock);
        }
        if (watermark != OriginMark.ClosedClock && watermark > _collectedClock)
            Adopt(common, watermark);
    }

    /// <summary>Closes every origin that is gone where all there is of it is held here; else asks the replicas that may hold more.</summary>
    private void CloseGone()
    {
        if (!Ready || _elapsedMs < _nextCloseMs)
            return;
        _nextCloseMs = _elapsedMs + CollectIntervalMs;
        var mine = Vector();
        // What another replica has collected is no longer there to be asked about.
        if (HeardAll() is not { } all || !all.TrueForAll(h => mine.CoversCollected(h.Collected)))
            return;
        var closed = new List<KeyValuePair<ulong, OriginMark>>();
        foreach (var origin in KnownOrigins(all))
        {
            if (mine[origin].IsClosed || !IsGone(origin))
                continue;
            if (IsUnwritten(origin, all))
            {
                // What was said to exist of it is nowhere.
                _origins.Remove(origin);
                continue;
            }
            if (!HoldsAll(origin, all))
                continue;
            var progress = Progress(origin);
            progress.Close();
            closed.Add(new(origin, progress.Mark));
        }
        if (closed.Count > 0)
            Persist(new CoveredItem(new OriginVector(closed)));
    }

    private bool HoldsAll(ulong origin, List<Heard> all)
    {
        var holdsAll = true;
        foreach (var heard in all)
        {
            if (heard.Applied[origin].Number <= AppliedOf(origin) && !heard.Open.Contains(origin))
                continue;
            var peer = _peers.GetValueOrDefault(heard.StartId);
            if (peer?.GatheredUnder == _registry.Hash)
                continue;
            holdsAll = false;
            // What has numbers is asked for by number.
            if (peer is not null && heard.Open.Contains(origin) && _session?.Donor != heard.StartId)
                Want(peer, SessionReason.Returned);
        }
        return holdsAll;
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

    /// <summary>Whether an origin is gone and no replica holds anything of it: many a process comes and goes without a write.</summary>
    private bool IsUnwritten(ulong origin, List<Heard> all) =>
        IsGone(origin)
        && AppliedOf(origin) == 0
        && !HoldsBeyond(origin)
        && all.TrueForAll(h => h.Applied[origin].Number == 0 && !h.Open.Contains(origin));

    private bool HoldsBeyond(ulong origin) => _origins.TryGetValue(origin, out var progress) && progress.HoldsBeyond;

    /// <summary>Whether an origin is not there to be asked for what is missing of it.</summary>
    private bool MayBeOpen(ulong origin) =>
        IsGone(origin) || (origin != StartId && !(_peers.TryGetValue(origin, out var peer) && IsReachable(peer)));

    /// <summary>Origins that are not there, and of which this replica holds what its number does not say, until all of them are known to.</summary>
    private ulong[] HeldBeyond =>
        [.. _origins.Where(o => o.Value.HoldsBeyond && MayBeOpen(o.Key) && !_collected[o.Key].IsClosed).Select(static o => o.Key)];

    /// <summary>
    /// Origins that are gone, and of which this replica has not found yet that all there is of them is here: collection waits for them.
    /// </summary>
    public IReadOnlyCollection<ulong> OpenOrigins =>
        [.. _origins.Where(o => !o.Value.IsClosed && IsGone(o.Key) && (o.Value.Applied > 0 || o.Value.HoldsBeyond)).Select(static o => o.Key)];

    private void Adopt(OriginVector vector, ulong clock)
    {
        _collected = OriginVector.Max(_collected, vector);
        _collectedClock = Math.Max(_collectedClock, clock);
        // Nothing is written below a watermark that is known, whatever this node's wall clock says.
        _clock.Observe(clock);
    }

    /// <summary>
    /// Judges a peer's claim of what is collected. Every registered replica was asked for it, so one that does not cover it has lost what it
    /// had said to be on disk, and with it deletions that no replica has any more.
    /// </summary>
    private void OnCollected(ReplicaStatus status)
    {
        // What is still being read from disk is neither behind nor covered.
        if (!IsComplete || IsRecovering || !IsRegistered || !IsAgreed(status.Replica))
            return;
        if (Vector().CoversCollected(status.Collected))
            Adopt(status.Collected, status.CollectedClock);
        else if (status.Ready)
            GiveUpContents($"it has lost what it had synced, and '{status.Name}' has collected deletions by that");
    }

    /// <summary>
    /// Whether an entry is older than what was collected, for a key of which nothing is here: then it was deleted, and must not
    /// come back.
    /// </summary>
    private bool IsCollected(in EntryRecord record) =>
        record.Version.Clock <= _collectedClock && record.Kind != RecordKind.Floor && !_table.TryGet(record.Key, out _);

    // What a loading replica has from its donor so far is as of this clock; anything older that matters comes with a piece.
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
