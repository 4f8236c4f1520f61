using KvStore.Node.Tests.Disk;

namespace KvStore.Node.Tests.Store;

/// <summary>Under <c>fsync = always</c> nothing leaves before what it says is synced, reads included.</summary>
public sealed class SyncedReplyTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kv-reply-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Neither_a_write_nor_a_read_of_it_is_answered_before_its_sync_is_done()
    {
        var disk = new FaultyDisk(_folder);
        await using var node = await NodeFixture.StartAsync(
            $"kv.durability = on, kv.data-folder = \"{_folder}\", kv.log.fsync = always", disk: (disk, disk.Replica));
        (await node.TalkAsync("SET before 1\n")).ShouldBe("OK\n");
        using var writer = await node.ConnectAsync();
        using var reader = await node.ConnectAsync();

        disk.HoldSyncs();
        await writer.GetStream().WriteAsync("SET key value\n"u8.ToArray());
        await disk.SyncHeld.WaitAsync(NodeFixture.Patience);
        await reader.GetStream().WriteAsync("GET key\n"u8.ToArray());
        // The store has taken its turn: what it wanted to answer, it has answered.
        for (var turn = 0; turn < 3; turn++)
            await node.Node.System.ActorSelection("/user/node/store").Ask<ActorIdentity>(new Identify(turn), NodeFixture.Patience);
        writer.Available.ShouldBe(0);
        reader.Available.ShouldBe(0);

        disk.ReleaseSyncs();
        (await NodeFixture.ReadAsync(writer, 3)).ShouldBe("OK\n");
        (await NodeFixture.ReadAsync(reader, 6)).ShouldBe("value\n");
    }
}
