using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

/// <summary>Every single bit of a folder, flipped: the start stops, or nothing is missing but what the torn-tail rule may take.</summary>
public sealed class DamageTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public void A_flipped_bit_never_changes_what_is_recovered_without_a_word()
    {
        var log = TestLog.Open(_disk);
        var number = 0;
        while (log.Writer.Written.Segment < 3)
        {
            log.Write(TestLog.Mutation(++number));
            _disk.Run();
        }
        log.Write(TestLog.Mutation(++number), TestLog.Mutation(++number), TestLog.Mutation(++number));
        FlipEveryBit(log.Items, onlyLastMayBeCut: true);
    }

    [Fact]
    public void A_flipped_bit_in_a_folder_with_a_snapshot_and_a_restart_is_noticed_too()
    {
        var log = TestLog.Open(_disk);
        log.Write(TestLog.Mutation(1), TestLog.Mutation(2));
        log.Snapshots.Begin(log.Writer.Written);
        _disk.Run();
        for (var i = 1; i <= 5; i++)
            log.Snapshots.Append(TestLog.Mutation(i, 40));
        log.Snapshots.Complete([new CeilingItem(5)]);
        _disk.Run();
        log.Write(TestLog.Mutation(3));
        var second = TestLog.Open(_disk.Killed());
        second.Write(TestLog.Mutation(4));
        second.Sync();
        second.Write(TestLog.Mutation(5), TestLog.Mutation(6));
        foreach (var file in _disk.Files)
            _disk.Remove(file);
        foreach (var file in second.Disk.Files)
            _disk.Put(file, second.Disk.Read(file));
        FlipEveryBit(TestLog.Recover(_disk).Items, onlyLastMayBeCut: true);
    }

    private void FlipEveryBit(List<string> items, bool onlyLastMayBeCut)
    {
        var stopped = 0;
        var cut = 0;
        foreach (var name in _disk.Files)
        {
            var bytes = _disk.Read(name);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                var flipped = (byte[])bytes.Clone();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                _disk.Put(name, flipped);
                try
                {
                    var recovered = TestLog.Recover(_disk);
                    if (recovered.Items.SequenceEqual(items))
                        continue;
                    onlyLastMayBeCut.ShouldBeTrue();
                    recovered.Items.ShouldBe(items[..^1], $"{name}, bit {bit}");
                    recovered.Report.Cuts.ShouldHaveSingleItem($"{name}, bit {bit}");
                    cut++;
                }
                catch (CorruptLogException error)
                {
                    error.Message.ShouldContain("offset");
                    stopped++;
                }
            }
            _disk.Put(name, bytes);
        }
        stopped.ShouldBeGreaterThan(1_000);
        cut.ShouldBeGreaterThan(100);
    }
}
