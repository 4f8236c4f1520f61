using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>
/// Who may hold data, learned and told: every status carries a hash of the registry, and where two differ they exchange them. Two rules
/// stand on it. The fence: an origin that is not the current process of a registered replica is gone, and a mutation of it is taken only if a
/// registered replica, heard under the same registry, holds it. And a session goes on only between registered replicas that know the
/// same registry. So whatever a registered replica holds is of origins that its registry knows or knew, and what there is of an origin
/// that is gone grows no more once every registered replica knows it to be gone.
/// </content>
public sealed partial class Replica
{
    // What each registered replica said last, by store: of one that is away it stays as it was. Bounded by the registry.
    private readonly Dictionary<ulong, Heard> _heard = [];
    private ReplicaRegistry _registry = ReplicaRegistry.Empty;
    private long _registeredMs;
    private bool _hasRegistered;

    // Not before: one that has just given up hears first what others have to say of that, and identities do not follow each other in a storm.
    private long _registersAtMs;

    // The store from which this replica has loaded, or is loading; 0 where that was before this process, or never.
    private ulong _donor;

    /// <summary>
    /// The identity of the data: of the data folder, or of this process where there is none; another after the replica has given up what
    /// it had, since what was given up stays forgotten.
    /// </summary>
    public ulong Store { get; private set; }

    /// <summary>Who may hold data, as this replica knows it.</summary>
    public ReplicaRegistry Registry => _registry;

    /// <summary>The registered replicas, this one included, ordered by name and store; of one that has come back as another only that.</summary>
    public IReadOnlyList<RegisteredView> Replicas =>
        [.. _registry.Entries
            .Where(e => !e.Forgotten || !_registry.Current.Any(c => c.Name == e.Name))
            .Select(View)
            .OrderBy(static v => v.Name, StringComparer.Ordinal)
            .ThenBy(static v => v.Store)];

    /// <summary>
    /// Gives up a replica that does not come back, so that deletions no longer wait for it. If it comes back all the same it
    /// discards what it has, its unreplicated writes included, and joins anew.
    /// </summary>
    /// <returns>Null when it is done, otherwise why not.</returns>
    public string? Forget(string name)
    {
        var named = _registry.Current.Where(e => e.Name == name).ToList();
        if (named.Count == 0)
            return $"No replica is registered as '{name}'.";
        var away = named.Where(e => StateOf(e) == ReplicaState.Away).ToList();
        if (away.Count == 0)
            return $"'{name}' is a live member of the cluster: only a replica that is away can be forgotten.";
        Announce(away.Aggregate(_registry, static (registry, entry) => registry.Forget(entry.Store)));
        return null;
    }

    private bool IsRegistered => _registry.FindCurrent(StartId)?.Store == Store;

    /// <summary>
    /// Registers this process, before it receives the first entry, so that from then on the others wait for it with what they collect.
    /// One that shares its name or data with another does not fight it for the entry. False where it is not registered yet.
    /// </summary>
    private bool EnsureRegistered()
    {
        if (_registry.FindCurrent(StartId) is { } entry && entry.Store == Store && (entry.Complete || !IsComplete))
            return true;
        // A registry without a generation is nobody's: the peers are about to send theirs.
        if (!_selfUp || HasTwin || _registry.Generation == 0 || _elapsedMs < _registersAtMs || !MayRegister())
            return false;
        var registered = _registry.Find(Store);
        // A live process that has this data is a twin, which two of its statuses tell.
        if (registered is not null && registered.StartId != StartId && StateOf(registered) == ReplicaState.Live)
            return false;
        // Another process has registered for this data, so this one's origin is gone for those who have heard.
        if (_hasRegistered && !IsRegistered)
            BeginOrigin();
        Register();
        return true;
    }

    /// <summary>A registration is stamped, and what is stamped stays below the ceiling that is on disk.</summary>
    private bool MayRegister()
    {
        if (_registry.IsFull && _registry.Find(Store) is not { Forgotten: false })
            return false;
        return MayStampOrRaise();
    }

    private void Register()
    {
        // The entry must be the newest of its store, whatever the clocks of those who wrote the others.
        foreach (var other in _registry.Entries)
            _clock.Observe(other.Clock);
        _hasRegistered = true;
        var donor = _donor != 0 ? _donor : _registry.Find(Store)?.Donor ?? 0;
        Announce(_registry.With(new RegisteredReplica(
            Store,
            ReplicaRegistry.CutName(_settings.Name),
            StartId,
            _clock.Tick(NowMs),
            donor,
            _settings.Durable,
            IsComplete,
            Forgotten: false)));
    }

    /// <summary>
    /// The memory of a process is gone with it: once this one serves under the same name, and the other has not been heard for as long as it
    /// takes to find that two have one name, nobody waits for it.
    /// </summary>
    private void ForgetPredecessors()
    {
        if (!Ready || HasTwin)
            return;
        var name = ReplicaRegistry.CutName(_settings.Name);
        foreach (var entry in _registry.Current.Where(e => !e.Durable && e.Name == name && StateOf(e) == ReplicaState.Away).ToList())
        {
            if (View(entry).AwayMs >= WitnessIntervals * _settings.StatusIntervalMs)
                Announce(_registry.Forget(entry.Store));
        }
    }

    private void Announce(ReplicaRegistry registry)
    {
        SetRegistry(registry);
        if (_members.Count > 0)
            Outbox.Broadcast(new RegistryUpdate(StartId, _registry));
    }

    /// <summary>
    /// A table is given to those only that are known to be registered, after a restart too: from then on nothing is collected without them. It
    /// answers with what it knows itself, so that the next request finds the two agreed.
    /// </summary>
    private bool MayDonate(ulong replica)
    {
        if (SyncedRegistry.IsCurrent(replica))
            return true;
        Outbox.Send(replica, new RegistryUpdate(StartId, _registry));
        return false;
    }

    private void OnRegistryUpdate(RegistryUpdate update)
    {
        if (_registry.IsApartFrom(update.Registry.Generation))
            return;
        // Into a generation a serving replica takes one in: another may have just left it.
        if (_registry.Generation == 0 && !(_peers.TryGetValue(update.Replica, out var peer) && peer.Ready && peer.Generation == update.Registry.Generation))
            return;
        var merged = _registry.Merge(update.Registry);
        var isOutdated = IsOutdated(merged);
        SetRegistry(WithoutStrangers(merged));
        if (isOutdated)
            GiveUpContents($"more than {ReplicaRegistry.MaxEntries} replicas came and were forgotten while it was away");
        // What the sender does not know yet it gets at once, and not with its next status.
        if (_registry.Hash != update.Registry.Hash)
            Outbox.Send(update.Replica, new RegistryUpdate(StartId, _registry));
        if (_nextStatusMs > 0)
            return;
        if (!Ready)
            Load();
        // Little goes on between replicas until each has said that it knows the same registry.
        SendStatus();
    }

    /// <summary>
    /// A replica that is new here and has loaded from one that was known to be forgotten is forgotten as well. The marks of the donor would
    /// have kept every watermark below what the new one writes, had the donor not been forgotten; so it may have written below one.
    /// </summary>
    private ReplicaRegistry WithoutStrangers(ReplicaRegistry merged)
    {
        // One that knows nobody yet has agreed to no watermark.
        if (_registry.Generation == 0)
            return merged;
        foreach (var entry in merged.Current.Where(e => FindKnownDonor(e, merged) is { Forgotten: true }).ToList())
            merged = merged.Forget(entry.Store);
        return merged;
    }

    /// <summary>
    /// Whether a replica is registered whose chain of donors leads to none that was known here: so many were forgotten since that the registry
    /// remembers no longer who, and this replica might be one of them.
    /// </summary>
    private bool IsOutdated(ReplicaRegistry merged) =>
        _registry.Generation != 0 && IsComplete && merged.Current.Any(e => FindKnownDonor(e, merged) is null);

    /// <summary>Follows the donors back to a replica that was known before; null where none of them was.</summary>
    private RegisteredReplica? FindKnownDonor(RegisteredReplica entry, ReplicaRegistry merged)
    {
        for (var steps = 0; steps <= merged.Entries.Count; steps++)
        {
            if (_registry.Find(entry.Store) is { } known && (known.Forgotten || known.Complete || known.Donor == entry.Donor))
                return known;
            if (merged.Find(entry.Donor) is not { } donor)
                return null;
            entry = donor;
        }
        return null;
    }

    private void SetRegistry(ReplicaRegistry registry)
    {
        if (registry.Hash == _registry.Hash)
            return;
        _registry = registry;
        _registeredMs = _elapsedMs;
        Persist(new RegistryItem(registry.Bytes));
        foreach (var store in _heard.Keys.Where(s => _registry.Find(s) is null or { Forgotten: true }).ToList())
            _heard.Remove(store);
        _nextStatusMs = 0;
        if (_session is { } session && !registry.IsCurrent(session.Donor))
            GiveUp(session);
        HeedForgotten();
    }

    private void NoteRegistered(ReplicaStatus status)
    {
        if (status.Registry != _registry.Hash && _registry.Entries.Count > 0)
            Outbox.Send(status.Replica, new RegistryUpdate(StartId, _registry));
        if (_registry.Find(status.Store) is not { Forgotten: false } entry || entry.StartId != status.Replica)
            return;
        WantWhatLiesBeyond(status, _heard.GetValueOrDefault(status.Store));
        _heard[status.Store] = new Heard(
            status.Replica, status.Applied, status.Synced, status.Open, status.Collected, status.Registry, _elapsedMs);
        // One that loads may hold what it took before it was registered here, and gives that up.
        if (status.Registry == _registry.Hash && status.Complete)
            NoteClosed(status.Applied);
    }

    /// <summary>What is closed here has no number that another registered replica that has loaded has and this one has not; logged, as every number is.</summary>
    private void NoteClosed(OriginVector theirs)
    {
        List<KeyValuePair<ulong, OriginMark>>? raised = null;
        foreach (var (origin, mark) in theirs)
        {
            if (_origins.TryGetValue(origin, out var progress) && progress.ObserveClosed(mark.Number))
                (raised ??= []).Add(new(origin, progress.Mark));
        }
        if (raised is not null)
            Persist(new CoveredItem(new OriginVector(raised)));
    }

    /// <summary>
    /// A peer has begun to say that it holds something beyond a gap, of an origin that is not there to be asked: no number tells of it, and a
    /// session brings it.
    /// </summary>
    private void WantWhatLiesBeyond(ReplicaStatus status, Heard? before)
    {
        if (_peers.TryGetValue(status.Replica, out var peer)
            && status.Open.Any(o => before?.Open.Contains(o) != true && !(_origins.TryGetValue(o, out var held) && held.IsClosed)))
            Want(peer, SessionReason.Returned);
    }

    /// <summary>
    /// Whether a replica is registered and has said that it knows the same registry: from then on it takes nothing of an origin that is
    /// gone by it but from the registered.
    /// </summary>
    private bool IsAgreed(ulong replica) =>
        _registry.FindCurrent(replica) is { } entry
        && _heard.TryGetValue(entry.Store, out var heard)
        && heard.StartId == replica
        && heard.Registry == _registry.Hash;

    /// <summary>
    /// What the other registered replicas said last, knowing the same registry as this one; null where one has not, or where this one is not
    /// registered itself.
    /// </summary>
    private List<Heard>? HeardAll()
    {
        if (!IsRegistered)
            return null;
        var all = new List<Heard>();
        foreach (var entry in _registry.Current)
        {
            if (entry.Store == Store)
                continue;
            if (!IsAgreed(entry.StartId))
                return null;
            all.Add(_heard[entry.Store]);
        }
        return all;
    }

    /// <summary>Whether an origin accepts nothing more, as the registry has it.</summary>
    private bool IsGone(ulong origin) => origin != StartId && !_registry.IsCurrent(origin);

    /// <summary>
    /// The fence: whether mutations may be taken of their origin. A late registration costs nothing: what was refused shows as a gap, and is
    /// asked for again.
    /// </summary>
    private bool MayTake(Mutations message)
    {
        // To a replica that loads, what is older than its donor's watermark comes with a piece, or was deleted. It is not noted as held:
        // the transfer may end before.
        if (!IsComplete && LoadedClock > 0 && ClockOfFirst(message) <= LoadedClock)
            return false;
        return _registry.IsCurrent(message.Origin) || IsHeldByRegistered(message.Origin, message.Last);
    }

    private static ulong ClockOfFirst(Mutations message)
    {
        var records = message.Records.Span;
        return EntryRecord.Read(ref records, message.Origin).Version.Clock;
    }

    private bool IsHeldByRegistered(ulong origin, long number)
    {
        foreach (var (store, heard) in _heard)
        {
            if (store != Store && heard.Registry == _registry.Hash && heard.Applied[origin].Number >= number)
                return true;
        }
        return false;
    }

    private ReplicaState StateOf(RegisteredReplica entry)
    {
        if (entry.Forgotten)
            return ReplicaState.Forgotten;
        var isLive = (entry.Store == Store && entry.StartId == StartId) || (_peers.TryGetValue(entry.StartId, out var peer) && IsReachable(peer));
        return isLive ? ReplicaState.Live : ReplicaState.Away;
    }

    private RegisteredView View(RegisteredReplica entry)
    {
        var state = StateOf(entry);
        if (entry.Store == Store)
            return new RegisteredView(entry.Name, entry.Store, entry.StartId, state, 0, Synced[StartId].Number, 0);
        var isHeard = _heard.TryGetValue(entry.Store, out var heard);
        long lag = isHeard ? 0 : -1;
        if (isHeard)
        {
            foreach (var (origin, mark) in Vector())
                lag += Math.Max(0, mark.Number - heard!.Applied[origin].Number);
        }
        var awayMs = state == ReplicaState.Live ? 0 : _elapsedMs - (isHeard ? heard!.HeardMs : Math.Min(_registeredMs, _elapsedMs));
        return new RegisteredView(entry.Name, entry.Store, entry.StartId, state, lag, isHeard ? heard!.Synced[StartId].Number : -1, awayMs);
    }

    private sealed record Heard(
        ulong StartId,
        OriginVector Applied,
        OriginVector Synced,
        IReadOnlyCollection<ulong> Open,
        OriginVector Collected,
        ulong Registry,
        long HeardMs);
}
