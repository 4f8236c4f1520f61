using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

public sealed class RecoveryTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public void An_empty_folder_is_a_log_that_begins()
    {
        var log = TestLog.Recover(_disk, out var tail);
        log.Items.ShouldBeEmpty();
        log.Report.WasEmpty.ShouldBeTrue();
        tail.End.ShouldBe(LogPosition.Origin);
        tail.NextSegment.ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Steps_of_any_size_give_the_same_and_progress_grows_to_the_whole(int step)
    {
        var log = Fill(segments: 5);
        using var recovery = new Recovery(_disk, TestLog.Replica);
        var sink = TestLog.Recover(_disk);
        sink.Items.Clear();
        long done = 0;
        while (!recovery.Step(step, sink))
        {
            recovery.BytesDone.ShouldBeGreaterThanOrEqualTo(done);
            done = recovery.BytesDone;
        }
        sink.Items.ShouldBe(log.Items);
        recovery.BytesDone.ShouldBe(recovery.BytesTotal);
        recovery.Report.Mutations.ShouldBe(log.Items.Count);
        recovery.Report.Bytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Any_segment_that_is_missing_stops_the_start_and_is_named()
    {
        var log = Fill(segments: 5);
        for (var number = 1; number <= 5; number++)
        {
            var disk = _disk.Killed();
            disk.Remove(LogFormat.SegmentName(number));
            // The spare one is no part of the log: without it, the last one is what the one before was sealed for.
            if (number == 5)
                disk.Remove(LogFormat.SegmentName(6));
            Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).Message.ShouldContain($"{LogFormat.SegmentName(number)}, offset 0: the file is missing");
        }
        _disk.Remove(LogFormat.SegmentName(6));
        TestLog.Recover(_disk).Items.ShouldBe(log.Items);
    }

    [Fact]
    public void A_missing_segment_is_noticed_across_restarts_too()
    {
        Fill(segments: 2);
        var second = TestLog.Open(_disk.Killed());
        second.Write(TestLog.Mutation(100));
        var third = TestLog.Open(second.Disk.Killed());
        third.Write(TestLog.Mutation(101));
        foreach (var name in third.Disk.Files.SkipLast(2))
        {
            var disk = third.Disk.Killed();
            disk.Remove(name);
            Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).File.ShouldBe(name);
        }
        TestLog.Recover(third.Disk).Items.ShouldBe(third.Items);
    }

    [Fact]
    public void A_folder_of_another_replica_is_refused()
    {
        Fill(segments: 1);
        using var recovery = new Recovery(_disk, 5);
        Should.Throw<CorruptLogException>(() => recovery.Step(1, TestLog.Recover(_disk))).Message.ShouldContain("was written by replica abcd, and this folder belongs to replica 5");
    }

    [Fact]
    public void A_file_of_a_later_version_is_refused_with_its_own_message_even_when_damage_is_accepted()
    {
        Fill(segments: 1);
        var bytes = _disk.Read(LogFormat.SegmentName(1));
        bytes[8] = LogFormat.Version + 1;
        _disk.Put(LogFormat.SegmentName(1), bytes);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk, acceptDamage: true)).Message.ShouldContain("it has format version 2, and this program knows versions up to 1");
    }

    [Fact]
    public void A_segment_under_another_number_is_refused()
    {
        Fill(segments: 1);
        _disk.Rename(LogFormat.SegmentName(2), LogFormat.SegmentName(3));
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message.ShouldContain("its header says number 2");
    }

    [Fact]
    public void A_seal_that_is_damaged_stops_the_start_whatever_came_after_it()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1, valueBytes: 600));
        var seal = log.Writer.Written.Offset;
        _disk.Run();
        log.Writer.Written.Segment.ShouldBe(2);
        var name = LogFormat.SegmentName(1);

        // A later start goes on behind a second segment that never got a record.
        var second = TestLog.Open(_disk.Killed());
        Flip(second.Disk, name, seal);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(second.Disk)).Message
            .ShouldStartWith($"{name}, offset {seal}: no valid record, and the segment is not sealed, though {LogFormat.SegmentName(4)} came later");

        // Power was lost after the first record of the second segment, and before the third was prepared.
        log.Write(TestLog.Mutation(2));
        _disk.Remove(LogFormat.SegmentName(3));
        Flip(_disk, name, seal);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message
            .ShouldStartWith($"{name}, offset {seal}: no valid record, and the segment is not sealed, though {LogFormat.SegmentName(2)} has a record at {LogHeader.Size}");
    }

    [Fact]
    public void The_newest_segment_with_a_damaged_header_and_a_record_stops_the_start()
    {
        var log = TestLog.Open(_disk, run: false);
        while (!log.Writer.CanWrite)
            _disk.RunOne();
        log.Write(TestLog.Mutation(1));
        var name = LogFormat.SegmentName(1);
        _disk.Files.ShouldBe([name]);
        Flip(_disk, name, 20);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).Message.ShouldStartWith($"{name}, offset 0: its header is damaged, and it has records");
    }

    [Fact]
    public void A_header_that_ends_the_segment_before_inside_a_record_is_refused()
    {
        var log = TestLog.Open(_disk);
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        foreach (var end in (long[])[ends[0].Offset - 1, ends[0].Offset + 1, ends[1].Offset + 1])
        {
            _disk.Put(LogFormat.SegmentName(3), new LogHeader(LogFileKind.Segment, 3, TestLog.Replica, new LogPosition(1, end)).ToArray());
            Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).File.ShouldBe(LogFormat.SegmentName(1));
        }
        _disk.Put(LogFormat.SegmentName(3), new LogHeader(LogFileKind.Segment, 3, TestLog.Replica, ends[0]).ToArray());
        TestLog.Recover(_disk).Items.ShouldBe(log.Items[..1]);
    }

    [Fact]
    public void Accepted_damage_keeps_what_is_before_it_for_good()
    {
        var log = Fill(segments: 4);
        var name = LogFormat.SegmentName(2);
        var bytes = _disk.Read(name);
        bytes[LogHeader.Size + 100] ^= 1;
        _disk.Put(name, bytes);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(_disk)).File.ShouldBe(name);

        for (var done = 0; done < 12; done++)
        {
            var accepted = TestLog.Open(_disk.Killed(), acceptDamage: true, run: false);
            accepted.Items.ShouldBe(log.Items[..accepted.Items.Count]);
            accepted.Items.Count.ShouldBeGreaterThan(5);
            accepted.Report.AcceptedDamage.ShouldBeTrue();
            accepted.Report.Cuts.ShouldHaveSingleItem().ShouldContain(name);
            for (var i = 0; i < done; i++)
                accepted.Disk.RunOne();
            accepted.Append(TestLog.Mutation(1000));
            accepted.Writer.Write();
            // A crash at any moment leaves either the damage as it was, or a sound log.
            var after = accepted.Disk.PowerLost(new Random(done));
            if (accepted.Writer.CanWrite)
                TestLog.Recover(after).Items.Count.ShouldBeInRange(accepted.Items.Count - 1, accepted.Items.Count);
            else
                Should.Throw<CorruptLogException>(() => TestLog.Recover(after)).File.ShouldBe(name);
        }
    }

    [Fact]
    public void A_missing_segment_can_be_accepted()
    {
        var log = Fill(segments: 4);
        _disk.Remove(LogFormat.SegmentName(3));
        var accepted = TestLog.Open(_disk, acceptDamage: true);
        accepted.Items.ShouldBe(log.Items[..accepted.Items.Count]);
        accepted.Items.Count.ShouldBeGreaterThan(8);
        accepted.Write(TestLog.Mutation(1000));
        _disk.Files.Count.ShouldBe(4);
        TestLog.Recover(_disk).Items.ShouldBe(accepted.Items);

        _disk.Remove(LogFormat.SegmentName(1));
        accepted = TestLog.Open(_disk, acceptDamage: true);
        accepted.Items.ShouldBeEmpty();
        accepted.Write(TestLog.Mutation(1001));
        TestLog.Recover(_disk).Items.ShouldBe(accepted.Items);
    }

    [Fact]
    public void Restarts_that_write_nothing_keep_the_log_whole()
    {
        var log = Fill(segments: 3);
        var disk = _disk;
        for (var i = 0; i < 10; i++)
        {
            var next = TestLog.Open(disk.Killed());
            next.Items.ShouldBe(log.Items);
            next.Report.Cuts.ShouldBeEmpty();
            disk = next.Disk;
        }
    }

    private static void Flip(MemoryDisk disk, string name, long offset)
    {
        var bytes = disk.Read(name);
        bytes[offset] ^= 1;
        disk.Put(name, bytes);
    }

    private TestLog Fill(int segments)
    {
        var log = TestLog.Open(_disk);
        for (var i = 1; log.Writer.Written.Segment < segments; i++)
        {
            log.Write(TestLog.Mutation(i));
            _disk.Run();
        }
        log.Write(TestLog.Mutation(999));
        return log;
    }
}
