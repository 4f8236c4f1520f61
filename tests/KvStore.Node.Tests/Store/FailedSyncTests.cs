using System.Text;
using KvStore.Node.Disk;
using KvStore.Node.Store;
using KvStore.Node.Tests.Disk;

namespace KvStore.Node.Tests.Store;

/// <summary>fsync says that it could not keep what it was given: nothing more is acknowledged, and the node stops with an error.</summary>
public sealed class FailedSyncTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kv-sync-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("always")]
    [InlineData("interval")]
    public async Task A_node_whose_sync_failed_acknowledges_nothing_more_and_stops_and_has_what_was_acknowledged_when_it_is_started_again(string fsync)
    {
        var settings = $"kv.durability = on, kv.data-folder = \"{_folder}\", kv.log {{ fsync = {fsync}, fsync-interval = 50ms }}";
        var disk = new FaultyDisk(_folder);
        await using (var failing = await NodeFixture.StartAsync(settings, disk: (disk, disk.Replica)))
        {
            (await failing.TalkAsync("SET before 1\n")).ShouldBe("OK\n");
            using var client = await failing.ConnectAsync();
            disk.FailSyncs();
            await client.GetStream().WriteAsync("SET after 1\n"u8.ToArray());
            await disk.SyncFailed.WaitAsync(NodeFixture.Patience);
            if (fsync == "interval")
                (await NodeFixture.ReadAsync(client, 3)).ShouldBe("OK\n", "it was answered before anybody could know");
            // Sent once the sync has failed: whether or not it is still read, it is never acknowledged.
            await SendAsync(client, "SET late 1\nGET before\n");
            await failing.Node.System.WhenTerminated.WaitAsync(NodeFixture.Patience);
            // An error, or nothing but the end of the connection.
            (await ReadToEndAsync(client)).ShouldBeOneOf("", "ERR this node has stopped; what was sent last may or may not have been applied\n");
            failing.Node.HasFailed.ShouldBeTrue();
            failing.Node.Failure.ShouldBeOfType<DiskFailedException>().Message.ShouldContain($"Syncing the log in {Path.Combine(_folder, "node")} failed: fdatasync failed: Input/output error");
        }

        var real = new FileDisk(_folder);
        await using var again = await NodeFixture.StartAsync(settings, disk: (real, real.Identify(0).Replica));
        (await again.TalkAsync("GET before\n")).ShouldBe("1\n");
        // It was in the file, and may or may not have survived: here it did, since only the answer was an error.
        (await again.TalkAsync("GET after\n")).ShouldBe("1\n");
        (await again.TalkAsync("GET late\n")).ShouldBeOneOf("1\n", "(nil)\n");
        (await again.TalkAsync("INFO persistence\n")).ShouldContain("recovery_stopped_cleanly:0");
        (await again.TalkAsync("SET again 1\n")).ShouldBe("OK\n");
    }

    private static async Task SendAsync(System.Net.Sockets.TcpClient client, string text)
    {
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (IOException)
        {
            // Closed already.
        }
    }

    private static async Task<string> ReadToEndAsync(System.Net.Sockets.TcpClient client)
    {
        try
        {
            return await NodeFixture.ReadToEndAsync(client);
        }
        catch (IOException)
        {
            // Reset, since what it sent last was never read.
            return "";
        }
    }
}
