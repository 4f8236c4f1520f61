using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <content>
/// Segments: the next one is always there before it is needed. A segment past its size is synced while writes to it go on; then it is
/// sealed, the little that came meanwhile is synced with the seal, and the next one takes over.
/// </content>
public sealed partial class LogWriter
{
    private readonly List<long> _segments = [];
    private readonly HashSet<DeleteFile> _deletions = new(ReferenceEqualityComparer.Instance);
    private readonly LogBuffer _seal = new();
    private readonly Queue<IDiskFile> _unsynced = new(2);
    private CreateFile? _creation;
    private TrimFile? _trim;
    private long _created;
    private LogPosition _before;
    private string? _createError;
    private IDiskFile? _spare;
    private bool _sealing;

    /// <summary>Segments in the folder, the spare one not counted.</summary>
    public int Segments => _segments.Count;

    private bool IsPastSize => Written.Offset >= _settings.SegmentBytes && _spare is not null && !_stopped;

    /// <summary>Deletes the segments before the one that <paramref name="replayFrom"/> is in. Only behind a published snapshot.</summary>
    public void Truncate(LogPosition replayFrom)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replayFrom, Written);
        while (_segments.Count > 0 && _segments[0] < replayFrom.Segment)
        {
            Delete(LogFormat.SegmentName(_segments[0]));
            _segments.RemoveAt(0);
        }
    }

    // What was read may have been in the page cache only: it is synced before a segment says that the log ends behind it. Of an empty
    // segment that goes for the one before it too: the process may have been killed before its seal was synced.
    private void SyncTail()
    {
        if (_unsynced.TryDequeue(out var file))
            Sync(file, _tail.End);
        else
            CreateSegment(_tail.NextSegment, _tail.End);
    }

    private void CreateSegment(long number, LogPosition before)
    {
        _created = number;
        _before = before;
        var header = new LogHeader(LogFileKind.Segment, number, _tail.Replica, before, _settings.TellsOnlyClaimed ? _disk.Boot : 0);
        _creation = new CreateFile(LogFormat.SegmentName(number), header.ToArray(), _settings.SegmentBytes);
        _disk.Submit(_creation);
    }

    private void RetrySegment()
    {
        if (_createError is not null && _creation is null && Failure is null)
            CreateSegment(_created, _before);
    }

    private void OnCreated(DiskDone done)
    {
        _creation = null;
        _createError = done.Error?.Message;
        if (done.Error is not null)
            return;
        _spare = done.File;
        if (_current is null)
        {
            _tail.Sealed?.Dispose();
            TrimTail();
            foreach (var name in _tail.Leftovers)
                Delete(name);
            EnterSpare();
        }
        else
        {
            Rotate();
        }
    }

    // The new header says where the old segment ends: now what is behind may go, and the blocks that were reserved with it.
    private void TrimTail()
    {
        if (_tail.File is null || _tail.File.Length <= _tail.End.Offset)
        {
            _tail.File?.Dispose();
            return;
        }
        _trim = new TrimFile(_tail.File, _tail.End.Offset);
        _disk.Submit(_trim);
    }

    private void EnterSpare()
    {
        _current?.Dispose();
        _current = _spare;
        _spare = null;
        _sealing = false;
        _segments.Add(_created);
        Counters.SegmentsBegun++;
        Written = Synced = new LogPosition(_created, LogHeader.Size);
        CreateSegment(_created + 1, new LogPosition(_created, 0));
    }

    private void Rotate()
    {
        if (IsPastSize && !IsSyncing && !_sealing && Failure is null && !BeginSync())
            Seal();
    }

    // Written stays before the seal: it must never be taken for a position to replay from, or recovery would not see the seal.
    private void Seal()
    {
        LogRecord.Begin(_seal);
        BinaryPrimitives.WriteInt64LittleEndian(_seal.Append(sizeof(long)), _created);
        if (!WriteRecord(_seal, LogRecordKind.Seal))
            return;
        _sealing = true;
        Sync(_current!, Written);
    }

    private void Delete(string name)
    {
        var deletion = new DeleteFile(name);
        _deletions.Add(deletion);
        _disk.Submit(deletion);
    }

    private bool OnDeleted(DiskDone done)
    {
        if (done.Request is not DeleteFile deletion || !_deletions.Remove(deletion))
            return false;
        // One that can't be deleted is no danger, since nothing refers to it; the next start tries again.
        if (done.Error is null && LogFormat.TrySegment(deletion.Name, out _))
            Counters.SegmentsDeleted++;
        return true;
    }
}
