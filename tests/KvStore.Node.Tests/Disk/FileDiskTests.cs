using KvStore.Core.Log;
using KvStore.Node.Disk;

namespace KvStore.Node.Tests.Disk;

public sealed class FileDiskTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kv-disk-" + Guid.NewGuid().ToString("n"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_second_holder_of_a_folder_is_refused_until_the_first_has_let_go()
    {
        using (new FileDisk(_folder))
            Should.Throw<DataFolderException>(() => new FileDisk(_folder)).Message.ShouldBe($"The data folder {_folder} is in use by another process.");
        new FileDisk(_folder).Dispose();
    }

    [Fact]
    public void The_run_of_the_system_is_known_on_Linux_and_stays_the_same_from_one_process_to_the_next()
    {
        using var first = new FileDisk(_folder);
        (first.Boot != 0).ShouldBe(OperatingSystem.IsLinux());
        first.Dispose();
        using var second = new FileDisk(_folder);
        second.Boot.ShouldBe(first.Boot);
    }

    [Theory]
    [InlineData("/dev/null/data", "can't be created")]
    [InlineData("/proc/data", "can't be created")]
    [InlineData("/proc", "can't be written")]
    public void A_folder_that_can_not_be_used_is_refused_with_a_sentence(string folder, string reason)
    {
        if (OperatingSystem.IsLinux())
            Should.Throw<DataFolderException>(() => new FileDisk(folder)).Message.ShouldStartWith($"The data folder {folder} {reason}: ");
    }

    [Fact]
    public void A_file_in_place_of_the_folder_is_refused()
    {
        File.WriteAllText(_folder, "");
        try
        {
            Should.Throw<DataFolderException>(() => new FileDisk(_folder)).Message.ShouldStartWith($"The data folder {_folder} can't be created: ");
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    [Fact]
    public void Requests_are_carried_out_in_order_on_another_thread()
    {
        using var disk = new RecordingDisk(_folder);
        var file = disk.Do(new CreateFile("a", "head"u8.ToArray(), ReserveBytes: 1 << 20)).File!;
        file.Length.ShouldBe(1 << 20);
        file.Write(4, "body"u8);
        disk.Do(new SyncFile(file)).Error.ShouldBeNull();
        disk.Do(new TrimFile(file, 8)).Error.ShouldBeNull();
        disk.Do(new PublishFile(file, "b")).Error.ShouldBeNull();
        file.Name.ShouldBe("b");
        file.Dispose();
        disk.Files.ShouldBe(["LOCK", "b"]);
        File.ReadAllText(Path.Combine(_folder, "b")).ShouldBe("headbody");
        using (var opened = disk.Disk.Open("b"))
        {
            var bytes = new byte[10];
            opened.Read(4, bytes).ShouldBe(4);
            opened.Length.ShouldBe(8);
        }
        disk.Do(new DeleteFile("b")).Error.ShouldBeNull();
        disk.Do(new DeleteFile("b")).Error.ShouldBeNull();
        disk.Files.ShouldBe(["LOCK"]);
        disk.Threads.ShouldBe(["kv-disk"]);
    }

    [Fact]
    public void A_creation_that_fails_leaves_no_file()
    {
        using var disk = new RecordingDisk(_folder);
        // More than any disk has.
        disk.Do(new CreateFile("a", "head"u8.ToArray(), ReserveBytes: 1L << 50)).Error.ShouldBeOfType<IOException>();
        disk.Files.ShouldBe(["LOCK"]);
        disk.Do(new SyncFile(Closed(disk))).Error.ShouldNotBeNull();
    }

    [Fact]
    public void Creating_a_file_again_begins_with_a_new_one()
    {
        using var disk = new RecordingDisk(_folder);
        using var first = disk.Do(new CreateFile("a", "first"u8.ToArray(), 0)).File!;
        using var second = disk.Do(new CreateFile("a", "2nd"u8.ToArray(), 0)).File!;
        first.Write(0, "FIRST"u8);
        File.ReadAllText(Path.Combine(_folder, "a")).ShouldBe("2nd");
    }

    [Fact]
    public void Disposing_carries_out_what_was_submitted()
    {
        var done = 0;
        using (var disk = new FileDisk(_folder))
        {
            disk.Completed = _ => done++;
            for (var i = 0; i < 50; i++)
                disk.Submit(new CreateFile("f" + i, "x"u8.ToArray(), 0));
            disk.Dispose();
            Should.Throw<ObjectDisposedException>(() => disk.Submit(new DeleteFile("f1")));
        }
        done.ShouldBe(50);
        Directory.GetFiles(_folder).Length.ShouldBe(51);
    }

    [Fact]
    public void A_log_with_a_snapshot_survives_on_real_files_through_restarts()
    {
        var expected = new List<ulong>();
        for (var start = 0; start < 4; start++)
        {
            using var disk = new RecordingDisk(_folder);
            var identity = disk.Disk.Identify(fresh: (ulong)start + 77);
            identity.ShouldBe(new FolderIdentity(77, IsNew: start == 0));
            using var recovery = new Recovery(disk.Disk, identity.Replica);
            var sink = new Ceilings();
            while (!recovery.Step(1 << 20, sink))
            {
            }
            sink.Clocks.ShouldBe(expected);
            recovery.Report.StoppedCleanly.ShouldBe(start > 0);
            recovery.Report.Cuts.ShouldBeEmpty();
            var settings = new LogSettings { SegmentBytes = 4096 };
            using var log = new LogWriter(disk.Disk, recovery.Tail!, settings);
            using var snapshots = new SnapshotWriter(disk.Disk, log, recovery.Tail!, settings);
            disk.Until(() => log.CanWrite, log, snapshots);
            if (start == 2)
            {
                snapshots.Begin(log.Written);
                disk.Until(() => snapshots.CanAppend, log, snapshots);
                foreach (var clock in expected)
                    snapshots.Append(new CeilingItem(clock));
                snapshots.Complete([]);
                disk.Until(() => !snapshots.IsActive, log, snapshots);
                snapshots.Error.ShouldBeNull();
            }
            for (var i = 0; i < 300; i++)
            {
                log.Append(new CeilingItem((ulong)((start * 1000) + i)));
                expected.Add((ulong)((start * 1000) + i));
                log.Write();
                log.BeginSync();
                disk.Until(() => log.Synced == log.Written && log.CanWrite, log, snapshots);
            }
            log.Write();
            log.WriteCleanStop().ShouldBeTrue();
            log.BeginSync();
            disk.Until(() => log.Synced == log.Written, log, snapshots);
        }
        Directory.GetFiles(_folder, "snapshot-*").ShouldHaveSingleItem();
    }

    [Fact]
    public void An_identity_of_a_later_version_is_refused_with_its_own_message()
    {
        using var disk = new FileDisk(_folder);
        disk.Identify(1);
        var path = Path.Combine(_folder, "identity");
        File.WriteAllText(path, File.ReadAllText(path).Replace("version 1", "version 2", StringComparison.Ordinal));
        Should.Throw<DataFolderException>(() => disk.Identify(2)).Message.ShouldContain("has layout version 2, and this program knows versions up to 1");
    }

    [Fact]
    public void An_identity_with_any_byte_changed_or_cut_is_refused()
    {
        using var disk = new FileDisk(_folder);
        disk.Identify(0x123456789ABCDEF0).Replica.ShouldBe(0x123456789ABCDEF0UL);
        var path = Path.Combine(_folder, "identity");
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x11;
            File.WriteAllBytes(path, changed);
            Should.Throw<DataFolderException>(() => disk.Identify(2));
            File.WriteAllBytes(path, bytes[..i]);
            Should.Throw<DataFolderException>(() => disk.Identify(2));
        }
        File.WriteAllBytes(path, bytes);
        disk.Identify(2).ShouldBe(new FolderIdentity(0x123456789ABCDEF0, IsNew: false));
    }

    [Fact]
    public void A_folder_with_a_log_and_no_identity_is_refused()
    {
        using var disk = new FileDisk(_folder);
        File.WriteAllBytes(Path.Combine(_folder, LogFormat.SegmentName(1)), []);
        Should.Throw<DataFolderException>(() => disk.Identify(2)).Message.ShouldContain("has log-000000000001.kvl but no file 'identity'");
    }

    private static IDiskFile Closed(RecordingDisk disk)
    {
        var file = disk.Do(new CreateFile("closed", default, 0)).File!;
        file.Dispose();
        return file;
    }

    private sealed class Ceilings : ILogSink
    {
        public List<ulong> Clocks { get; } = [];

        public void Apply(LogItem item) => Clocks.Add(((CeilingItem)item).Clock);
    }
}
