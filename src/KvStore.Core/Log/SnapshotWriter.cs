using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <summary>
/// Writes snapshots, one at a time, from what the owner feeds between its turns. A snapshot is fuzzy: its slices are taken while
/// writes go on, and it is exact together with the log from where it began. It appears under its name when it is complete and
/// synced; then the older ones and the segments before it are deleted.
/// </summary>
/// <remarks>
/// To be honest, the trailer must say what was true at <see cref="Begin"/>, not what is at <see cref="Complete"/>: the log between
/// the two may not be synced when the snapshot is.
/// </remarks>
public sealed class SnapshotWriter : IDisposable
{
    private readonly IDisk _disk;
    private readonly LogWriter _log;
    private readonly LogSettings _settings;
    private readonly ulong _replica;
    private readonly LogBuffer _block = new();
    private readonly HashSet<DeleteFile> _deletions = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _older;
    private IDiskFile? _file;
    private CreateFile? _creation;
    private SyncFile? _sync;
    private PublishFile? _publication;
    private long _number;
    private long _offset;
    private long _unsynced;
    private long _blocks;
    private long _items;
    private bool _abandoned;
    private bool _isWritten;

    /// <summary>Creates a writer that goes on behind what recovery found.</summary>
    /// <param name="disk">The folder; its completions come to <see cref="OnDone"/>.</param>
    /// <param name="log">The log that the snapshots replace the beginning of.</param>
    /// <param name="tail">What recovery found.</param>
    /// <param name="settings">Bounds.</param>
    public SnapshotWriter(IDisk disk, LogWriter log, LogTail tail, LogSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(tail);
        _disk = disk;
        _log = log;
        _settings = settings ?? new LogSettings();
        _replica = tail.Replica;
        _older = [.. tail.Snapshots];
        _number = tail.NextSnapshot - 1;
    }

    /// <summary>True from <see cref="Begin"/> until the snapshot is published, has failed or was abandoned.</summary>
    public bool IsActive => _creation is not null || _file is not null;

    /// <summary>False before the file is there, and while the disk is behind: the owner feeds on when it is true.</summary>
    public bool CanAppend => _file is not null && !_isWritten && _unsynced < _settings.SnapshotSyncBytes;

    /// <summary>Where the log begins that belongs to the current or last snapshot.</summary>
    public LogPosition ReplayFrom { get; private set; }

    /// <summary>Why the last snapshot failed; null when it did not. The log is not touched by it.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Begins a snapshot of a state that has everything before <paramref name="replayFrom"/> applied.</summary>
    /// <param name="replayFrom"><see cref="LogWriter.Written"/>, taken before the first slice.</param>
    /// <exception cref="InvalidOperationException">One is under way.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The log has no segment yet.</exception>
    public void Begin(LogPosition replayFrom)
    {
        if (IsActive)
            throw new InvalidOperationException("A snapshot is under way.");
        ArgumentOutOfRangeException.ThrowIfLessThan(replayFrom, new LogPosition(1, 0));
        ReplayFrom = replayFrom;
        Error = null;
        _number++;
        _offset = LogHeader.Size;
        _unsynced = _blocks = _items = 0;
        _abandoned = _isWritten = false;
        LogRecord.Begin(_block);
        var header = new LogHeader(LogFileKind.Snapshot, _number, _replica, replayFrom);
        _creation = new CreateFile(UnfinishedName, header.ToArray(), ReserveBytes: 0);
        _disk.Submit(_creation);
    }

    /// <summary>Adds an item. When the disk refuses, the snapshot has failed: <see cref="IsActive"/> is false, and <see cref="Error"/> says why.</summary>
    public void Append(LogItem item)
    {
        if (_file is null || _isWritten)
            return;
        LogItemCodec.Write(_block, item);
        _items++;
        if (_block.Length >= _settings.BlockBytes)
            WriteBlock();
    }

    /// <summary>Adds the last items and publishes: <see cref="IsActive"/> is false when that is done.</summary>
    /// <param name="trailer">What was true at <see cref="Begin"/>: vector, floor, ceiling, whether the table was complete.</param>
    public void Complete(IEnumerable<LogItem> trailer)
    {
        ArgumentNullException.ThrowIfNull(trailer);
        foreach (var item in trailer)
            Append(item);
        if (_block.Length > LogRecord.HeadBytes)
            WriteBlock();
        if (_file is null || _isWritten)
            return;
        BinaryPrimitives.WriteInt64LittleEndian(_block.Append(sizeof(long)), _blocks);
        BinaryPrimitives.WriteInt64LittleEndian(_block.Append(sizeof(long)), _items);
        if (!WriteRecord(LogRecordKind.SnapshotEnd))
            return;
        _isWritten = true;
        Publish();
    }

    /// <summary>Gives the snapshot up, if one is under way and not about to be published.</summary>
    public void Abandon()
    {
        if (_publication is not null)
            return;
        _abandoned = _creation is not null;
        if (_file is not null)
            Fail(error: null);
    }

    /// <summary>Takes a completion; false when it belongs to somebody else.</summary>
    public bool OnDone(DiskDone done)
    {
        ArgumentNullException.ThrowIfNull(done);
        if (ReferenceEquals(done.Request, _creation))
            OnCreated(done);
        else if (ReferenceEquals(done.Request, _sync))
            OnSynced(done.Error);
        else if (ReferenceEquals(done.Request, _publication))
            OnPublished(done.Error);
        else
            return done.Request is DeleteFile deletion && _deletions.Remove(deletion);
        return true;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private string UnfinishedName => LogFormat.SnapshotName(_number) + LogFormat.Unfinished;

    private void OnCreated(DiskDone done)
    {
        _creation = null;
        _file = done.File;
        if (done.Error is not null || _abandoned)
            Fail(done.Error);
    }

    private void OnSynced(Exception? error)
    {
        _sync = null;
        // That of one which was given up meanwhile: requests are carried out in order, so that the next one has no file yet.
        if (_file is null)
            return;
        if (error is not null)
            Fail(error);
        else if (_isWritten)
            Publish();
        else
            SyncWhenDue();
    }

    private void OnPublished(Exception? error)
    {
        // Whether or not the name is there after an error, what has it is complete.
        var older = _older.ToArray();
        _older.Add(LogFormat.SnapshotName(_number));
        _publication = null;
        if (error is not null)
        {
            Fail(error);
            return;
        }
        _file!.Dispose();
        _file = null;
        _older.RemoveRange(0, older.Length);
        foreach (var name in older)
            Delete(name);
        _log.Truncate(ReplayFrom);
        _log.Counters.Snapshots++;
        _log.Counters.LastSnapshotBytes = _offset;
    }

    // An error of a sync is told once: one that is under way may not be overtaken by that of the publication.
    private void Publish()
    {
        if (_sync is not null)
            return;
        _publication = new PublishFile(_file!, LogFormat.SnapshotName(_number));
        _disk.Submit(_publication);
    }

    private void WriteBlock()
    {
        if (!WriteRecord(LogRecordKind.Block))
            return;
        _blocks++;
        SyncWhenDue();
    }

    private bool WriteRecord(LogRecordKind kind)
    {
        LogRecord.Complete(_block, _number, _offset, kind, _log.Synced);
        try
        {
            _file!.Write(_offset, _block.Bytes);
        }
        catch (IOException error)
        {
            Fail(error);
            return false;
        }
        _offset += _block.Length;
        _unsynced += _block.Length;
        LogRecord.Begin(_block);
        return true;
    }

    private void SyncWhenDue()
    {
        if (_sync is not null || _unsynced < _settings.SnapshotSyncBytes)
            return;
        _unsynced = 0;
        _sync = new SyncFile(_file!);
        _disk.Submit(_sync);
    }

    private void Fail(Exception? error)
    {
        Error = error;
        _log.Counters.SnapshotsFailed++;
        _file?.Dispose();
        _file = null;
        LogRecord.Begin(_block);
        Delete(UnfinishedName);
    }

    private void Delete(string name)
    {
        var deletion = new DeleteFile(name);
        _deletions.Add(deletion);
        _disk.Submit(deletion);
    }
}
