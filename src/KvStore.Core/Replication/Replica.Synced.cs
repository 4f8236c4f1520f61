namespace KvStore.Core.Replication;

/// <content>What a power cut would leave: told to the others, who collect nothing that it does not cover.</content>
public sealed partial class Replica
{
    private OriginVector _synced = OriginVector.Empty;
    private OriginVector? _syncing;

    // On stable storage, and no start could know it yet.
    private OriginVector? _unclaimed;
    private ulong _ceilingClaimed;
    private ReplicaRegistry _registrySynced = ReplicaRegistry.Empty;
    private ReplicaRegistry _registrySyncing = ReplicaRegistry.Empty;

    /// <summary>
    /// The registry that others are told to be known here. They close origins by it, and collect what a replica that is registered in it has:
    /// the next process of this node must not fall back behind it.
    /// </summary>
    private ReplicaRegistry SyncedRegistry => _settings.Durable ? _registrySynced : _registry;

    /// <summary>
    /// As <see cref="Vector"/>, of what is on stable storage and known there to be; the same where there is no log. Nothing while this replica loads: its
    /// table is not what a vector claims.
    /// </summary>
    public OriginVector Synced
    {
        get
        {
            if (!Ready)
                return OriginVector.Empty;
            var vector = Vector();
            if (!_settings.Durable)
                return vector;
            return new OriginVector(vector.Select(e => new KeyValuePair<ulong, OriginMark>(e.Key, SyncedMark(e.Key, e.Value))));
        }
    }

    private OriginMark SyncedMark(ulong origin, OriginMark held)
    {
        // The clock of a mark is about what the origin may still stamp: where nothing new is held, it is as true of what is synced.
        var synced = _synced[origin];
        var mark = synced.Number == held.Number ? held : synced;
        // That all there is of an origin is held is about entries that its number does not count.
        if (mark.IsClosed && !synced.IsClosed)
            mark = synced;
        // The next process of this node begins above the ceiling and knows no more of the clock that this one has reached.
        return origin == StartId ? mark with { Clock = Math.Min(mark.Clock, _ceilingClaimed) } : mark;
    }

    /// <summary>
    /// All that was put into <see cref="Outbox"/> has been written, and is about to be synced. Called behind a flush, when nothing
    /// waits for the next one.
    /// </summary>
    public void SyncStarting()
    {
        if (_pending.Length > 0 || _unwritten.Count > 0)
            throw new CorruptStateException("A sync was announced while something waits to be written: the vector would promise it.");
        // A table that is not complete yet is given up at a restart, and what it holds with it.
        _syncing = IsComplete ? Vector() : OriginVector.Empty;
        _ceilingSyncing = _ceilingAsked;
        _registrySyncing = _registry;
    }

    /// <summary>What was written before the last <see cref="SyncStarting"/> is on stable storage: stamps may go up to its ceiling.</summary>
    public void SyncDone()
    {
        _ceiling = Math.Max(_ceiling, _ceilingSyncing);
        if (_registrySynced.Hash != _registrySyncing.Hash)
        {
            _registrySynced = _registrySyncing;
            _nextStatusMs = 0;
        }
        if (_syncing is null)
            return;
        _unclaimed = OriginVector.Max(_unclaimed ?? OriginVector.Empty, _syncing);
        _syncing = null;
    }

    /// <summary>What was there at the last <see cref="SyncDone"/> would be missed by a start that does not find it: others may be told.</summary>
    public void SyncClaimed()
    {
        _ceilingClaimed = _ceiling;
        if (_unclaimed is null)
            return;
        _synced = OriginVector.Max(_synced, _unclaimed);
        _unclaimed = null;
    }
}
