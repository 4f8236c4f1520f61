using KvStore.Core.Log;
using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>
/// One disk through several processes, each of which ends badly: random appends, writes, syncs, snapshots, full disks, failed syncs and
/// stalls. After each end it is checked that the items are a prefix of what was appended, and that it includes what was promised.
/// </summary>
internal sealed class DiskStory
{
    public const int Starts = 6;

    private readonly Random _random;
    private readonly DiskTime _time = new();
    private readonly bool _sparesSeals;
    private readonly LogSettings? _settings;
    private List<string> _items = [];
    private List<string>? _slices;
    private DiskLog _log = null!;
    private int _number;
    private int _recovered;
    private long _firstSegment;
    private bool _isRunning;

    // How many of the items neither the last crash nor a power cut may lose.
    private int _promised;
    private int _synced;

    /// <summary>A disk, and what happens to it.</summary>
    /// <param name="seed">Everything comes from it.</param>
    /// <param name="faults">Of the disk.</param>
    /// <param name="sparesSeals">Whether the kernel writes a segment back whose seal was not synced when its process was killed.</param>
    /// <param name="settings">Of the log.</param>
    public DiskStory(int seed, DiskFaults? faults = null, bool sparesSeals = true, LogSettings? settings = null)
    {
        _settings = settings;
        _random = new Random(seed);
        _sparesSeals = sparesSeals;
        Disk = new SimulatedDisk(new Random(seed + 1), faults ?? new DiskFaults(), _time.Later);
    }

    public SimulatedDisk Disk { get; }

    /// <summary>How many starts cut whole records behind a hole.</summary>
    public int Holes { get; private set; }

    /// <summary>What was found at each start.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>How many starts there were before one was refused.</summary>
    public int Run(bool mayRefuse = false)
    {
        for (var start = 0; start < Starts; start++)
        {
            try
            {
                _log = DiskLog.Start(Disk.Mount(), _settings);
            }
            catch (CorruptLogException) when (mayRefuse)
            {
                return start;
            }
            Holes += _log.CutHole ? 1 : 0;
            Begin();
            for (var turns = _random.Next(120); turns > 0 && _isRunning; turns--)
                Turn();
            if (_isRunning)
                End();
        }
        return Starts;
    }

    private void Begin()
    {
        Check(_log.Recovered, _promised);
        _items = [.. _log.Recovered];
        _recovered = _items.Count;
        _slices = null;
        _firstSegment = _log.Writer.Written.Segment;
        _isRunning = true;
        Trace.Add($"{_time.Now} {_recovered} {string.Join(' ', Disk.Files)} {_items.LastOrDefault()}");
    }

    private void Turn()
    {
        switch (_random.Next(15))
        {
            case < 4:
                var item = DiskLog.Item(++_number, _random.Next(120));
                _log.Writer.Append(item);
                _items.Add(DiskLog.Describe(item));
                break;
            case < 7:
                _log.Writer.Write();
                break;
            case 7:
                if (_settings is not null)
                    _log.Writer.WriteClaim();
                _log.Writer.BeginSync();
                break;
            case 8 when _log.Writer.CanWrite:
                Disk.Capacity = _random.Next(2) == 0 ? long.MaxValue : Disk.UsedBytes + _random.Next(300);
                break;
            case 9 when _log.Writer is { CanWrite: true, BufferedBytes: 0 } && !_log.Snapshots.IsActive:
                _slices = [.. _items];
                _log.Snapshots.Begin(_log.Writer.Written);
                break;
            case 10 when _random.Next(10) == 0:
                Disk.FailNextSync();
                break;
            case 11 when _random.Next(30) == 0:
                Disk.CrashDuringNextWrite(End);
                break;
            case 12 when _random.Next(5) == 0:
                Look();
                break;
            default:
                _time.RunOne();
                FeedSnapshot();
                break;
        }
        if (_isRunning && _log.Writer.Failure is not null)
            End();
    }

    private void FeedSnapshot()
    {
        if (_slices is null || !_log.Snapshots.CanAppend)
            return;
        var fed = _slices.Take(_random.Next(1, 20)).ToArray();
        foreach (var item in fed)
            _log.Snapshots.Append(DiskLog.Parse(item));
        _slices.RemoveRange(0, fed.Length);
        if (_slices.Count > 0)
            return;
        _slices = null;
        _log.Snapshots.Complete([]);
    }

    private void End()
    {
        _isRunning = false;
        Promise();
        if (_random.Next(2) == 0)
        {
            var isSealing = !_log.Writer.CanWrite || _log.Writer.Written.Offset >= DiskLog.SegmentBytes;
            Disk.Kill();
            if (isSealing && _sparesSeals)
                Disk.WriteBack();
            return;
        }
        _promised = _synced;
        Disk.CutPower();
    }

    // With the first segment of a start, everything that it recovered has been synced.
    private void Promise()
    {
        _promised = _recovered + (int)_log.Writer.ItemsWritten;
        if (_log.Writer.Written.Segment > _firstSegment)
            _synced = _recovered + (int)_log.Writer.ItemsSynced;
    }

    private void Look()
    {
        Promise();
        var random = new Random(_number);
        Check(DiskLog.Read(Disk.AfterKill(random)), _promised);
        if (_settings is { TellsOnlyClaimed: true } || !Disk.Faults.Losses.Contains(PowerLoss.Sectors))
            Check(DiskLog.Read(Disk.AfterPowerCut(random)), _synced);
    }

    private void Check(IReadOnlyList<string> found, int promised)
    {
        found.Count.ShouldBeInRange(promised, _items.Count);
        found.ShouldBe(_items[..found.Count]);
    }
}
