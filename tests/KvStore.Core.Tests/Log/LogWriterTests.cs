using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

public sealed class LogWriterTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public void What_was_written_is_there_after_a_restart_and_the_log_goes_on_in_a_new_segment()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        log.Writer.Written.Segment.ShouldBe(1);

        var second = TestLog.Open(_disk.Killed());
        second.Items.ShouldBe(log.Items);
        second.Writer.Written.Segment.ShouldBe(3);
        second.Disk.Files.ShouldBe([LogFormat.SegmentName(1), LogFormat.SegmentName(3), LogFormat.SegmentName(4)]);
        second.Disk.Read(LogFormat.SegmentName(1)).Length.ShouldBe((int)log.Writer.Written.Offset);
        second.Write(TestLog.Mutation(3));

        var third = TestLog.Recover(second.Disk.Killed());
        third.Items.ShouldBe(second.Items);
        third.Report.Cuts.ShouldBeEmpty();
    }

    [Fact]
    public void A_flush_is_one_record_whatever_was_appended()
    {
        var log = TestLog.Open(_disk);
        for (var i = 1; i <= 5; i++)
            log.Append(TestLog.Mutation(i));
        log.Writer.Write();
        log.Writer.BufferedBytes.ShouldBe(0);
        log.Writer.Counters.Records.ShouldBe(1);
        log.Writer.Write();
        log.Writer.Counters.Records.ShouldBe(1);
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void A_sync_covers_what_was_written_when_it_began_and_no_more()
    {
        var log = TestLog.Open(_disk);
        var first = log.Write(TestLog.Mutation(1))[0];
        log.Writer.BeginSync().ShouldBeTrue();
        log.Writer.BeginSync().ShouldBeFalse();
        var second = log.Write(TestLog.Mutation(2))[0];
        log.Writer.Synced.ShouldBeLessThan(first);
        log.Writer.ItemsSynced.ShouldBe(0);
        _disk.Run();
        log.Writer.Synced.ShouldBe(first);
        log.Writer.ItemsSynced.ShouldBe(1);
        log.Writer.ItemsWritten.ShouldBe(2);
        log.Writer.BeginSync().ShouldBeTrue();
        _disk.Run();
        log.Writer.Synced.ShouldBe(second);
        log.Writer.BeginSync().ShouldBeFalse();
    }

    [Fact]
    public void Segments_change_and_nothing_that_is_appended_meanwhile_is_lost()
    {
        var log = TestLog.Open(_disk);
        var held = 0;
        for (var i = 1; i <= 200; i++)
        {
            var couldWrite = log.Writer.CanWrite;
            log.Append(TestLog.Mutation(i));
            log.Writer.ItemsAppended.ShouldBe(i);
            log.Writer.Write();
            if (!couldWrite)
            {
                held++;
                log.Writer.ItemsWritten.ShouldBeLessThan(i);
            }
            if (i % 3 == 0)
                _disk.RunOne();
        }
        _disk.Run();
        log.Writer.Write();
        held.ShouldBeGreaterThan(0);
        log.Writer.BufferedBytes.ShouldBe(0);
        log.Writer.Segments.ShouldBeGreaterThan(5);
        var recovered = TestLog.Recover(_disk.Killed());
        recovered.Items.ShouldBe(log.Items);
        recovered.Report.Segments.ShouldBe(log.Writer.Segments);
    }

    [Fact]
    public void A_segment_gets_its_first_record_after_the_one_before_was_synced_with_its_seal()
    {
        var log = TestLog.Open(_disk);
        var number = 0;
        while (log.Writer.Written.Segment == 1)
        {
            if (log.Writer.CanWrite)
                log.Write(TestLog.Mutation(++number));
            _disk.RunOne();
        }
        // Power is lost at once, though the owner never asked for a sync.
        for (var seed = 0; seed < 20; seed++)
        {
            var recovered = TestLog.Recover(_disk.PowerLost(new Random(seed)), out var tail);
            recovered.Items.ShouldBe(log.Items);
            tail.End.ShouldBe(log.Writer.Written);
        }
    }

    [Fact]
    public void A_record_may_be_larger_than_a_segment()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1, valueBytes: 5_000));
        _disk.Run();
        log.Writer.Written.Segment.ShouldBe(2);
        log.Write(TestLog.Mutation(2, valueBytes: 1_000_000));
        _disk.Run();
        log.Write(TestLog.Mutation(3));
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void A_full_disk_blocks_and_when_there_is_space_again_nothing_is_missing_or_there_twice()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        var used = _disk.Files.Sum(f => _disk.Read(f).Length);
        _disk.Capacity = used + 100;
        var written = log.Writer.Written;
        log.Append(TestLog.Mutation(2, valueBytes: 2_000));
        log.Writer.Write().ShouldBe(written);
        log.Writer.IsBlocked.ShouldBeTrue();
        log.Writer.BlockedBy!.ShouldContain("No space left");
        log.Writer.CanWrite.ShouldBeTrue();
        log.Append(TestLog.Mutation(3));
        log.Writer.Write().ShouldBe(written);
        log.Writer.BufferedBytes.ShouldBeGreaterThan(2_000);
        TestLog.Recover(_disk.Killed()).Items.Count.ShouldBe(1);

        _disk.Capacity = long.MaxValue;
        log.Writer.Write().ShouldBeGreaterThan(written);
        log.Writer.IsBlocked.ShouldBeFalse();
        log.Writer.BufferedBytes.ShouldBe(0);
        _disk.Run();
        log.Write(TestLog.Mutation(4));
        var recovered = TestLog.Recover(_disk.Killed());
        recovered.Items.ShouldBe(log.Items);
        recovered.Report.Cuts.ShouldBeEmpty();
    }

    [Fact]
    public void A_next_segment_that_can_not_be_reserved_blocks_until_it_can()
    {
        _disk.Capacity = 600;
        var log = TestLog.Open(_disk);
        log.Writer.IsBlocked.ShouldBeTrue();
        log.Writer.CanWrite.ShouldBeTrue();
        log.Write(TestLog.Mutation(1));
        _disk.Run();
        log.Writer.IsBlocked.ShouldBeTrue();
        _disk.Capacity = 6_000;
        log.Writer.Write();
        _disk.Run();
        log.Writer.IsBlocked.ShouldBeFalse();
        _disk.Files.ShouldContain(LogFormat.SegmentName(2));
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_start_lets_the_log_begin_later()
    {
        _disk.Capacity = 100;
        var log = TestLog.Open(_disk);
        log.Writer.CanWrite.ShouldBeFalse();
        log.Writer.IsBlocked.ShouldBeTrue();
        log.Write(TestLog.Mutation(1));
        _disk.Capacity = 6_000;
        log.Writer.Write();
        _disk.Run();
        log.Writer.CanWrite.ShouldBeTrue();
        log.Writer.Write();
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void After_a_failed_sync_nothing_is_acknowledged_written_or_synced_any_more()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        log.Sync();
        var synced = log.Writer.Synced;
        var written = log.Write(TestLog.Mutation(2))[0];
        _disk.FailSyncOf = "log-";
        log.Writer.BeginSync();
        _disk.Run();
        log.Writer.Failure.ShouldBeOfType<IOException>();
        log.Writer.Synced.ShouldBe(synced);
        log.Writer.CanWrite.ShouldBeFalse();
        log.Append(TestLog.Mutation(3));
        log.Writer.Write().ShouldBe(written);
        log.Writer.BeginSync().ShouldBeFalse();
        log.Writer.WriteCleanStop().ShouldBeFalse();
        _disk.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void A_sync_that_fails_at_the_change_of_segments_stops_the_log_too()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1, valueBytes: 600));
        _disk.RunOne();
        log.Writer.CanWrite.ShouldBeFalse();
        _disk.FailSyncOf = "log-";
        _disk.Run();
        log.Writer.Failure.ShouldNotBeNull();
        log.Writer.Written.Segment.ShouldBe(1);
    }

    [Fact]
    public void A_tail_that_can_not_be_synced_is_not_built_upon()
    {
        TestLog.Open(_disk).Write(TestLog.Mutation(1));
        var disk = _disk.Killed();
        disk.FailSyncOf = "log-";
        var log = TestLog.Open(disk);
        log.Writer.Failure.ShouldNotBeNull();
        log.Writer.CanWrite.ShouldBeFalse();
        disk.Files.ShouldNotContain(LogFormat.SegmentName(3));
    }

    [Fact]
    public void A_clean_stop_is_told_until_the_next_start_whether_or_not_that_one_writes()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        log.Append(TestLog.Mutation(2));
        log.Writer.WriteCleanStop().ShouldBeTrue();
        log.Sync();
        log.Writer.CanWrite.ShouldBeFalse();
        log.Append(TestLog.Mutation(3));
        log.Writer.Write().ShouldBe(log.Writer.Synced);
        log.Items.RemoveAt(2);

        var second = TestLog.Open(_disk.Killed());
        second.Report.StoppedCleanly.ShouldBeTrue();
        second.Items.ShouldBe(log.Items);
        TestLog.Recover(second.Disk.Killed()).Report.StoppedCleanly.ShouldBeFalse();
    }

    [Fact]
    public void Truncating_deletes_the_segments_before_and_the_owner_is_asked_to_stop_when_much_waits()
    {
        var log = TestLog.Open(_disk, TestLog.Small with { BufferBytes = 100 });
        for (var i = 1; i <= 100; i++)
        {
            log.Write(TestLog.Mutation(i));
            _disk.Run();
        }
        var segments = log.Writer.Segments;
        log.Writer.Truncate(log.Writer.Written);
        _disk.Run();
        log.Writer.Segments.ShouldBe(1);
        log.Writer.Counters.SegmentsDeleted.ShouldBe(segments - 1);
        _disk.Files.Count.ShouldBe(2);
        log.Writer.IsFull.ShouldBeFalse();
        log.Append(TestLog.Mutation(101, valueBytes: 100));
        log.Writer.IsFull.ShouldBeTrue();
    }
}
