using KvStore.Node.Disk;
using KvStore.Node.Tests.Disk;

namespace KvStore.Node.Tests.Store;

/// <summary>A device that does not answer keeps the folder, and not the actor system that wants to end.</summary>
public sealed class StuckDiskTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kv-stuck-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_system_ends_and_the_folder_is_given_back_when_the_disk_has_carried_out_what_was_submitted()
    {
        using var disk = new FaultyDisk(_folder);
        var node = await NodeFixture.StartAsync($"kv.durability = on, kv.data-folder = \"{_folder}\", kv.log.fsync = never", disk: (disk, disk.Replica));
        (await node.TalkAsync("SET key value\n")).ShouldBe("OK\n");

        disk.Stick();
        await node.Node.StopAsync().WaitAsync(NodeFixture.Patience);
        await node.Node.System.WhenTerminated.WaitAsync(NodeFixture.Patience);
        Should.Throw<DataFolderException>(() => new FileDisk(_folder)).Message.ShouldEndWith("is in use by another process.");

        disk.Unstick();
        disk.Dispose();
        var again = new FileDisk(_folder);
        await using var next = await NodeFixture.StartAsync(
            $"kv.durability = on, kv.data-folder = \"{_folder}\"", disk: (again, again.Identify(0).Replica));
        (await next.TalkAsync("GET key\n")).ShouldBe("value\n");
        (await next.TalkAsync("INFO persistence\n")).ShouldContain("recovery_stopped_cleanly:1");
    }
}
