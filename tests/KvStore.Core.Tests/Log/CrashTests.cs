using FsCheck;
using FsCheck.Fluent;
using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

/// <summary>Random appends, writes, syncs, snapshots, full disks, starts and crashes.</summary>
public sealed class CrashTests
{
    [Fact]
    public void After_any_crash_a_prefix_is_there_that_includes_everything_synced() =>
        Prop.ForAll<int>(static seed => Run(seed, outOfOrder: false)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_disk_that_writes_out_of_order_is_recovered_to_such_a_prefix_or_refused() =>
        Prop.ForAll<int>(static seed => Run(seed, outOfOrder: true)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static void Run(int seed, bool outOfOrder)
    {
        var random = new Random(seed);
        var disk = new MemoryDisk();
        var state = new List<string>();
        var number = 0;
        var safe = 0;
        for (var start = 0; start < 6; start++)
        {
            TestLog log;
            try
            {
                log = TestLog.Open(disk, run: false, step: random.Next(1, 2_000));
            }
            catch (CorruptLogException) when (outOfOrder && start > 0)
            {
                return;
            }
            // A snapshot repeats items that the log has too: what counts is the set in the order of its last occurrence.
            var recovered = Distinct(log.Items);
            recovered.ShouldBe(state[..Math.Min(recovered.Count, state.Count)]);
            recovered.Count.ShouldBeGreaterThanOrEqualTo(safe);
            state.Clear();
            state.AddRange(recovered);
            log.Items.Clear();
            log.Items.AddRange(recovered);
            var synced = recovered.Count;
            // Nothing of what was recovered may be lost again once the writer has begun its segment.
            var written = new List<(LogPosition End, int Count)>();
            var begun = false;
            List<string>? slice = null;
            var steps = random.Next(60);
            for (var i = 0; i < steps; i++)
            {
                switch (random.Next(12))
                {
                    case < 4:
                        log.Append(TestLog.Mutation(++number, random.Next(120)));
                        break;
                    case < 7:
                        Write();
                        break;
                    case 7:
                        log.Writer.BeginSync();
                        break;
                    case 8 when log.Writer.CanWrite:
                        disk.Capacity = random.Next(2) == 0 ? long.MaxValue : disk.Files.Sum(f => disk.Read(f).Length) + random.Next(300);
                        break;
                    case 9 when slice is null && log.Writer.CanWrite && log.Writer.BufferedBytes == 0:
                        slice = [.. log.Items];
                        log.Snapshots.Begin(log.Writer.Written);
                        break;
                    default:
                        disk.RunOne();
                        FeedSnapshot();
                        break;
                }
                begun |= log.Writer.CanWrite;
            }
            Write();
            var count = begun ? Math.Max(synced, written.LastOrDefault(w => w.End <= log.Writer.Synced).Count) : 0;
            state = [.. log.Items];
            var kind = random.Next(3);
            safe = begun ? count : Math.Min(synced, safe);
            if (kind == 0 && log.Writer.BufferedBytes == 0)
                safe = state.Count;
            disk = kind == 0 ? disk.Killed() : outOfOrder ? disk.PowerLostOutOfOrder(random) : disk.PowerLost(random);

            void Write()
            {
                var end = log.Writer.Write();
                if (log.Writer.BufferedBytes == 0 && log.Writer.CanWrite)
                    written.Add((end, log.Items.Count));
            }

            void FeedSnapshot()
            {
                if (slice is null || !log.Snapshots.CanAppend)
                {
                    if (!log.Snapshots.IsActive)
                        slice = null;
                    return;
                }
                var items = random.Next(1, 20);
                foreach (var item in slice.Take(items))
                    log.Snapshots.Append(Parse(item));
                slice.RemoveRange(0, Math.Min(items, slice.Count));
                if (slice.Count == 0)
                    log.Snapshots.Complete([]);
            }
        }
    }

    private static LogItem Parse(string item) => LogItemCodec.ReadAll(Convert.FromHexString(item)).Single();

    private static List<string> Distinct(List<string> items) => [.. items.Distinct(StringComparer.Ordinal)];
}
