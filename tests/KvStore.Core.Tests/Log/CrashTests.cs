using FsCheck;
using FsCheck.Fluent;
using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

/// <summary>Random appends, writes, syncs, snapshots, full disks, starts and crashes, and what must be left of them.</summary>
public sealed class CrashTests
{
    [Fact]
    public void After_any_crash_a_prefix_is_there_that_includes_everything_synced() =>
        Prop.ForAll<int>(static seed => new Story(seed, isOutOfOrder: false).Run().ShouldBe(Story.Starts)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_disk_that_writes_out_of_order_is_recovered_to_such_a_prefix_where_only_what_is_claimed_is_told()
    {
        var holes = 0;
        Prop.ForAll<int>(seed =>
        {
            var story = new Story(seed, isOutOfOrder: true, TestLog.SmallClaimed);
            story.Run().ShouldBe(Story.Starts);
            holes += story.Holes;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        holes.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void A_disk_that_writes_out_of_order_is_recovered_to_such_a_prefix_or_refused_where_replies_wait_for_syncs()
    {
        var recovered = 0;
        Prop.ForAll<int>(seed => recovered += new Story(seed, isOutOfOrder: true).Run()).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        recovered.ShouldBeInRange(600, (300 * Story.Starts) - 1);
    }

    /// <summary>One folder through several starts, each of which ends in a crash.</summary>
    private sealed class Story(int seed, bool isOutOfOrder, LogSettings? settings = null)
    {
        public const int Starts = 6;

        /// <summary>How many of them cut whole records behind a hole.</summary>
        public int Holes { get; private set; }

        private readonly Random _random = new(seed);
        private MemoryDisk _disk = new();
        private TestLog _log = null!;
        private List<string> _items = [];
        private List<string>? _slices;
        private int _number;
        private int _recovered;
        private long _end;

        // How many of the items no crash may lose.
        private int _safe;

        /// <summary>How many starts there were before one was refused.</summary>
        public int Run()
        {
            for (var start = 0; start < Starts; start++)
            {
                try
                {
                    _log = TestLog.Open(_disk, settings, run: false, step: _random.Next(1, 2_000));
                }
                catch (CorruptLogException) when (isOutOfOrder && settings is null)
                {
                    return start;
                }
                Holes += _log.Report.CutHole ? 1 : 0;
                CheckItems();
                _slices = null;
                _end = _log.Writer.Written.Segment;
                for (var turns = _random.Next(60); turns > 0; turns--)
                    Turn();
                Crash();
            }
            return Starts;
        }

        private void CheckItems()
        {
            // A snapshot repeats what the log has too.
            List<string> recovered = [.. _log.Items.Distinct(StringComparer.Ordinal)];
            recovered.ShouldBe(_items[..Math.Min(recovered.Count, _items.Count)]);
            recovered.Count.ShouldBeGreaterThanOrEqualTo(_safe);
            _items = recovered;
            _recovered = recovered.Count;
        }

        private void Turn()
        {
            switch (_random.Next(12))
            {
                case < 4:
                    var item = TestLog.Mutation(++_number, _random.Next(120));
                    _log.Writer.Append(item);
                    _items.Add(TestLog.Describe(item));
                    break;
                case < 7:
                    _log.Writer.Write();
                    break;
                case 7:
                    if (_random.Next(2) == 0)
                        _log.Writer.WriteClaim();
                    _log.Writer.BeginSync();
                    break;
                case 8 when _log.Writer.CanWrite:
                    _disk.Capacity = _random.Next(2) == 0 ? long.MaxValue : _disk.Files.Sum(f => _disk.Read(f).Length) + _random.Next(300);
                    break;
                case 9 when !_log.Snapshots.IsActive && _log.Writer is { CanWrite: true, BufferedBytes: 0 }:
                    _slices = [.. _items];
                    _log.Snapshots.Begin(_log.Writer.Written);
                    break;
                default:
                    _disk.RunOne();
                    FeedSnapshot();
                    break;
            }
        }

        private void FeedSnapshot()
        {
            if (_slices is null || !_log.Snapshots.CanAppend)
                return;
            var count = Math.Min(_random.Next(1, 20), _slices.Count);
            foreach (var item in _slices[..count])
                _log.Snapshots.Append(LogItemCodec.ReadAll(Convert.FromHexString(item)).Single());
            _slices.RemoveRange(0, count);
            if (_slices.Count > 0)
                return;
            _log.Snapshots.Complete([]);
            _slices = null;
        }

        private void Crash()
        {
            _log.Writer.Write();
            // With the first segment of a start, everything that it recovered has been synced.
            if (_log.Writer.Written.Segment > _end)
                _safe = _recovered + (int)_log.Writer.ItemsSynced;
            if (_random.Next(3) == 0)
            {
                _safe = _recovered + (int)_log.Writer.ItemsWritten;
                _disk = _disk.Killed();
            }
            else
            {
                _disk = isOutOfOrder ? _disk.PowerLostOutOfOrder(_random) : _disk.PowerLost(_random);
            }
        }
    }
}
