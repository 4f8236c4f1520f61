using KvStore.Core.Log;
using KvStore.Node.Disk;
using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>What a process sees of its disk, as of the real one.</summary>
public sealed class DiskRequestTests
{
    private static readonly DiskFaults Slow = DiskFaults.None with { MinLatency = TimeSpan.FromMilliseconds(1), MaxLatency = TimeSpan.FromMilliseconds(9) };

    private readonly DiskFiles _files = new();

    [Fact]
    public void A_file_is_created_in_place_of_another_with_its_head_and_zeros()
    {
        _files.Create("a", head: 5);
        using var file = _files.Create("a", head: 2, reserve: 4);
        _files.Read("a").ShouldBe("EEEE0000");
        file.Length.ShouldBe(4);
        _files.Mount.Files.ShouldBe(["a"]);
    }

    [Fact]
    public void A_file_is_written_cut_published_and_deleted()
    {
        using var file = _files.Create("b.tmp", reserve: 4);
        file.Write(3, [1, 2]);
        _files.Read("b.tmp").ShouldBe("0000000102");
        _files.Complete(new TrimFile(file, 4)).Error.ShouldBeNull();
        _files.Create("b", head: 1);
        _files.Complete(new PublishFile(file, "b")).Error.ShouldBeNull();
        file.Name.ShouldBe("b");
        _files.Read("b").ShouldBe("00000001");
        _files.Mount.Files.ShouldBe(["b"]);
        _files.Complete(new DeleteFile("b")).Error.ShouldBeNull();
        _files.Complete(new DeleteFile("b")).Error.ShouldBeNull();
        _files.Mount.Files.ShouldBeEmpty();
        Should.Throw<FileNotFoundException>(() => _files.Mount.Open("b"));
    }

    [Fact]
    public void Requests_are_completed_in_order_each_after_its_own_time()
    {
        var files = new DiskFiles(Slow);
        var times = new List<TimeSpan>();
        files.Mount.Completed = done => times.Add(files.Time.Now);
        for (var i = 0; i < 20; i++)
            files.Mount.Submit(new DeleteFile("a"));
        times.ShouldBeEmpty();
        files.Time.Run();
        times.Count.ShouldBe(20);
        times.Zip(times.Prepend(TimeSpan.Zero), static (at, before) => at - before).ShouldAllBe(static took => took >= Slow.MinLatency && took <= Slow.MaxLatency);
        times.Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public void A_request_that_is_submitted_by_a_completion_waits_for_those_before_it()
    {
        var names = new List<string>();
        _files.Mount.Completed = done =>
        {
            names.Add(((DeleteFile)done.Request).Name);
            if (names.Count == 1)
                _files.Mount.Submit(new DeleteFile("c"));
        };
        _files.Mount.Submit(new DeleteFile("a"));
        _files.Mount.Submit(new DeleteFile("b"));
        _files.Time.Run();
        names.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Disposing_finishes_at_once_what_was_submitted()
    {
        var files = new DiskFiles(Slow);
        files.Mount.Submit(new CreateFile("a", new byte[1], 0));
        files.Mount.Submit(new CreateFile("b", new byte[1], 0));
        files.Mount.Dispose();
        files.Done.Count.ShouldBe(2);
        Should.Throw<ObjectDisposedException>(() => files.Mount.Submit(new DeleteFile("a")));
        files.Remount();
        files.Time.Run();
        files.Done.Count.ShouldBe(2);
        files.Mount.Files.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void One_process_has_the_disk_at_a_time()
    {
        Should.Throw<DataFolderException>(_files.Disk.Mount);
        _files.Disk.Kill();
        _files.Remount();
    }

    [Fact]
    public void A_file_that_was_closed_is_not_synced()
    {
        var file = _files.Create("a");
        file.Dispose();
        _files.Complete(new SyncFile(file)).Error.ShouldBeOfType<ObjectDisposedException>();
        Should.Throw<ObjectDisposedException>(() => file.Write(0, [1]));
    }

    [Fact]
    public void What_is_reserved_takes_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var file = _files.Create("a", head: 64, reserve: 1L << 30);
        file.Write(1 << 20, new byte[100]);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
    }

    [Fact]
    public void The_identity_outlives_processes_and_power_and_not_the_disk()
    {
        _files.Disk.Identify(7).ShouldBe(7UL);
        _files.Disk.CutPower(PowerLoss.All);
        _files.Disk.Identify(8).ShouldBe(7UL);
        _files.Disk.Wipe();
        _files.Disk.Capacity = 0;
        Should.Throw<DataFolderException>(() => _files.Disk.Identify(9));
        _files.Disk.Capacity = long.MaxValue;
        _files.Disk.Identify(9).ShouldBe(9UL);
    }
}
