using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

public sealed class SnapshotTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public void A_start_loads_the_snapshot_and_then_the_log_from_where_it_began()
    {
        var log = TestLog.Open(_disk);
        WriteUntil(log, segment: 4);
        var from = log.Writer.Written;
        log.Append(TestLog.Mutation(500));
        log.Writer.Write();
        TakeSnapshot(log, from, items: 30);
        log.Write(TestLog.Mutation(501));

        _disk.Files.ShouldBe([LogFormat.SegmentName(4), LogFormat.SegmentName(5), LogFormat.SnapshotName(1)]);
        var recovered = TestLog.Recover(_disk.Killed());
        recovered.Report.Snapshot.ShouldBe(LogFormat.SnapshotName(1));
        recovered.Items.ShouldBe([.. SnapshotItems(30), .. log.Items[^2..]]);
        recovered.Report.Segments.ShouldBe(1);
    }

    [Fact]
    public void The_next_snapshot_replaces_the_one_before_across_restarts()
    {
        var log = TestLog.Open(_disk);
        TakeSnapshot(log, log.Writer.Written, items: 3);
        TakeSnapshot(log, log.Writer.Written, items: 4);
        _disk.Files.ShouldContain(LogFormat.SnapshotName(2));
        _disk.Files.ShouldNotContain(LogFormat.SnapshotName(1));

        var second = TestLog.Open(_disk.Killed());
        second.Items.ShouldBe(SnapshotItems(4));
        TakeSnapshot(second, second.Writer.Written, items: 5);
        second.Disk.Files.ShouldBe([LogFormat.SegmentName(3), LogFormat.SegmentName(4), LogFormat.SnapshotName(3)]);
        TestLog.Recover(second.Disk.Killed()).Items.ShouldBe(SnapshotItems(5));
    }

    [Fact]
    public void A_snapshot_that_was_not_completed_means_nothing_and_is_deleted_at_the_next_start()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        log.Snapshots.Begin(log.Writer.Written);
        _disk.Run();
        for (var i = 0; i < 20; i++)
            log.Snapshots.Append(TestLog.Mutation(i));
        var disk = _disk.Killed();
        disk.Files.ShouldContain(LogFormat.SnapshotName(1) + ".tmp");
        var second = TestLog.Open(disk);
        second.Items.ShouldBe(log.Items);
        disk.Files.ShouldNotContain(LogFormat.SnapshotName(1) + ".tmp");
    }

    [Fact]
    public void A_snapshot_that_begins_before_the_leftovers_are_deleted_is_none_of_them()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        log.Snapshots.Begin(log.Writer.Written);
        _disk.Run();
        var second = TestLog.Open(_disk.Killed(), run: false);
        TakeSnapshot(second, second.Writer.Written, items: 2);
        second.Snapshots.Error.ShouldBeNull();
        TestLog.Recover(second.Disk.Killed()).Items.ShouldBe(SnapshotItems(2));
    }

    [Fact]
    public void A_snapshot_cut_at_any_byte_stops_the_start()
    {
        var log = TestLog.Open(_disk);
        TakeSnapshot(log, log.Writer.Written, items: 10);
        var name = LogFormat.SnapshotName(1);
        var bytes = _disk.Read(name);
        for (var length = 0; length < bytes.Length; length++)
        {
            _disk.Put(name, bytes[..length]);
            Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).File.ShouldBe(name);
        }
        _disk.Put(name, [.. bytes, 0]);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message.ShouldContain("bytes follow the end");
    }

    [Fact]
    public void A_snapshot_without_the_log_that_belongs_to_it_stops_the_start()
    {
        var log = TestLog.Open(_disk);
        WriteUntil(log, segment: 2);
        TakeSnapshot(log, log.Writer.Written, items: 10);
        WriteUntil(log, segment: 4);
        foreach (var name in _disk.Files.Where(static f => f.StartsWith("log-", StringComparison.Ordinal)).SkipLast(1))
        {
            var disk = _disk.Killed();
            disk.Remove(name);
            Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).File.ShouldBe(name);
        }
        foreach (var name in _disk.Files.Where(static f => f.StartsWith("log-", StringComparison.Ordinal)))
            _disk.Remove(name);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).File.ShouldBe(LogFormat.SegmentName(2));
    }

    [Fact]
    public void A_log_that_ends_or_leads_past_where_the_snapshot_begins_stops_the_start()
    {
        var log = TestLog.Open(_disk);
        var first = LogFormat.SegmentName(1);
        WriteUntil(log, segment: 2);
        var bytes = _disk.Read(first);
        TakeSnapshot(log, log.Writer.Written, items: 10);
        foreach (var name in _disk.Files.Where(static f => f.StartsWith("log-", StringComparison.Ordinal)))
            _disk.Remove(name);
        _disk.Put(first, bytes);
        var missing = $"{LogFormat.SegmentName(2)}, offset 0: the file is missing: the snapshot needs it. ";
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message.ShouldStartWith(missing);

        _disk.Put(LogFormat.SegmentName(9), new LogHeader(LogFileKind.Segment, 9, TestLog.Replica, new LogPosition(1, LogHeader.Size)).ToArray());
        _disk.Remove(first);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message.ShouldStartWith(missing);
    }

    [Fact]
    public void A_log_that_ends_before_what_the_snapshot_says_was_synced_stops_the_start()
    {
        var log = TestLog.Open(_disk);
        var from = log.Writer.Written;
        log.Write(TestLog.Mutation(1));
        log.Sync();
        TakeSnapshot(log, from, items: 3);
        var name = LogFormat.SegmentName(1);
        var bytes = _disk.Read(name);
        bytes.AsSpan(LogHeader.Size).Clear();
        _disk.Put(name, bytes);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message
            .ShouldStartWith($"{name}, offset {from.Offset}: no valid record, and the log was synced up to offset {log.Writer.Synced.Offset}");
    }

    [Fact]
    public void A_snapshot_that_was_given_up_does_not_disturb_the_next_one()
    {
        var log = TestLog.Open(_disk);
        log.Snapshots.Begin(log.Writer.Written);
        _disk.Run();
        while (_disk.Requests.Count == 0)
            log.Snapshots.Append(TestLog.Mutation(1));
        _disk.FailSyncOf = "snapshot-";
        log.Snapshots.Abandon();
        TakeSnapshot(log, log.Writer.Written, items: 20);
        log.Snapshots.Error.ShouldBeNull();
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(SnapshotItems(20));
    }

    [Fact]
    public void A_log_whose_snapshot_was_lost_stops_the_start()
    {
        var log = TestLog.Open(_disk);
        WriteUntil(log, segment: 2);
        TakeSnapshot(log, log.Writer.Written, items: 10);
        _disk.Remove(LogFormat.SnapshotName(1));
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message.ShouldContain($"{LogFormat.SegmentName(1)}, offset 0: the file is missing");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public void An_accepted_damaged_snapshot_keeps_what_could_be_read_and_what_is_written_later(int damageAt)
    {
        var log = TestLog.Open(_disk);
        TakeSnapshot(log, log.Writer.Written, items: 20);
        log.Write(TestLog.Mutation(500));
        var name = LogFormat.SnapshotName(1);
        var bytes = _disk.Read(name);
        bytes[damageAt] ^= 1;
        _disk.Put(name, bytes);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).File.ShouldBe(name);

        var second = TestLog.Open(_disk, acceptDamage: true);
        second.Report.AcceptedDamage.ShouldBeTrue();
        if (damageAt > 0)
            second.Items.ShouldBe(SnapshotItems(20)[..second.Items.Count]);
        second.Write(TestLog.Mutation(501));
        // The next start needs no override, and loses nothing more.
        var third = TestLog.Open(_disk.Killed());
        third.Items[^1].ShouldBe(second.Items[^1]);
        if (damageAt > 0)
            third.Items.ShouldBe(second.Items);
        TakeSnapshot(third, third.Writer.Written, items: 7);
        TestLog.Recover(third.Disk.Killed()).Items.ShouldBe(SnapshotItems(7));
    }

    [Fact]
    public void A_full_disk_fails_the_snapshot_and_not_the_log()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        _disk.Capacity = _disk.Files.Sum(f => _disk.Read(f).Length) + 300;
        TakeSnapshot(log, log.Writer.Written, items: 50);
        log.Snapshots.Error.ShouldBeOfType<IOException>();
        log.Snapshots.IsActive.ShouldBeFalse();
        log.Writer.Counters.SnapshotsFailed.ShouldBe(1);
        _disk.Files.ShouldBe([LogFormat.SegmentName(1), LogFormat.SegmentName(2)]);
        TakeSnapshot(log, log.Writer.Written, items: 2);
        log.Snapshots.Error.ShouldBeNull();
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(SnapshotItems(2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void A_snapshot_whose_sync_fails_is_not_published(int items)
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1));
        _disk.FailSyncOf = "snapshot-";
        TakeSnapshot(log, log.Writer.Written, items);
        log.Snapshots.Error.ShouldBeOfType<IOException>();
        log.Writer.Failure.ShouldBeNull();
        TestLog.Recover(_disk.Killed()).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void A_sync_that_fails_while_the_end_is_written_fails_the_snapshot()
    {
        var log = TestLog.Open(_disk);
        log.Snapshots.Begin(log.Writer.Written);
        _disk.Run();
        while (_disk.Requests.Count == 0)
            log.Snapshots.Append(TestLog.Mutation(1));
        _disk.FailSyncOf = "snapshot-";
        log.Snapshots.Complete([]);
        _disk.Run();
        log.Snapshots.Error.ShouldNotBeNull();
        _disk.Files.ShouldNotContain(LogFormat.SnapshotName(1));
    }

    [Fact]
    public void The_owner_is_held_back_while_the_disk_is_behind()
    {
        var log = TestLog.Open(_disk);
        log.Snapshots.Begin(log.Writer.Written);
        log.Snapshots.CanAppend.ShouldBeFalse();
        _disk.Run();
        var items = 0;
        for (; log.Snapshots.CanAppend; items++)
            log.Snapshots.Append(TestLog.Mutation(items));
        (items * 50).ShouldBeLessThan(4 * 512);
        _disk.Run();
        log.Snapshots.CanAppend.ShouldBeTrue();
    }

    [Fact]
    public void An_abandoned_snapshot_leaves_nothing()
    {
        var log = TestLog.Open(_disk);
        log.Snapshots.Begin(log.Writer.Written);
        log.Snapshots.Abandon();
        _disk.Run();
        log.Snapshots.IsActive.ShouldBeFalse();
        log.Snapshots.Begin(log.Writer.Written);
        _disk.Run();
        log.Snapshots.Append(TestLog.Mutation(1));
        log.Snapshots.Abandon();
        _disk.Run();
        log.Snapshots.IsActive.ShouldBeFalse();
        log.Snapshots.Error.ShouldBeNull();
        _disk.Files.ShouldBe([LogFormat.SegmentName(1), LogFormat.SegmentName(2)]);
    }

    [Fact]
    public void A_snapshot_begun_while_segments_change_is_replayed_across_the_seal()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1, valueBytes: 600));
        _disk.RunOne();
        log.Writer.CanWrite.ShouldBeFalse();
        var from = log.Writer.Written;
        _disk.Run();
        TakeSnapshot(log, from, items: 3);
        log.Write(TestLog.Mutation(2));
        TestLog.Recover(_disk.Killed()).Items.ShouldBe([.. SnapshotItems(3), log.Items[^1]]);
    }

    private static List<string> SnapshotItems(int items) => [.. Enumerable.Range(1, items).Select(static i => TestLog.Describe(TestLog.Mutation(i))), TestLog.Describe(new ReadyItem())];

    private static void TakeSnapshot(TestLog log, LogPosition from, int items)
    {
        log.Snapshots.Begin(from);
        log.Disk.Run();
        for (var i = 1; i <= items; i++)
        {
            log.Snapshots.Append(TestLog.Mutation(i));
            if (log.Snapshots.IsActive && !log.Snapshots.CanAppend)
                log.Disk.Run();
        }
        log.Snapshots.Complete([new ReadyItem()]);
        log.Disk.Run();
        log.Snapshots.IsActive.ShouldBeFalse();
    }

    private void WriteUntil(TestLog log, long segment)
    {
        for (var i = 1; log.Writer.Written.Segment < segment; i++)
        {
            log.Write(TestLog.Mutation(i));
            _disk.Run();
        }
    }
}
