using KvStore.Core.Log;
using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>Each fault does what it says, and nothing else.</summary>
public sealed class DiskFaultTests
{
    private readonly DiskFiles _files = new();

    [Fact]
    public void A_process_that_was_killed_changes_and_completes_nothing()
    {
        var file = _files.Create("a", reserve: 4);
        file.Write(0, [1]);
        _files.Disk.Kill();
        file.Write(1, [2]);
        _files.Mount.Submit(new DeleteFile("a"));
        _files.Mount.Dispose();
        _files.Time.Run();
        _files.Done.Count.ShouldBe(1);
        _files.Remount();
        _files.Read("a").ShouldBe("01000000");
    }

    [Fact]
    public void A_kill_leaves_a_creation_wherever_it_was()
    {
        var left = Interrupted(static files => new CreateFile("a", new byte[] { 0xEE, 0xEE, 0xEE }, 4));
        left.ShouldBe(["", "a=", "a=00000000", "a=EE000000", "a=EEEE0000", "a=EEEEEE00", "old a"], ignoreOrder: true);
    }

    [Fact]
    public void A_kill_leaves_a_publication_before_or_behind_its_rename() =>
        Interrupted(static files => new PublishFile(files.Mount.Open("b.tmp"), "b")).ShouldBe(["old a", "published"], ignoreOrder: true);

    [Fact]
    public void A_power_cut_loses_what_was_not_synced_and_no_more()
    {
        using var file = _files.Create("a", reserve: 4);
        file.Write(0, [1]);
        _files.Complete(new SyncFile(file)).Error.ShouldBeNull();
        file.Write(0, [2, 3]);
        _files.Disk.Kill();
        _files.Disk.CutPower(PowerLoss.All).ShouldBe(PowerLoss.All);
        _files.Remount();
        _files.Read("a").ShouldBe("01000000");
        (_files.Disk.Counters.WritesLost, _files.Disk.Counters.BytesLost).ShouldBe((1, 2));
    }

    [Fact]
    public void What_the_kernel_wrote_back_is_not_lost()
    {
        using var file = _files.Create("a", reserve: 2);
        file.Write(0, [1]);
        _files.Disk.Kill();
        _files.Disk.WriteBack();
        _files.Disk.CutPower(PowerLoss.All);
        _files.Remount();
        _files.Read("a").ShouldBe("0100");
    }

    [Fact]
    public void Names_that_were_not_synced_are_lost_with_the_power()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var files = new DiskFiles(seed: seed);
            files.Create("a", head: 1);
            files.Mount.Submit(new DeleteFile("a"));
            files.Disk.CutPower(PowerLoss.All);
            if (files.Disk.Files.Count == 0)
                continue;
            files.Disk.Files.ShouldBe(["a"]);
            if (files.Disk.Counters.NamesLost > 0)
                return;
        }
        Assert.Fail("No deletion was taken back.");
    }

    [Fact]
    public void A_process_ends_in_the_middle_of_a_write()
    {
        var left = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 60; seed++)
        {
            var files = new DiskFiles(seed: seed);
            using var file = files.Create("a", reserve: 3);
            files.Disk.CrashDuringNextWrite(files.Disk.Kill);
            file.Write(0, [1, 2, 3]);
            file.Write(0, [9, 9, 9]);
            files.Remount();
            left.Add(files.Read("a"));
        }
        left.ShouldBe(["000000", "010000", "010200", "010203"], ignoreOrder: true);
    }

    [Fact]
    public void A_kill_disarms_the_crash_in_a_write()
    {
        using (_files.Create("a"))
            _files.Disk.CrashDuringNextWrite(static () => Assert.Fail("It was disarmed."));
        _files.Disk.Kill();
        _files.Remount();
        using var file = _files.Mount.Open("a");
        file.Write(0, [1]);
        file.Length.ShouldBe(1);
    }

    [Fact]
    public void A_full_disk_takes_a_part_of_a_write_and_all_that_is_reserved()
    {
        using var file = _files.Create("a", reserve: 4);
        _files.Disk.Capacity = 6;
        file.Write(0, [1, 1, 1, 1]);
        Should.Throw<IOException>(() => file.Write(3, [2, 2, 2, 2])).Message.ShouldStartWith("No space left on device");
        _files.Read("a").ShouldBe("010101020202");
        _files.Complete(new CreateFile("b", new byte[1], 0)).Error.ShouldBeOfType<IOException>();
        _files.Complete(new CreateFile("b", default, 1)).Error.ShouldBeOfType<IOException>();
        _files.Mount.Files.ShouldBe(["a"]);
        _files.Disk.Capacity = long.MaxValue;
        file.Write(3, [2, 2, 2, 2]);
        _files.Create("b", head: 1);
    }

    [Fact]
    public void A_sync_fails_once()
    {
        using var file = _files.Create("a");
        _files.Disk.FailNextSync("b");
        _files.Complete(new SyncFile(file)).Error.ShouldBeNull();
        _files.Disk.FailNextSync("a");
        file.Write(0, [1]);
        _files.Complete(new SyncFile(file)).Error.ShouldBeOfType<IOException>();
        _files.Complete(new SyncFile(file)).Error.ShouldBeNull();
        _files.Disk.CutPower(PowerLoss.All);
        _files.Remount();
        _files.Read("a").ShouldBe("01");
    }

    [Fact]
    public void A_failed_sync_that_is_forgotten_loses_what_a_later_one_seemed_to_keep()
    {
        _files.Disk.Faults = DiskFaults.None with { ForgetsFailedSyncs = true };
        using var file = _files.Create("a");
        _files.Disk.FailNextSync();
        file.Write(0, [1]);
        _files.Complete(new SyncFile(file)).Error.ShouldBeOfType<IOException>();
        _files.Complete(new SyncFile(file)).Error.ShouldBeNull();
        _files.Disk.CutPower(PowerLoss.All);
        _files.Remount();
        _files.Read("a").ShouldBe("");
    }

    [Fact]
    public void A_stalled_disk_completes_nothing_until_it_goes_on()
    {
        var at = TimeSpan.Zero;
        _files.Mount.Completed = done => at = _files.Time.Now;
        _files.Disk.Stall(TimeSpan.FromSeconds(2));
        _files.Disk.Stall(TimeSpan.FromSeconds(5));
        _files.Mount.Submit(new DeleteFile("a"));
        _files.Time.Run();
        at.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Rot_flips_one_bit_that_was_synced_and_says_which()
    {
        _files.Disk.Rot().ShouldBeNull();
        for (var seed = 0; seed < 100; seed++)
        {
            var files = new DiskFiles(seed: seed);
            using var file = files.Create("a", head: 100, reserve: 200);
            file.Write(50, new byte[100]);
            var before = Convert.FromHexString(files.Read("a"));
            if (files.Disk.Rot() is not { } rot)
                continue;
            rot.Offset.ShouldNotBeInRange(50, 149);
            before[rot.Offset] ^= (byte)(1 << rot.Bit);
            files.Read("a").ShouldBe(Convert.ToHexString(before));
            rot.Place.ShouldBe(rot.Offset < 50 ? RotPlace.Header : RotPlace.Reserved);
            files.Disk.Damage.ShouldBe([rot]);
            files.Complete(new DeleteFile("a"));
            files.Disk.Damage.ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_replaced_machine_has_nothing()
    {
        _files.Create("a", head: 1);
        _files.Disk.Wipe();
        _files.Disk.CutPower(PowerLoss.All);
        _files.Remount();
        _files.Mount.Files.ShouldBeEmpty();
        _files.Disk.UsedBytes.ShouldBe(0);
    }

    // What a kill may leave of a request, beside a file a (where it is not the request's) and a file b.tmp.
    private static HashSet<string> Interrupted(Func<DiskFiles, DiskRequest> request)
    {
        var left = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 400; seed++)
        {
            var files = new DiskFiles(seed: seed);
            files.Create("a", head: 5);
            files.Create("b.tmp");
            files.Mount.Submit(request(files));
            files.Disk.Kill();
            files.Remount();
            var a = files.Mount.Files.Contains("a") ? "a=" + files.Read("a") : "";
            left.Add(files.Mount.Files.Contains("b") ? "published" : a == "a=EEEEEEEEEE" ? "old a" : a);
        }
        return left;
    }
}
