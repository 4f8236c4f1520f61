using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <summary>Where a registered replica stands, for people.</summary>
public enum ReplicaState
{
    /// <summary>Its process is in the cluster, and is heard.</summary>
    Live,

    /// <summary>It may hold data and is not heard: nothing that it has not seen deleted is collected meanwhile.</summary>
    Away,

    /// <summary>It was given up: when it comes back it discards what it has.</summary>
    Forgotten,
}

/// <summary>A registered replica as this one sees it, for people.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Store">The identity of its data.</param>
/// <param name="StartId">Its last known process.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Lag">How many known mutations, of any origin, it had not applied when it was last heard; −1 where it never was.</param>
/// <param name="Synced">The number of this replica's mutations up to which it had synced them; −1 as above.</param>
/// <param name="AwayMs">For how long it has been away; 0 for one that is live.</param>
public sealed record RegisteredView(string Name, ulong Store, ulong StartId, ReplicaState State, long Lag, long Synced, long AwayMs);

/// <content>
/// Who may hold data, learned and told: every status carries a hash of the registry, and where two differ they exchange them.
/// </content>
public sealed partial class Replica
{
    // What each registered replica said last, by store: of one that is away it stays as it was. Bounded by the registry.
    private readonly Dictionary<ulong, Heard> _heard = [];
    private ReplicaRegistry _registry = ReplicaRegistry.Empty;
    private long _registeredMs;

    /// <summary>The identity of the data: of the data folder, or of this process where there is none.</summary>
    public ulong Store { get; }

    /// <summary>Who may hold data, as this replica knows it.</summary>
    public ReplicaRegistry Registry => _registry;

    /// <summary>The registered replicas, this one included, ordered by name and store.</summary>
    public IReadOnlyList<RegisteredView> Replicas =>
        [.. _registry.Entries.Select(View).OrderBy(static v => v.Name, StringComparer.Ordinal).ThenBy(static v => v.Store)];

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
        foreach (var entry in away)
            Register(entry with { Forgotten = true });
        return null;
    }

    private bool IsRegistered => _registry.Find(Store) is { Forgotten: false } entry && entry.StartId == StartId;

    /// <summary>
    /// Registered before the first entry is received, so that from then on the others wait for this one with what they collect.
    /// One that shares its name or data with another does not fight it for the entry.
    /// </summary>
    private void EnsureRegistered()
    {
        if (_selfUp && !IsRegistered && !HasTwin)
            RegisterSelf();
    }

    private void RegisterSelf() =>
        Register(new RegisteredReplica(Store, ReplicaRegistry.CutName(_settings.Name), StartId, 0, _settings.Durable, Forgotten: false));

    /// <summary>
    /// A table is given to those only that are known to be registered: from then on nothing is collected without them. It answers with
    /// what it knows itself, so that the next request finds the two agreed.
    /// </summary>
    private bool MayDonate(ulong replica)
    {
        if (_registry.IsCurrent(replica))
            return true;
        Outbox.Send(replica, new RegistryUpdate(StartId, _registry));
        return false;
    }

    private void Register(RegisteredReplica entry)
    {
        // The entry must be the newest of its store and of its name, whatever the clocks of those who wrote the others.
        foreach (var other in _registry.Entries)
            _clock.Observe(other.Clock);
        SetRegistry(_registry.With(entry with { Clock = _clock.Tick(NowMs) }));
        if (_members.Count > 0)
            Outbox.Broadcast(new RegistryUpdate(StartId, _registry));
    }

    private void OnRegistryUpdate(RegistryUpdate update)
    {
        SetRegistry(_registry.Merge(update.Registry));
        // What the sender does not know yet it gets at once, and not with its next status.
        if (_registry.Hash != update.Registry.Hash)
            Outbox.Send(update.Replica, new RegistryUpdate(StartId, _registry));
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
        if (Ready && _registry.Find(Store) is { Forgotten: true })
            LeaveBehind("it was forgotten");
    }

    private void NoteRegistered(ReplicaStatus status)
    {
        if (status.Registry != _registry.Hash && _registry.Entries.Count > 0)
            Outbox.Send(status.Replica, new RegistryUpdate(StartId, _registry));
        if (_registry.Find(status.Store) is not { Forgotten: false } entry || entry.StartId != status.Replica)
            return;
        _heard[status.Store] = new Heard(status.Replica, status.Applied, status.Synced, status.Open, status.Registry, _elapsedMs);
    }

    /// <summary>
    /// Whether an origin will accept nothing more, as the registry has it: then only that is taken of it which a registered
    /// replica is known to hold, so that all can agree on what its last mutation was.
    /// </summary>
    private bool IsGone(ulong origin) => origin != StartId && !_registry.IsCurrent(origin);

    /// <summary>
    /// Whether mutations may be taken of their origin. Of one that is gone, what a registered replica holds; of one that may have
    /// written below what was collected, nothing: it has to give up first, or this replica has.
    /// </summary>
    private bool MayTake(Mutations message)
    {
        var isForeign = IsForeign(message.Origin, LoadedVector, LoadedClock);
        // To a replica that loads, what is older than its donor's watermark comes with a piece, or was deleted. It is not noted as held:
        // the transfer may end before.
        if (!IsComplete && LoadedClock > 0 && ClockOfFirst(message) <= LoadedClock)
            return false;
        if (_registry.IsCurrent(message.Origin))
            return !isForeign;
        if (!isForeign && _peers.ContainsKey(message.Origin))
            return true;
        return IsHeldByRegistered(message.Origin, message.Last) && (!isForeign || ClockOfFirst(message) > LoadedClock);
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
            // One that knows another registry may hold what is not gone at all, and may be foreign.
            if (store != Store && heard.Registry == _registry.Hash && heard.Applied[origin].Number >= number)
                return true;
        }
        return false;
    }

    private ReplicaState StateOf(RegisteredReplica entry)
    {
        if (entry.Forgotten)
            return ReplicaState.Forgotten;
        var isLive = entry.Store == Store || (_peers.TryGetValue(entry.StartId, out var peer) && IsReachable(peer));
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
        ulong StartId, OriginVector Applied, OriginVector Synced, IReadOnlyCollection<ulong> Open, ulong Registry, long HeardMs);
}
