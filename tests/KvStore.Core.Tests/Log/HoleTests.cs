using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

/// <summary>Whole records behind a hole in the end of the log: cut where only a loss of power explains them, else the start stops.</summary>
public sealed class HoleTests
{
    private static readonly string s_name = LogFormat.SegmentName(1);

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void What_a_power_cut_left_in_any_order_is_cut_with_a_warning_and_the_log_goes_on()
    {
        var (log, ends) = Written(TestLog.SmallClaimed);
        var disk = _disk.PowerLost(1, 3);
        for (var start = 0; start < 3; start++)
        {
            var next = TestLog.Open(disk, TestLog.SmallClaimed);
            next.Items.ShouldBe([.. log.Items[..3], .. next.Items[3..]]);
            next.Report.CutHole.ShouldBe(start == 0);
            next.Report.StoppedCleanly.ShouldBeFalse();
            next.Report.Cuts.ShouldBe(start > 0 ? [] : [
                $"{s_name}: {ends[4].Offset - ends[2].Offset} bytes from offset {ends[2].Offset} on were cut: written out of order when power was lost, "
                + $"and nothing of it was said to be synced. The first whole record behind the hole lies at {ends[3].Offset}."]);
            next.Write(TestLog.Mutation(10 + start));
            next.Items.Count.ShouldBe(start + 4);
            disk = next.Disk.Killed();
        }
    }

    [Fact]
    public void A_start_that_ends_before_its_first_segment_is_there_cuts_the_same_again()
    {
        var (log, _) = Written(TestLog.SmallClaimed);
        var disk = _disk.PowerLost(1, 3);
        for (var seed = 0; seed < 50; seed++)
        {
            var next = TestLog.Open(disk.Killed(), TestLog.SmallClaimed, run: false);
            for (var i = 0; i < seed % 6; i++)
                next.Disk.RunOne();
            TestLog.Recover(seed % 2 == 0 ? next.Disk.Killed() : next.Disk.PowerLost(new Random(seed))).Items.ShouldBe(log.Items[..3]);
        }
    }

    [Fact]
    public void A_hole_stops_the_start_while_the_system_that_wrote_it_still_runs()
    {
        var (_, ends) = Written(TestLog.SmallClaimed);
        var disk = _disk.PowerLost(1, 3);
        disk.Boot = _disk.Boot;
        ShouldStop(disk, ends, "bytes were damaged, since the system has been running ever since they were written");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hole_stops_the_start_where_nobody_knows_which_system_wrote_it_or_which_one_runs(bool isKnownNow)
    {
        _disk.Boot = isKnownNow ? 0ul : 1;
        var (_, ends) = Written(TestLog.SmallClaimed);
        var disk = _disk.PowerLost(1, 3);
        disk.Boot = isKnownNow ? 2ul : 0;
        ShouldStop(disk, ends, "bytes were damaged, or written out of order when power was lost");
    }

    [Fact]
    public void A_hole_stops_the_start_where_replies_may_have_left_right_behind_a_sync()
    {
        var (_, ends) = Written(TestLog.Small);
        ShouldStop(_disk.PowerLost(1, 3), ends, "bytes were damaged, or written out of order when power was lost");
    }

    [Fact]
    public void A_hole_before_what_any_record_claims_to_be_synced_stops_the_start()
    {
        var (log, ends) = Written(TestLog.SmallClaimed);
        var bytes = _disk.Read(s_name);
        bytes.AsSpan((int)ends[0].Offset, (int)(ends[1].Offset - ends[0].Offset)).Clear();
        _disk.Put(s_name, bytes);
        _disk.Boot++;
        log.Writer.ItemsClaimed.ShouldBe(0);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message
            .ShouldStartWith($"{s_name}, offset {ends[0].Offset}: no valid record, and a valid one behind it at {ends[1].Offset}: bytes were damaged. ");
    }

    [Fact]
    public void A_hole_before_the_mark_of_a_stop_in_order_stops_the_start()
    {
        var (log, ends) = Written(TestLog.SmallClaimed);
        log.Writer.WriteCleanStop().ShouldBeTrue();
        ShouldStop(_disk.PowerLost(1, 3), ends, "bytes were damaged, since the process has stopped in order behind it");
    }

    [Fact]
    public void A_claim_follows_a_sync_and_is_written_once()
    {
        var log = TestLog.Open(_disk, TestLog.SmallClaimed);
        log.Write(TestLog.Mutation(1));
        log.Writer.WriteClaim();
        log.Sync();
        (log.Writer.ItemsSynced, log.Writer.ItemsClaimed).ShouldBe((1, 0));

        var records = log.Writer.Counters.Records;
        var written = log.Writer.Written;
        log.Writer.WriteClaim();
        log.Writer.WriteClaim();
        log.Writer.Counters.Records.ShouldBe(records + 1);
        (log.Writer.Written.Offset - written.Offset).ShouldBe(29);
        log.Writer.ItemsClaimed.ShouldBe(0);
        log.Sync();
        log.Writer.ItemsClaimed.ShouldBe(1);
        TestLog.Recover(_disk).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void What_is_written_behind_a_sync_claims_it_without_a_record_of_its_own()
    {
        var log = TestLog.Open(_disk, TestLog.SmallClaimed);
        log.Write(TestLog.Mutation(1));
        log.Writer.BeginSync();
        log.Write(TestLog.Mutation(2));
        _disk.Run();
        // Written while the sync was under way, and so without a word of it.
        log.Sync();
        (log.Writer.ItemsSynced, log.Writer.ItemsClaimed).ShouldBe((2, 0));

        log.Write(TestLog.Mutation(3));
        var records = log.Writer.Counters.Records;
        log.Writer.WriteClaim();
        log.Writer.Counters.Records.ShouldBe(records);
        log.Sync();
        (log.Writer.ItemsSynced, log.Writer.ItemsClaimed).ShouldBe((3, 2));
    }

    [Fact]
    public void What_was_synced_with_a_seal_is_claimed_in_the_next_segment()
    {
        var log = TestLog.Open(_disk, TestLog.SmallClaimed);
        while (!log.Writer.IsSyncing)
            log.Write(TestLog.Mutation(log.Items.Count + 1));
        // Comes while the segment is synced, and is synced with the seal.
        log.Write(TestLog.Mutation(log.Items.Count + 1));
        _disk.Run();
        log.Writer.Written.Segment.ShouldBe(2);
        log.Writer.ItemsSynced.ShouldBe(log.Items.Count);
        log.Writer.ItemsClaimed.ShouldBe(log.Items.Count - 1);
        log.Writer.WriteClaim();
        log.Sync();
        log.Writer.ItemsClaimed.ShouldBe(log.Items.Count);
    }

    [Fact]
    public void A_claim_that_finds_no_space_refuses_no_writes()
    {
        var end = TestLog.Open(new MemoryDisk()).Write(TestLog.Mutation(1))[0];
        var log = TestLog.Open(_disk, TestLog.SmallClaimed with { SegmentBytes = end.Offset + 10 });
        log.Write(TestLog.Mutation(1));
        log.Sync();
        _disk.Capacity = _disk.Files.Sum(f => _disk.Read(f).Length);
        log.Writer.WriteClaim();
        log.Writer.Counters.FailedWrites.ShouldBe(1);
        log.Writer.IsBlocked.ShouldBeFalse();
        log.Write(TestLog.Mutation(2));
        log.Writer.IsBlocked.ShouldBeTrue();
        _disk.Capacity = long.MaxValue;
        log.Writer.Write();
        TestLog.Recover(_disk).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void No_single_flipped_bit_takes_what_is_claimed_whatever_was_lost_with_the_power()
    {
        var log = TestLog.Open(_disk, TestLog.SmallClaimed);
        while (log.Writer.Written.Segment == 1 || log.Items.Count % 7 != 0)
        {
            log.Write(TestLog.Mutation(log.Items.Count + 1));
            _disk.Run();
        }
        log.Sync();
        log.Writer.WriteClaim();
        log.Sync();
        var claimed = (int)log.Writer.ItemsClaimed;
        claimed.ShouldBe(log.Items.Count);
        log.Write(TestLog.Mutation(90));
        log.Sync();
        log.Write(TestLog.Mutation(91), TestLog.Mutation(92), TestLog.Mutation(93));
        var (holes, stops) = (0, 0);
        foreach (var lost in (int[][])[[], [0]])
        {
            var disk = _disk.PowerLost(lost);
            foreach (var name in disk.Files)
            {
                var bytes = disk.Read(name);
                for (var bit = 0; bit < bytes.Length * 8; bit++)
                {
                    var flipped = (byte[])bytes.Clone();
                    flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                    disk.Put(name, flipped);
                    try
                    {
                        var recovered = TestLog.Recover(disk);
                        recovered.Items.ShouldBe(log.Items[..recovered.Items.Count]);
                        recovered.Items.Count.ShouldBeGreaterThanOrEqualTo(claimed, $"{name}, bit {bit}");
                        holes += recovered.Report.CutHole ? 1 : 0;
                    }
                    catch (CorruptLogException)
                    {
                        stops++;
                    }
                }
                disk.Put(name, bytes);
            }
        }
        holes.ShouldBeGreaterThan(100);
        stops.ShouldBeGreaterThan(1_000);
    }

    // Six records: the third says that two are synced, four are not.
    private (TestLog Log, List<LogPosition> Ends) Written(LogSettings settings)
    {
        var log = TestLog.Open(_disk, settings with { SegmentBytes = 4096 });
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        log.Sync();
        log.Write(TestLog.Mutation(3)).ForEach(ends.Add);
        log.Write(TestLog.Mutation(4), TestLog.Mutation(5), TestLog.Mutation(6)).ForEach(ends.Add);
        return (log, ends);
    }

    private static void ShouldStop(MemoryDisk disk, List<LogPosition> ends, string why) =>
        Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).Message
            .ShouldStartWith($"{s_name}, offset {ends[2].Offset}: no valid record, and a valid one behind it at {ends[3].Offset}: {why}. ");
}
