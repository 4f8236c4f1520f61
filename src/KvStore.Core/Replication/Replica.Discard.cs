using KvStore.Core.Log;
using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <content>
/// A replica that was forgotten, has lost what it had synced, or is of a generation that gives way, cannot tell in its contents what was
/// deleted meanwhile from what is new. It gives up all of them, and joins as one that comes for the first time.
/// <para>
/// In two steps, since there may be no replica to join: first it stops serving, as another store and another origin (what was given
/// up stays forgotten), and keeps its table; the table goes when the first piece of another replica's has come. Where all have stopped
/// serving, the one with most begins again, with a generation of its own.
/// </para>
/// </content>
public sealed partial class Replica
{
    /// <summary>Why this replica gave up what it had the last time, for the log; null where it never has.</summary>
    public string? DiscardReason { get; private set; }

    /// <summary>
    /// Whoever is forgotten gives up what it has, in whatever state it is, and comes back as another: what is gone never comes again. What is
    /// still being read from disk is judged when it is here.
    /// </summary>
    private void HeedForgotten()
    {
        if (!IsRecovering && _registry.Find(Store) is { Forgotten: true })
            GiveUpContents("it was forgotten");
    }

    /// <summary>The first step: it no longer serves, and is another store and another origin from now on.</summary>
    private void GiveUpContents(string why)
    {
        DiscardReason = why;
        _registersAtMs = _elapsedMs + _settings.StatusIntervalMs;
        Counters.Discards++;
        var replicated = _peers.Values.Select(static p => p.Acknowledged).DefaultIfEmpty().Max();
        Counters.Lost += Math.Max(0, _pending.Last - replicated);
        Ready = false;
        IsComplete = false;
        _loadedFrom = null;
        _session = null;
        var given = Store;
        BecomeAnother();
        if (_registry.Find(given) is { Forgotten: false })
            Announce(_registry.Forget(given));
        SendStatus();
    }

    private void BecomeAnother()
    {
        BeginOrigin();
        ForgetClaims();
        Store = StartId;
        _donor = 0;
        // Before anything that only the new store may promise: a start that found these contents complete would serve them.
        Persist(new IdentityItem(Store, GivesUp: true));
    }

    /// <summary>What is held no longer counts, so that no peer may take it for held by a registered replica.</summary>
    private void ForgetClaims()
    {
        _origins.Clear();
        _acknowledge.Clear();
        _refills.Clear();
        _backlog = new Backlog(_settings.BacklogBytes);
        _collected = OriginVector.Empty;
        (_synced, _syncing, _unclaimed) = (OriginVector.Empty, null, null);
    }

    /// <summary>The mutations of the old identity stay what they are; what is accepted from now on is another origin's.</summary>
    private void BeginOrigin()
    {
        PublishPending();
        Progress(StartId).CoverUpTo(new OriginMark(_pending.Last, _clock.Last));
        var next = ByteHash.Mix(StartId ^ 0x9e3779b97f4a7c15, _clock.Tick(NowMs));
        StartId = next == 0 ? 1 : next;
        _origins.Remove(StartId);
        _pending = new PendingMutations(StartId);
        _hasRegistered = false;
        foreach (var peer in _peers.Values)
            peer.Acknowledged = 0;
    }

    /// <summary>The second step: a table begins to come, and what is here goes.</summary>
    private void Reset()
    {
        if (HasContents || _collectedClock > 0)
        {
            Persist(new ResetItem());
            Persist(new RegistryItem(_registry.Bytes));
        }
        Clear();
    }

    private void Clear()
    {
        ForgetClaims();
        _table.Clear();
        (_collectedClock, _persistedClock, _walkCursor, _expiryCursor) = (0, 0, 0, 0);
        _snapshotClock = OriginMark.ClosedClock;
        IsSnapshotVoid = true;
        IsComplete = false;
        _loadedFrom = null;
    }

    private void AdoptCollected()
    {
        if (IsComplete || _loadedFrom is not { Clock: > 0 } loaded)
            return;
        Adopt(loaded.Vector, loaded.Clock);
        _persistedClock = _collectedClock;
        Persist(new CollectedItem(_collected, _collectedClock));
    }
}
