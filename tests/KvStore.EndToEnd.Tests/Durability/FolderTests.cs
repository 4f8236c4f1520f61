using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>Folders that a node can't have.</summary>
public sealed class FolderTests
{
    private const int DataExitCode = 4;

    [Fact]
    public async Task Of_two_nodes_on_one_folder_the_second_does_not_start_and_the_first_does_not_notice()
    {
        await using var first = await NodeUnderTest.StartAsync("n1");
        await first.WaitUntilReadyAsync(1);
        (await first.AskAsync("SET k v")).ShouldBe("OK");
        await using (var second = NodeUnderTest.Launch("n1", dataFolder: first.DataFolder))
        {
            (await second.WaitForExitAsync()).ShouldBe(DataExitCode);
            second.Output.ShouldBe($"kvstore: The data folder {LogFiles.Of(first).Folder} is in use by another process.");
        }
        (await first.AskAsync("SET k w")).ShouldBe("OK");

        await first.KillAsync();
        await using var next = await NodeUnderTest.StartAsync("n1", dataFolder: first.DataFolder);
        await next.WaitUntilReadyAsync(1);
        (await next.AskAsync("GET k")).ShouldBe("w");
        await next.ShouldBeIdenticalAsync();
    }

    // Root writes where permissions forbid it: /proc is read-only for everybody.
    [Fact]
    public async Task A_folder_that_can_not_be_created_is_one_line()
    {
        await using var node = NodeUnderTest.Launch("n1", dataFolder: "/proc/kvstore");
        (await node.WaitForExitAsync()).ShouldBe(DataExitCode);
        node.Output.ShouldStartWith("kvstore: The data folder /proc/kvstore/n1 can't be created: ");
        node.Output.ShouldNotContain("\n");
    }

    [MountFact]
    public async Task A_folder_that_became_read_only_is_one_line_and_its_data_stays()
    {
        await using var mount = await MountedFolder.CreateAsync("size=16m");
        string[] settings = ["--set", "kv.log.segment=1m"];
        await using var before = await NodeUnderTest.StartAsync("n1", dataFolder: mount.Path, more: settings);
        await before.WaitUntilReadyAsync(1);
        (await before.AskAsync("SET k v")).ShouldBe("OK");
        await before.KillAsync();
        await mount.RemountAsync("ro");
        await using (var node = NodeUnderTest.Launch("n1", dataFolder: mount.Path, more: settings))
        {
            (await node.WaitForExitAsync()).ShouldBe(DataExitCode);
            node.Output.ShouldStartWith($"kvstore: The data folder {mount.Path}/n1 can't be written: ");
            node.Output.ShouldNotContain("\n");
        }
        await mount.RemountAsync("rw");
        await using var after = await NodeUnderTest.StartAsync("n1", dataFolder: mount.Path, more: settings);
        await after.WaitUntilReadyAsync(1);
        (await after.AskAsync("GET k")).ShouldBe("v");
        await after.ShouldBeIdenticalAsync();
    }
}
