namespace KvStore.Core.Log;

/// <summary>
/// Writes the log: items collect in a buffer, <see cref="Write"/> makes one record of them with one write(2), and a sync goes on
/// meanwhile. A state machine over <see cref="IDisk"/> with one owner, who calls <see cref="OnDone"/> with every completion and looks
/// afterwards at <see cref="Synced"/>, <see cref="CanWrite"/>, <see cref="BlockedBy"/> and <see cref="Failure"/>.
/// </summary>
/// <remarks>
/// The invariant that recovery builds on: a segment is sealed and wholly synced before the next one gets its first record. A start
/// goes on in a new segment, whose header names the end of the old one, after that was synced.
/// </remarks>
public sealed partial class LogWriter : IDisposable
{
    private readonly IDisk _disk;
    private readonly LogSettings _settings;
    private readonly LogTail _tail;
    private readonly LogBuffer _buffer = new();
    private IDiskFile? _current;
    private SyncFile? _sync;
    private LogPosition _syncing;
    private long _syncingItems;
    private long _syncingClaim;

    // What the last record says was synced before it, as a position and in items.
    private LogPosition _claim;
    private long _claimItems;
    private string? _writeError;
    private bool _stopped;

    /// <summary>Begins to go on behind <paramref name="tail"/>: the writer can write when the new segment is there.</summary>
    /// <param name="disk">The folder; its completions come to <see cref="OnDone"/>.</param>
    /// <param name="tail">What recovery found; its file becomes the writer's.</param>
    /// <param name="settings">Bounds.</param>
    public LogWriter(IDisk disk, LogTail tail, LogSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(tail);
        _disk = disk;
        _tail = tail;
        _settings = settings ?? new LogSettings();
        _segments.AddRange(tail.Segments);
        LogRecord.Begin(_buffer);
        Written = Synced = tail.End;
        if (tail.Sealed is not null)
            _unsynced.Enqueue(tail.Sealed);
        if (tail.File is not null)
            _unsynced.Enqueue(tail.File);
        SyncTail();
    }

    /// <summary>Behind the last record that was written: safe from the end of the process.</summary>
    public LogPosition Written { get; private set; }

    /// <summary>Everything before was synced: safe from the loss of power.</summary>
    public LogPosition Synced { get; private set; }

    /// <summary>
    /// How many items were appended since the start. What a reply waits for is this number, taken when its command was executed: it
    /// may leave when <see cref="ItemsWritten"/> or <see cref="ItemsSynced"/> has reached it, whatever happened to positions in between.
    /// </summary>
    public long ItemsAppended { get; private set; }

    /// <summary>How many of them were written.</summary>
    public long ItemsWritten { get; private set; }

    /// <summary>How many of them were synced.</summary>
    public long ItemsSynced { get; private set; }

    /// <summary>
    /// How many of them a synced record says were synced: a start that finds damage among these can tell it from what the loss of power
    /// leaves of writes that were not synced.
    /// </summary>
    public long ItemsClaimed { get; private set; }

    /// <summary>
    /// False before the first segment is there, for the milliseconds in which segments change, after <see cref="WriteCleanStop"/> and after
    /// a failure: the owner holds its replies; items may still be appended.
    /// </summary>
    public bool CanWrite => _current is not null && !_sealing && !_stopped && Failure is null;

    /// <summary>True while there is no space, for the log or for its next segment: the owner refuses client writes, and calls
    /// <see cref="Write"/> from time to time, which tries again.</summary>
    public bool IsBlocked => BlockedBy is not null;

    /// <summary>The error that says why there is no space; null while there is.</summary>
    public string? BlockedBy => _writeError ?? _createError;

    /// <summary>A sync that failed. What was not synced before may be lost, whatever a later one said: the owner stops the node.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Bytes of items that wait for <see cref="Write"/>.</summary>
    public int BufferedBytes => _buffer.Length - LogRecord.HeadBytes;

    /// <summary>True when so much waits that the owner must take nothing more from clients.</summary>
    public bool IsFull => BufferedBytes >= _settings.BufferBytes;

    /// <summary>True while a sync is under way, its own ones at a change of segment included.</summary>
    public bool IsSyncing => _sync is not null;

    /// <summary>Counts for metrics.</summary>
    public LogCounters Counters { get; } = new();

    /// <summary>Encodes an item into the buffer; its memory may be reused at once.</summary>
    /// <exception cref="InvalidOperationException">
    /// The record would be greater than any may be: the owner did not heed <see cref="IsFull"/>. The buffer is as it was before.
    /// </exception>
    public void Append(LogItem item)
    {
        var before = _buffer.Length;
        LogItemCodec.Write(_buffer, item);
        if (_buffer.Length - LogRecord.FrameBytes <= LogFormat.MaxRecordBytes)
        {
            ItemsAppended++;
            return;
        }
        _buffer.CutTo(before);
        throw new InvalidOperationException($"{before} bytes wait for the log, and another item would make a record above {LogFormat.MaxRecordBytes}.");
    }

    /// <summary>
    /// Writes what waits as one record, if it <see cref="CanWrite"/>. When the disk refuses, nothing is lost: it is written again, at the same
    /// place, by the next call; <see cref="IsBlocked"/> says so.
    /// </summary>
    /// <returns><see cref="Written"/>: behind everything that was appended so far exactly if <see cref="BufferedBytes"/> is 0.</returns>
    public LogPosition Write()
    {
        RetrySegment();
        if (!CanWrite)
            return Written;
        if (BufferedBytes > 0)
            WriteRecord(LogRecordKind.Batch);
        Rotate();
        return Written;
    }

    /// <summary>
    /// Writes what waits, and that the process stops of its own will. Nothing can be written afterwards; the owner syncs, and stops
    /// when <see cref="Synced"/> has reached <see cref="Written"/>.
    /// </summary>
    /// <returns>False, and nothing has changed, when it can't be written now.</returns>
    public bool WriteCleanStop()
    {
        if (!CanWrite || !WriteRecord(LogRecordKind.CleanStop))
            return false;
        _stopped = true;
        return true;
    }

    /// <summary>
    /// Writes a record without items where none says yet that all before <see cref="Synced"/> is synced: with the next sync
    /// <see cref="ItemsClaimed"/> catches up though nothing else is written. Nothing happens where it can't be written.
    /// </summary>
    public void WriteClaim()
    {
        if (!CanWrite || BufferedBytes > 0 || _claim >= Synced || WriteRecord(LogRecordKind.Batch))
            return;
        // No item waits for it, and so nobody would try it again: the log counts as one that has space until an item finds none.
        _writeError = null;
    }

    /// <summary>Begins to sync what has been written, if anything was since the last one and none is under way.</summary>
    public bool BeginSync()
    {
        if (_current is null || _sync is not null || Failure is not null || Written <= Synced)
            return false;
        Sync(_current, Written);
        return true;
    }

    /// <summary>Takes a completion; false when it belongs to somebody else.</summary>
    public bool OnDone(DiskDone done)
    {
        ArgumentNullException.ThrowIfNull(done);
        if (ReferenceEquals(done.Request, _sync))
            OnSynced(done.Error);
        else if (ReferenceEquals(done.Request, _creation))
            OnCreated(done);
        else if (ReferenceEquals(done.Request, _trim))
            _tail.File!.Dispose();
        else
            return OnDeleted(done);
        return true;
    }

    /// <summary>Closes the files. What waits in the buffer is lost.</summary>
    public void Dispose()
    {
        _current?.Dispose();
        _spare?.Dispose();
        _tail.File?.Dispose();
        _tail.Sealed?.Dispose();
    }

    private bool WriteRecord(LogRecordKind kind)
    {
        if (!WriteRecord(_buffer, kind))
            return false;
        Written = Written with { Offset = Written.Offset + _buffer.Length };
        ItemsWritten = ItemsAppended;
        LogRecord.Begin(_buffer);
        return true;
    }

    private bool WriteRecord(LogBuffer record, LogRecordKind kind)
    {
        LogRecord.Complete(record, Written.Segment, Written.Offset, kind, Synced);
        try
        {
            _current!.Write(Written.Offset, record.Bytes);
        }
        catch (IOException error)
        {
            Counters.FailedWrites++;
            _writeError = error.Message;
            return false;
        }
        _writeError = null;
        (_claim, _claimItems) = (Synced, ItemsSynced);
        Counters.Records++;
        Counters.BytesWritten += record.Length;
        return true;
    }

    private void Sync(IDiskFile file, LogPosition upTo)
    {
        _syncing = upTo;
        _syncingItems = ItemsWritten;
        _syncingClaim = _claimItems;
        _sync = new SyncFile(file);
        _disk.Submit(_sync);
    }

    private void OnSynced(Exception? error)
    {
        _sync = null;
        if (error is not null)
        {
            Failure = error;
            return;
        }
        Counters.Syncs++;
        if (_current is null)
        {
            SyncTail();
            return;
        }
        Counters.LastSyncBytes = _syncing.Offset - (Synced.Segment == _syncing.Segment ? Synced.Offset : 0);
        Synced = _syncing;
        ItemsSynced = _syncingItems;
        ItemsClaimed = _syncingClaim;
        if (_sealing)
            EnterSpare();
        else if (IsPastSize)
            Seal();
    }
}
