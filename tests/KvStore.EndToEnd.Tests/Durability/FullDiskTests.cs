using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>No space: writes are refused, reads go on, nothing acknowledged is lost, and with space all is as before.</summary>
public sealed class FullDiskTests
{
    private const int Megabyte = 1 << 20;
    private const int ValueBytes = 4_000;

    private static readonly string[] Settings = ["--set", "kv.log.segment=1m"];

    [MountTheory]
    [InlineData("interval")]
    [InlineData("always")]
    public async Task A_full_disk_refuses_writes_with_one_clear_error_until_there_is_space_and_loses_nothing(string fsync)
    {
        string[] settings = [.. Settings, "--set", $"kv.log.fsync={fsync}"];
        await using var mount = await MountedFolder.CreateAsync("size=16m");
        var (first, second) = (await BallastAsync(mount, "first"), await BallastAsync(mount, "second"));
        var node = await NodeUnderTest.StartAsync("n1", dataFolder: mount.Path, more: settings);
        try
        {
            await node.WaitUntilReadyAsync(1);
            using var before = await FillAsync(node, "before");
            // Under always nobody may see what was executed and found no space; where there is such a write reads are refused with it.
            await ShouldRefuseAsync(node, andAnswerReads: fsync != "always");
            if (fsync != "always")
                await before.CheckAsync(node);

            File.Delete(first);
            await UntilWritableAsync(node);
            await node.WaitForLineAsync(static l => l.Contains("the log can be written again", StringComparison.Ordinal));
            using var after = await FillAsync(node, "after");
            after.Acknowledged.ShouldBeGreaterThan(0);
            await ShouldRefuseAsync(node, andAnswerReads: fsync != "always");

            // The start reads what is there; to write it needs a new segment, for which there is no space.
            await node.KillAsync();
            await node.DisposeAsync();
            node = await NodeUnderTest.StartAsync("n1", dataFolder: mount.Path, more: settings);
            await node.WaitUntilReadyAsync(1);
            await before.CheckAsync(node);
            await after.CheckAsync(node);
            await ShouldRefuseAsync(node);

            File.Delete(second);
            await UntilWritableAsync(node);
            await node.KillAsync();
            await node.DisposeAsync();
            node = await NodeUnderTest.StartAsync("n1", dataFolder: mount.Path, more: settings);
            await node.WaitUntilReadyAsync(1);
            (await node.AskAsync("GET space")).ShouldBe("made");
            await before.CheckAsync(node);
            await after.CheckAsync(node);
            await node.ShouldBeIdenticalAsync();
        }
        finally
        {
            // Before the file system goes, whoever has files open on it must.
            await node.DisposeAsync();
        }
    }

    [MountFact]
    public async Task A_member_whose_disk_is_full_answers_reads_with_what_its_peers_write_and_catches_up_when_there_is_space()
    {
        await using var mount = await MountedFolder.CreateAsync("size=12m");
        var ballast = await BallastAsync(mount, "ballast", megabytes: 7);
        await using var first = await NodeUnderTest.StartAsync("n1");
        await using var full = await NodeUnderTest.StartAsync("n2", seeds: [first.Remoting], dataFolder: mount.Path, more: Settings);
        foreach (var node in (NodeUnderTest[])[first, full])
            await node.WaitUntilReadyAsync(2);
        using var filler = await FillAsync(full, "filler");
        await ShouldRefuseAsync(full);

        // More than is left of what the segment has reserved, so that some of it can't be written.
        (await first.AskAllAsync(Enumerable.Range(0, 3_000).Select(static i => $"SET elsewhere:{i} {new string('x', 1_000)}"))).ShouldAllBe(static a => a == "OK");
        await ShouldRefuseAsync(full);
        await Eventually.AreTrueAsync(
            async () => await full.AskAsync("EXISTS elsewhere:2999") == "1",
            () => $"what the peers write does not arrive:\n{full.Output}");
        await ShouldRefuseAsync(full);

        File.Delete(ballast);
        await UntilWritableAsync(full);
        await full.ShouldBeIdenticalAsync(2);
        await filler.CheckAsync(first);
        await full.KillAsync();
        await using var again = await NodeUnderTest.StartAsync("n2", full.GatewayPort, full.Remoting, [first.Remoting], mount.Path, Settings);
        await again.WaitUntilReadyAsync(2);
        await filler.CheckAsync(again);
        await again.ShouldBeIdenticalAsync(2);
        await again.KillAsync();
    }

    private static async Task<string> BallastAsync(MountedFolder mount, string name, int megabytes = 3)
    {
        var path = Path.Combine(mount.Path, name);
        await File.WriteAllBytesAsync(path, new byte[megabytes * Megabyte]);
        return path;
    }

    private static async Task<PipelinedWriter> FillAsync(NodeUnderTest node, string name)
    {
        var writer = await PipelinedWriter.StartAsync(node, name, seed: 1, valueBytes: ValueBytes);
        await writer.Ended.WaitAsync(ProductProcess.Patience);
        // A client that goes on sending while its connection is closed may find it reset instead of the reason.
        writer.Refusal?.ShouldContain("MISCONF the log can't be written: ");
        await node.WaitForLineAsync(static l => l.Contains("MISCONF the log can't be written: ", StringComparison.Ordinal));
        return writer;
    }

    private static async Task ShouldRefuseAsync(NodeUnderTest node, bool andAnswerReads = true)
    {
        await Eventually.AreTrueAsync(
            async () => (await node.AskAsync("SET refused x")).Contains("MISCONF", StringComparison.Ordinal),
            () => $"writes are taken though the disk is full:\n{node.Output}");
        if (!andAnswerReads)
            return;
        var answer = await node.TalkAsync("SET refused:surely x\nGET refused:surely\nDEL nothing\nPING\n");
        var lines = answer.Split('\n');
        lines.Length.ShouldBe(5, answer);
        lines[0].ShouldStartWith("ERR MISCONF the log can't be written: ");
        lines[0].ShouldContain("until there is space in ");
        lines[1].ShouldBe("(nil)");
        lines[2].ShouldContain("MISCONF");
        lines[3].ShouldBe("PONG");
    }

    private static Task UntilWritableAsync(NodeUnderTest node) => Eventually.AreTrueAsync(
        async () => await node.AskAsync("SET space made") == "OK",
        () => $"there is space, and writes are refused:\n{node.Output}");
}
