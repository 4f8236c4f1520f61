namespace KvStore.Core.Log;

/// <content>The snapshot: it was complete and synced before it had its name, so that anything wrong with it is damage.</content>
public sealed partial class Recovery
{
    private SnapshotReader? _snapshot;
    private string? _snapshotName;
    private long _nextSnapshot = 1;

    // A log that begins anew behind the segment that the snapshot asks for was begun by a start whose operator accepted that the
    // snapshot is damaged, or that the segment is missing: what can be read of the snapshot is all there was to keep.
    private bool IsSnapshotForgiven => _chain.Count > 0 && _chain[0].Number > _replayFrom.Segment;

    private void OpenSnapshot(long number)
    {
        var name = LogFormat.SnapshotName(number);
        _file = _disk.Open(name);
        BytesTotal += _file.Length;
        if (!LogHeader.TryRead(_file, LogFileKind.Snapshot, number, _replica, out var header) || header.Before.Segment < 1)
        {
            var error = new CorruptLogException(name, 0, "the header of the snapshot is damaged", Advice);
            _file.Dispose();
            _file = null;
            if (!_acceptDamage)
                throw error;
            // Nothing says which part of the log belongs to it: what is left is a log from its beginning, if there is one.
            ReportAccepted(error);
            _snapshots.Remove(name);
            _leftovers.Add(name);
            return;
        }
        _snapshotName = name;
        _snapshot = new SnapshotReader(_file, number);
        _replayFrom = header.Before;
    }

    private void StepSnapshot(ref long budget, ILogSink sink)
    {
        try
        {
            if (!_snapshot!.Step(ref budget, sink))
                return;
        }
        catch (CorruptLogException error) when (IsSnapshotForgiven)
        {
            Report.Cut($"{error.File}, offset {error.Offset}: the rest of the snapshot is damaged, as was accepted before.");
        }
        _claim = _snapshot!.Claim;
        Report.Bytes += _snapshot.Offset;
        _finishedBytes += _file!.Length;
        _snapshot = null;
        _file.Dispose();
        _file = null;
        BeginSegments();
    }
}
