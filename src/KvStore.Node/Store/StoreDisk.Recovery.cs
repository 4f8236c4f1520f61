using KvStore.Core.Log;
using KvStore.Node.Disk;

namespace KvStore.Node.Store;

/// <content>The start: what is on disk is taken in, step by step, so that clients are told LOADING meanwhile.</content>
internal sealed partial class StoreDisk
{
    /// <summary>A few milliseconds of work.</summary>
    private const int RecoverBytes = 1024 * 1024;

    private readonly NodeIdentity _identity;
    private Recovery? _recovery;
    private ITimerScheduler? _timers;
    private long _recoveryStarted;
    private string _recoveredClock = "";

    /// <summary>What the start found; null until it is complete.</summary>
    public RecoveryReport? Recovered { get; private set; }

    /// <summary>How long the start took to read it.</summary>
    public TimeSpan RecoveryTime { get; private set; }

    /// <summary>Begins to recover; the replica waits until it is done.</summary>
    public void Start(ITimerScheduler timers)
    {
        _timers = timers;
        _recoveryStarted = _time.GetTimestamp();
        _recovery = new Recovery(_disk, _identity.Store, _settings.AcceptDamage);
        _store.Tell(RecoverStep.Instance, _store);
    }

    private void OnRecoverStep()
    {
        if (_recovery is not { } recovery)
            return;
        if (!Step(recovery))
        {
            _log.Recovering(recovery.BytesDone, recovery.BytesTotal);
            _endpoints.Recovered = (double)recovery.BytesDone / Math.Max(recovery.BytesTotal, 1);
            _store.Tell(RecoverStep.Instance, _store);
            return;
        }
        _recovery = null;
        _endpoints.Recovered = 1;
        Recovered = recovery.Report;
        RecoveryTime = _time.GetElapsedTime(_recoveryStarted);
        _recoveredClock = _replica.ClockReading;
        _log.Recovered(recovery.Report, RecoveryTime, _settings.Folder);
        _writer = new LogWriter(_disk, recovery.Tail!, new LogSettings { SegmentBytes = _settings.SegmentBytes, TellsOnlyClaimed = _settings.Fsync != FsyncPolicy.Always });
        BeginSnapshots(recovery.Tail!, recovery.Report);
        // What was dropped is to be gone from the folder too, before anything builds on what is left.
        _isWanted = recovery.Report.AcceptedDamage;
        foreach (var item in _early)
            Append(_writer, item);
        _early.Clear();
        _replica.IsRecovering = false;
    }

    private bool Step(Recovery recovery)
    {
        try
        {
            return recovery.Step(RecoverBytes, new ReplicaSink(_replica));
        }
        catch (CorruptLogException error)
        {
            throw new DataFolderException($"The data folder {_settings.Folder} is damaged: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new DataFolderException($"The data folder {_settings.Folder} can't be read: {error.Message}", error);
        }
    }

    private sealed class ReplicaSink(Core.Replication.Replica replica) : ILogSink
    {
        public void Apply(LogItem item) => replica.Restore(item);
    }
}
