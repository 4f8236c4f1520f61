using KvStore.Core.Log;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>
/// What must outlive the process: collected as it happens, written at the next flush before what promises it, and taken in again
/// at the next start. And the ceiling, which keeps that next start from using a version twice.
/// </content>
public sealed partial class Replica
{
    /// <summary>How far ahead of what is stamped a ceiling is set, in clock units: one second.</summary>
    private const ulong CeilingStep = 1_000UL << HybridClock.CounterBits;

    /// <summary>
    /// How much must be left below the ceiling for a batch to be executed. It is more than a batch can stamp: a second
    /// has 65 million ticks.
    /// </summary>
    private const ulong CeilingMargin = CeilingStep / 10;

    /// <summary>After this long without a write the ceiling is no longer moved ahead; the next write waits for one sync.</summary>
    private const long CeilingIdleMs = 10_000;

    private readonly List<LogItem> _unwritten = [];
    private ulong _ceiling;
    private ulong _ceilingAsked;
    private ulong _ceilingSyncing;
    private long _stampedMs = -CeilingIdleMs;

    /// <summary>True while something waits to be written: what was executed so far is on disk only after the next flush.</summary>
    public bool HasUnwritten => _settings.Durable && (_pending.Length > 0 || _unwritten.Count > 0);

    /// <summary>Whether client writes may be executed now. Where not, <see cref="RaiseCeiling"/>, and ask again when that is synced.</summary>
    public bool MayStamp => !_settings.Durable || NextClock + CeilingMargin < _ceiling;

    private bool MayStampOrRaise()
    {
        if (!MayStamp)
            RaiseCeiling();
        return MayStamp;
    }

    private ulong NextClock => Math.Max((ulong)NowMs << HybridClock.CounterBits, _clock.Last);

    /// <summary>Has a new ceiling written with the next flush, unless one that suffices is on its way already.</summary>
    public void RaiseCeiling()
    {
        if (!_settings.Durable || _ceilingAsked > Math.Max(_ceiling, NextClock + CeilingMargin))
            return;
        _ceilingAsked = NextClock + CeilingStep;
        Persist(new CeilingItem(_ceilingAsked));
    }

    /// <summary>The greatest clock that was stamped, received or recovered, as milliseconds since 1970 and a counter.</summary>
    public string ClockReading => $"{_clock.Last >> HybridClock.CounterBits}.{_clock.Last & ((1UL << HybridClock.CounterBits) - 1)}";

    private void KeepCeilingAhead()
    {
        if (!_settings.Durable)
            return;
        // What others stamped is collected only up to this ceiling.
        var idle = Tombstones > 0 ? _clock.Last : 0;
        if (_ceilingAsked < (_elapsedMs - _stampedMs < CeilingIdleMs ? NextClock + (CeilingStep / 2) : idle))
            RaiseCeiling();
    }

    /// <summary>Has the item written with the next flush, behind those that came before.</summary>
    private void Persist(LogItem item)
    {
        if (_settings.Durable)
            _unwritten.Add(item);
    }

    private void PersistNow(LogItem item)
    {
        PersistUnwritten();
        if (_settings.Durable)
            Outbox.Persist(item);
    }

    private void PersistUnwritten()
    {
        foreach (var item in _unwritten)
            Outbox.Persist(item);
        _unwritten.Clear();
    }
}
