namespace KvStore.Core.Log;

/// <summary>
/// Reads a data folder at the start: the newest snapshot, then the log from where it began. In steps, so that the owner can answer
/// clients in between. It changes nothing in the folder: what it cuts is cut by the header of the segment that the
/// <see cref="LogWriter"/> begins.
/// </summary>
/// <remarks>
/// Fails closed: whatever is not exactly what was written stops it, with one exception. Bytes behind the last position that is known
/// to be synced are what the loss of power leaves of writes, and are cut and reported: a torn tail, with no valid record behind it; and
/// a hole with valid records behind it where <see cref="LogHeader.Boot"/> says that power may have been lost since.
/// </remarks>
public sealed partial class Recovery : IDisposable
{
    internal const string Advice =
        "Restore the folder from a copy; or remove it, and the node joins anew from its peers; or, to keep what is before the damage and "
        + "drop everything behind it, start once with kv.log.accept-damage = on.";

    private readonly IDisk _disk;
    private readonly ulong _replica;
    private readonly bool _acceptDamage;
    private readonly List<string> _snapshots = [];
    private readonly List<string> _leftovers = [];
    private Phase _phase;
    private SegmentChain _files = null!;
    private List<Segment> _chain = [];
    private IDiskFile? _file;
    private IDiskFile? _sealed;
    private LogPosition _replayFrom;
    private LogPosition _claim;
    private LogPosition _end;
    private long _finishedBytes;

    /// <summary>Creates a recovery; nothing is read before the first step.</summary>
    /// <param name="disk">The folder.</param>
    /// <param name="replica">Whose it must be.</param>
    /// <param name="acceptDamage">The operator's override: at damage, go on with what is before it.</param>
    public Recovery(IDisk disk, ulong replica, bool acceptDamage = false)
    {
        ArgumentNullException.ThrowIfNull(disk);
        _disk = disk;
        _replica = replica;
        _acceptDamage = acceptDamage;
    }

    private enum Phase
    {
        Open,
        Snapshot,
        Segments,
        Spare,
        Tail,
        Unfinished,
        Done,
    }

    /// <summary>What was found; complete when the last step is done.</summary>
    public RecoveryReport Report { get; } = new();

    /// <summary>For the writers to go on from; null until the last step is done.</summary>
    public LogTail? Tail { get; private set; }

    /// <summary>Bytes of the files that have been dealt with.</summary>
    public long BytesDone => _phase == Phase.Done ? BytesTotal : Math.Min(BytesTotal, _finishedBytes + Offset);

    /// <summary>Bytes of all files, known after the first step.</summary>
    public long BytesTotal { get; private set; }

    private long Offset => _snapshot?.Offset ?? _reader?.Offset ?? 0;

    /// <summary>Goes on for about <paramref name="byteBudget"/> bytes; a record is not divided. True when the recovery is complete.</summary>
    /// <exception cref="CorruptLogException">The folder is damaged; <paramref name="sink"/> must not be used.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public bool Step(int byteBudget, ILogSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteBudget);
        var counting = new CountingSink(sink, Report);
        long budget = byteBudget;
        while (budget > 0 && _phase != Phase.Done)
        {
            try
            {
                Step(ref budget, counting);
            }
            catch (CorruptLogException error) when (_acceptDamage && _phase != Phase.Open)
            {
                Accept(error);
            }
        }
        return _phase == Phase.Done;
    }

    /// <summary>Closes the files at hand, but for the one that a complete recovery hands on in <see cref="Tail"/>.</summary>
    public void Dispose()
    {
        _spare?.Dispose();
        if (Tail is not null)
            return;
        _file?.Dispose();
        _sealed?.Dispose();
    }

    private void Step(ref long budget, ILogSink sink)
    {
        switch (_phase)
        {
            case Phase.Open:
                OpenFolder();
                break;
            case Phase.Snapshot:
                StepSnapshot(ref budget, sink);
                break;
            case Phase.Segments:
                StepSegment(ref budget, sink);
                break;
            case Phase.Spare:
                StepSpare(ref budget);
                break;
            case Phase.Tail:
                StepTail(ref budget);
                break;
            default:
                StepUnfinished(ref budget);
                break;
        }
    }

    private void OpenFolder()
    {
        long newest = 0;
        long unfinished = 0;
        foreach (var name in _disk.Files)
        {
            if (LogFormat.TrySnapshot(name, out var number))
            {
                newest = Math.Max(newest, number);
                _snapshots.Add(name);
            }
            else if (LogFormat.TryUnfinishedSnapshot(name, out number))
            {
                unfinished = Math.Max(unfinished, number);
                _leftovers.Add(name);
            }
        }
        _files = new SegmentChain(_disk, _replica);
        Report.WasEmpty = newest == 0 && _files.Files.Count == 0;
        BytesTotal = _files.Files.Sum(static s => s.Length);
        // Not the number of one that was not completed: its file is deleted when the next may be under way already.
        _nextSnapshot = Math.Max(newest, unfinished) + 1;
        if (newest > 0)
            OpenSnapshot(newest);
        BuildChain();
        Report.Snapshot = _snapshotName;
        if (_snapshot is not null)
            _phase = Phase.Snapshot;
        else
            BeginSegments();
    }

    private void BuildChain()
    {
        try
        {
            _chain = _files.Build(_replayFrom.Segment);
        }
        catch (CorruptLogException error) when (_acceptDamage)
        {
            ReportAccepted(error);
            _chain = _files.BuildForward(_replayFrom.Segment);
        }
    }

    // The damage ends the log: what was applied before it stays.
    private void Accept(CorruptLogException error)
    {
        ReportAccepted(error);
        if (_phase == Phase.Snapshot)
            DropLog();
        else if (_phase == Phase.Segments)
            _end = new LogPosition(_chain[_index].Number, _recordAt);
        Complete();
    }

    private void ReportAccepted(CorruptLogException error)
    {
        Report.AcceptedDamage = true;
        Report.Cut($"{error.File}, offset {error.Offset}: {error.What}. Accepted: everything behind it was dropped.");
    }

    private void DropLog()
    {
        _file?.Dispose();
        _file = null;
        _chain = [];
        _end = LogPosition.Origin;
    }

    private void Complete()
    {
        Report.StoppedCleanly &= Report.Cuts.Count == 0;
        var kept = _chain.Select(static s => s.Number).Where(n => n <= _end.Segment).ToList();
        _leftovers.AddRange(_files.Files.Where(s => !kept.Contains(s.Number)).Select(static s => s.Name));
        Report.Segments = kept.Count;
        Tail = new LogTail(_replica, _end, _files.LastNumber + 1, _file, UnsyncedSeal(), kept, _nextSnapshot, _snapshots, _leftovers);
        _phase = Phase.Done;
    }

    // A segment gets its first record when the one before it is wholly synced, its seal included.
    private IDiskFile? UnsyncedSeal()
    {
        if (_end.Offset == LogHeader.Size && _file is not null)
            return _sealed;
        _sealed?.Dispose();
        return null;
    }

    /// <summary>Counts what goes by.</summary>
    private sealed class CountingSink(ILogSink sink, RecoveryReport report) : ILogSink
    {
        public void Apply(LogItem item)
        {
            report.Items++;
            if (item is MutationsItem { Message: var message })
                report.Mutations += message.Count;
            else if (item is EntriesItem entries)
                report.Entries += entries.Count;
            sink.Apply(item);
        }
    }
}
