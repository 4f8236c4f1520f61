using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

public sealed class TornTailTests
{
    [Fact]
    public void A_last_record_torn_at_any_byte_leaves_exactly_the_records_before_it()
    {
        var disk = new MemoryDisk();
        var log = TestLog.Open(disk);
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2), TestLog.Mutation(3, valueBytes: 70));
        var name = LogFormat.SegmentName(1);
        var bytes = disk.Read(name);
        for (var torn = (int)ends[1].Offset; torn < ends[2].Offset; torn++)
        {
            var zeros = disk.Killed();
            zeros.Put(name, [.. bytes[..torn], .. new byte[bytes.Length - torn]]);
            Check(zeros, torn);

            var cut = disk.Killed();
            cut.Put(name, bytes[..torn]);
            Check(cut, torn);

            // The other end survived, and not the beginning.
            var head = disk.Killed();
            head.Put(name, [.. bytes[..(int)ends[1].Offset], .. new byte[torn - ends[1].Offset + 1], .. bytes[(torn + 1)..]]);
            Check(head, torn + 1, isTornAtTheFront: true);
        }

        void Check(MemoryDisk folder, int torn, bool isTornAtTheFront = false)
        {
            var recovered = TestLog.Recover(folder, out var tail);
            recovered.Items.ShouldBe(log.Items[..2]);
            tail.End.ShouldBe(ends[1]);
            var isDirty = isTornAtTheFront
                ? bytes[torn..(int)ends[2].Offset].Any(static b => b != 0)
                : bytes[(int)ends[1].Offset..torn].Any(static b => b != 0);
            recovered.Report.Cuts.Count.ShouldBe(isDirty ? 1 : 0);
            if (isDirty)
                recovered.Report.Cuts[0].ShouldContain($"{name}: ");
        }
    }

    [Fact]
    public void A_cut_is_reported_with_its_file_and_bytes_and_the_log_goes_on_behind_it()
    {
        var disk = new MemoryDisk();
        var log = TestLog.Open(disk);
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        var bytes = disk.Read(LogFormat.SegmentName(1));
        bytes[ends[1].Offset - 1] ^= 1;
        disk.Put(LogFormat.SegmentName(1), bytes);
        for (var start = 0; start < 3; start++)
        {
            var next = TestLog.Open(disk.Killed());
            next.Items.ShouldBe([log.Items[0], .. next.Items[1..]]);
            next.Report.StoppedCleanly.ShouldBeFalse();
            if (start == 0)
                next.Report.Cuts.ShouldBe([$"log-000000000001.kvl: {ends[1].Offset - ends[0].Offset} bytes from offset {ends[0].Offset} on were cut: a record that was written in part, and never synced."]);
            else
                next.Report.Cuts.ShouldBeEmpty();
            next.Write(TestLog.Mutation(10 + start));
            next.Items.Count.ShouldBe(start + 2);
            disk = next.Disk;
        }
    }

    [Fact]
    public void A_crash_before_the_new_segment_was_there_cuts_the_same_again()
    {
        var disk = new MemoryDisk();
        var log = TestLog.Open(disk);
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        var bytes = disk.Read(LogFormat.SegmentName(1));
        bytes[ends[1].Offset - 1] ^= 1;
        disk.Put(LogFormat.SegmentName(1), bytes);
        for (var seed = 0; seed < 50; seed++)
        {
            var next = TestLog.Open(disk.Killed(), run: false);
            for (var i = 0; i < seed % 6; i++)
                next.Disk.RunOne();
            var recovered = TestLog.Recover(next.Disk.PowerLost(new Random(seed)));
            recovered.Items.ShouldBe(log.Items[..1]);
        }
    }

    [Fact]
    public void Damage_before_a_position_that_a_torn_record_says_was_synced_is_no_torn_tail()
    {
        var disk = new MemoryDisk();
        var log = TestLog.Open(disk);
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        log.Sync();
        ends.AddRange(log.Write(TestLog.Mutation(3)));
        var name = LogFormat.SegmentName(1);
        var bytes = disk.Read(name);
        // Of the last record the head survives, and there is no valid one behind the damage.
        bytes[ends[2].Offset - 1] ^= 1;
        bytes[ends[1].Offset - 1] ^= 1;
        disk.Put(name, bytes);
        Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).Message
            .ShouldStartWith($"{name}, offset {ends[0].Offset}: no valid record, and the log was synced up to offset {ends[1].Offset} of {name}. ");
    }

    [Fact]
    public void A_valid_record_behind_damage_stops_the_start_wherever_it_lies()
    {
        var disk = new MemoryDisk();
        var settings = TestLog.Small with { SegmentBytes = 1024 * 1024 };
        var log = TestLog.Open(disk, settings);
        var ends = log.Write(TestLog.Mutation(1, 300_000), TestLog.Mutation(2, 5), TestLog.Mutation(3, 300_000));
        var name = LogFormat.SegmentName(1);
        var bytes = disk.Read(name);
        for (var i = 0; i < 2; i++)
        {
            var damaged = (byte[])bytes.Clone();
            var at = i == 0 ? LogHeader.Size : (int)ends[i - 1].Offset;
            damaged.AsSpan(at, (int)(ends[i].Offset - at)).Clear();
            disk.Put(name, damaged);
            var error = Should.Throw<CorruptLogException>(() => TestLog.Recover(disk));
            error.File.ShouldBe(name);
            error.Offset.ShouldBe(at);
            error.Message.ShouldContain($"a valid one behind it at {ends[i].Offset}");
        }
    }

    [Fact]
    public void A_valid_record_behind_zeros_is_found_whatever_its_length_begins_with()
    {
        for (var size = 0; size < 256; size++)
        {
            var disk = new MemoryDisk();
            var log = TestLog.Open(disk);
            var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2, size));
            var bytes = disk.Read(LogFormat.SegmentName(1));
            bytes.AsSpan(LogHeader.Size, (int)ends[0].Offset - LogHeader.Size).Clear();
            disk.Put(LogFormat.SegmentName(1), bytes);
            Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).Message.ShouldContain($"behind it at {ends[0].Offset}");
        }
    }

    [Fact]
    public void A_valid_record_is_found_across_the_windows_of_the_search()
    {
        for (var size = 65_536 - 200; size < 65_536; size++)
        {
            var disk = new MemoryDisk();
            var log = TestLog.Open(disk, TestLog.Small with { SegmentBytes = 200_000 });
            var ends = log.Write(TestLog.Mutation(1, size), TestLog.Mutation(2));
            var bytes = disk.Read(LogFormat.SegmentName(1));
            bytes[LogHeader.Size] ^= 1;
            disk.Put(LogFormat.SegmentName(1), bytes);
            Should.Throw<CorruptLogException>(() => TestLog.Recover(disk)).Message.ShouldContain($"behind it at {ends[0].Offset}");
        }
    }

    [Fact]
    public void A_record_that_was_copied_to_another_place_or_left_over_by_another_file_is_none()
    {
        var disk = new MemoryDisk();
        var log = TestLog.Open(disk);
        var ends = log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        var name = LogFormat.SegmentName(1);
        var bytes = disk.Read(name);
        var copied = (byte[])bytes.Clone();
        bytes.AsSpan(LogHeader.Size, (int)ends[0].Offset - LogHeader.Size).CopyTo(copied.AsSpan((int)ends[1].Offset));
        disk.Put(name, copied);
        var recovered = TestLog.Recover(disk);
        recovered.Items.ShouldBe(log.Items);
        recovered.Report.Cuts.Count.ShouldBe(1);

        // The same bytes at the same offset, where the segment that was prepared as the next one has none yet.
        disk.Put(name, bytes);
        var spare = disk.Read(LogFormat.SegmentName(2));
        bytes.AsSpan(LogHeader.Size, (int)ends[1].Offset - LogHeader.Size).CopyTo(spare.AsSpan(LogHeader.Size));
        disk.Put(LogFormat.SegmentName(2), spare);
        recovered = TestLog.Recover(disk);
        recovered.Items.ShouldBe(log.Items);
        recovered.Report.Cuts.ShouldBeEmpty();
    }

    [Fact]
    public void The_search_behind_damage_takes_its_time_in_steps_and_one_pass()
    {
        var disk = new MemoryDisk();
        TestLog.Open(disk).Write(TestLog.Mutation(1));
        var name = LogFormat.SegmentName(1);
        var noise = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(noise);
        disk.Put(name, [.. disk.Read(name)[..200], .. noise]);
        var recovered = TestLog.Recover(disk, out _, step: 100_000);
        recovered.Items.Count.ShouldBe(1);
        recovered.Report.Cuts.Count.ShouldBe(1);
    }
}
