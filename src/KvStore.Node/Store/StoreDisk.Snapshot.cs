using KvStore.Core.Log;

namespace KvStore.Node.Store;

/// <content>
/// Snapshots: a slice of the table every few milliseconds, between batches, until all of it is in a file; then the log before its
/// beginning is deleted.
/// </content>
internal sealed partial class StoreDisk
{
    /// <summary>A slice takes well under a millisecond, so that nobody waits for it.</summary>
    private const int SliceBytes = 256 * 1024;

    private static readonly TimeSpan SliceInterval = TimeSpan.FromMilliseconds(10);

    private SnapshotWriter? _snapshots;
    private IReadOnlyList<LogItem>? _claims;
    private ulong _cursor;
    private bool _isFed;
    private bool _isVoid;
    private bool _isWanted;
    private long _snapshotStarted;
    private TimeSpan _lastSnapshotTook;
    private TimeSpan _longestSlice;
    private long _logBytesBefore;
    private long _numberAtBegin;
    private long _numberAtSnapshot;

    /// <summary>True from the wish for one until it is published or has failed.</summary>
    public bool IsSnapshotting => _isWanted || _claims is not null;

    /// <summary>Snapshots that were published or failed since the start.</summary>
    public long SnapshotsEnded { get; private set; }

    /// <summary>Why the last one failed; null when it did not, and before the first.</summary>
    public string? SnapshotError => _snapshots?.Error?.Message;

    /// <summary>When the last one was published, in Unix milliseconds; 0 for never.</summary>
    public long LastSnapshotMs { get; private set; }

    private long LogBytes => _writer!.Counters.BytesWritten - _logBytesBefore;

    /// <summary>Has a snapshot taken from here on; the reason if it can't be.</summary>
    public string? StartSnapshot()
    {
        if (_writer is null)
            return "the data folder is still being read";
        if (IsSnapshotting)
            return "a snapshot is being taken already";
        _isWanted = true;
        return null;
    }

    /// <summary>Wants a snapshot when the log has grown enough, and begins one that is wanted when everything so far is written.</summary>
    public void SnapshotIfDue()
    {
        if (_writer is not { } writer || _claims is not null)
            return;
        _isWanted |= _replica.Ready && LogBytes >= Math.Max(_settings.SnapshotAfterBytes, writer.Counters.LastSnapshotBytes);
        // What the claims cover must be before the position from which the log is replayed.
        if (!_isWanted || !writer.CanWrite || IsBehind || _replica.HasUnwritten)
            return;
        _isWanted = false;
        _claims = _replica.SnapshotClaims();
        _cursor = 0;
        _isFed = false;
        _longestSlice = TimeSpan.Zero;
        _snapshotStarted = _time.GetTimestamp();
        _numberAtBegin = _replica.LastNumber;
        _logBytesBefore = writer.Counters.BytesWritten;
        _snapshots!.Begin(writer.Written);
        _timers!.StartPeriodicTimer(SnapshotStep.Instance, SnapshotStep.Instance, SliceInterval);
    }

    private void BeginSnapshots(LogTail tail, RecoveryReport report)
    {
        _snapshots = new SnapshotWriter(_disk, _writer!, tail);
        _logBytesBefore = -report.LogBytes;
    }

    private void OnSnapshotStep()
    {
        if (_claims is null || _isFed)
            return;
        if (_replica.IsSnapshotVoid)
        {
            _snapshots!.Abandon();
            _isVoid = true;
            EndSnapshot();
            return;
        }
        if (!_snapshots!.CanAppend)
            return;
        var began = _time.GetTimestamp();
        _snapshots.Append(_replica.SnapshotSlice(ref _cursor, SliceBytes));
        var took = _time.GetElapsedTime(began);
        if (took > _longestSlice)
            _longestSlice = took;
        if (_cursor == 0)
        {
            _isFed = true;
            _snapshots.Complete(_claims);
        }
        EndSnapshot();
    }

    private bool OnSnapshotDone(DiskDone done)
    {
        if (_snapshots?.OnDone(done) != true)
            return false;
        EndSnapshot();
        return true;
    }

    private void EndSnapshot()
    {
        if (_claims is null || _snapshots!.IsActive)
            return;
        _claims = null;
        _replica.EndSnapshot();
        _timers!.Cancel(SnapshotStep.Instance);
        if (_isVoid)
        {
            // Whoever waits for one waits for the next.
            (_isVoid, _isWanted) = (false, true);
            return;
        }
        SnapshotsEnded++;
        _lastSnapshotTook = _time.GetElapsedTime(_snapshotStarted);
        if (_snapshots.Error is { } error)
        {
            _log.SnapshotFailed(error.Message);
            return;
        }
        LastSnapshotMs = _replica.NowMs;
        _numberAtSnapshot = _numberAtBegin;
        _log.SnapshotPublished(_writer!.Counters.LastSnapshotBytes, _lastSnapshotTook);
    }
}
