using KvStore.Core.Log;
using KvStore.Node.Disk;

namespace KvStore.Node.Tests.Store;

/// <summary>What a node tells of its log as synced, and what its log says of that, by the policy.</summary>
public sealed class ToldAsSyncedTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kv-told-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("interval")]
    [InlineData("never")]
    [InlineData("always")]
    public async Task A_deletion_is_collected_under_every_policy(string fsync)
    {
        var disk = new FileDisk(_folder);
        await using var node = await NodeFixture.StartAsync(
            $"kv.durability = on, kv.data-folder = \"{_folder}\", kv.log {{ fsync = {fsync}, fsync-interval = 50ms }}", disk: (disk, disk.Identify(1).Replica));
        (await node.TalkAsync("SET key value\nDEL key\n")).ShouldBe("OK\n1\n");
        await node.UntilAsync(async () => (await node.TalkAsync("INFO\n")).Contains("\ntombstones:0", StringComparison.Ordinal));
        (await node.TalkAsync("INFO\n")).ShouldContain("\ntombstones_collected:1");
    }

    [Fact]
    public async Task A_segment_names_the_run_of_the_system_unless_replies_wait_for_syncs()
    {
        foreach (var (fsync, isNamed) in ((string, bool)[])[("interval", true), ("never", true), ("always", false)])
        {
            var disk = new FileDisk(_folder);
            var replica = disk.Identify(1).Replica;
            var boot = disk.Boot;
            await using (await NodeFixture.StartAsync($"kv.durability = on, kv.data-folder = \"{_folder}\", kv.log.fsync = {fsync}", disk: (disk, replica)))
            {
            }
            using var left = new FileDisk(_folder);
            var name = left.Files.Last(static name => LogFormat.TrySegment(name, out _));
            LogFormat.TrySegment(name, out var number);
            using var file = left.Open(name);
            LogHeader.TryRead(file, LogFileKind.Segment, number, replica, out var header).ShouldBeTrue();
            header.Boot.ShouldBe(isNamed ? boot : 0);
        }
    }
}
