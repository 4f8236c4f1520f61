using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>The log on a disk that is killed and cut off at random: what the writer says is safe must be there.</summary>
public sealed class DiskCrashTests
{
    private const int Seeds = 400;

    [Fact]
    public void A_kill_loses_nothing_written_and_a_power_cut_nothing_synced()
    {
        var counters = new List<DiskCounters>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var story = new DiskStory(seed);
            story.Run().ShouldBe(DiskStory.Starts, $"seed {seed}");
            counters.Add(story.Disk.Counters);
        }
        ShouldHaveMetEverything(counters);
    }

    [Fact]
    public void A_power_cut_after_a_kill_in_the_middle_of_a_seal_loses_nothing_synced()
    {
        for (var seed = 0; seed < Seeds; seed++)
            new DiskStory(seed, sparesSeals: false).Run().ShouldBe(DiskStory.Starts, $"seed {seed}");
    }

    [Fact]
    public void Sectors_out_of_order_leave_what_was_synced_where_only_what_is_claimed_is_told()
    {
        var holes = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var story = new DiskStory(seed, new DiskFaults { Losses = [PowerLoss.Sectors], SectorBytes = 64 }, settings: DiskLog.Claimed);
            story.Run().ShouldBe(DiskStory.Starts, $"seed {seed}");
            holes += story.Holes;
        }
        holes.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Sectors_out_of_order_leave_what_was_synced_or_are_refused_where_replies_wait_for_syncs()
    {
        var starts = 0;
        var scrambled = 0L;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var story = new DiskStory(seed, new DiskFaults { Losses = [PowerLoss.Sectors], SectorBytes = 16 });
            starts += story.Run(mayRefuse: true);
            scrambled += story.Disk.Counters.ScrambledFiles;
        }
        starts.ShouldBeInRange(Seeds, (Seeds * DiskStory.Starts) - 1);
        scrambled.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_same_seed_gives_the_same_disk()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (first, second) = (new DiskStory(seed), new DiskStory(seed));
            first.Run();
            second.Run();
            second.Trace.ShouldBe(first.Trace);
        }
    }

    [Fact]
    public void A_look_at_what_a_crash_would_leave_changes_nothing()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disks = new List<SimulatedDisk>();
            foreach (var looks in (bool[])[false, true])
            {
                var time = new DiskTime();
                var disk = new SimulatedDisk(new Random(seed), new DiskFaults(), time.Later);
                disks.Add(disk);
                var log = DiskLog.Start(disk.Mount());
                for (var i = 0; i < 50; i++)
                {
                    log.Writer.Append(DiskLog.Item(i, i));
                    log.Writer.Write();
                    log.Writer.BeginSync();
                    if (looks)
                    {
                        DiskLog.Read(disk.AfterKill(new Random(i)));
                        DiskLog.Read(disk.AfterPowerCut(new Random(i)));
                    }
                    time.RunOne();
                }
                disk.CutPower();
            }
            Content(disks[1]).ShouldBe(Content(disks[0]));
        }
    }

    private static void ShouldHaveMetEverything(IReadOnlyList<DiskCounters> all)
    {
        Func<DiskCounters, long>[] counts =
        [
            static c => c.CrashesInWrites, static c => c.InterruptedRequests, static c => c.DroppedRequests, static c => c.PartialCreations,
            static c => c.PartialPublications, static c => c.WritesLost, static c => c.TornWrites, static c => c.NamesLost, static c => c.FullWrites,
            static c => c.FailedSyncs, static c => c.Stalls,
        ];
        for (var i = 0; i < counts.Length; i++)
            all.Sum(counts[i]).ShouldBeGreaterThan(0, $"count {i}");
    }

    private static IReadOnlyList<string> Content(SimulatedDisk disk)
    {
        using var mount = disk.Clone(new Random(0)).Mount();
        return [.. mount.Files.Select(name => name + " " + DiskFiles.Read(mount, name))];
    }
}
