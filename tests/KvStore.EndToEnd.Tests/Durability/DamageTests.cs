using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>
/// Files that are not what the node wrote: it does not start, says where and what in one line, and exits with 4; unless the operator
/// accepts that what is behind the damage is lost.
/// </summary>
public sealed class DamageTests
{
    private const int DataExitCode = 4;

    private static readonly string[] Settings = ["--set", "kv.log.fsync=always", "--set", "kv.log.segment=1m", "--set", "kv.log.snapshot-after=64m"];
    private static readonly string[] Accepting = [.. Settings, "--set", "kv.log.accept-damage=on"];

    [Fact]
    public async Task A_flipped_bit_in_the_middle_of_the_log_stops_the_start_and_can_be_accepted()
    {
        var files = await WriteAndKillAsync(rounds: 1);
        var segment = files.Segments[0];
        // The one behind the first that holds keys of the round.
        var records = LogFiles.Records(segment);
        var (offset, size) = records.SkipWhile(static r => r.Size < 12_000).ElementAt(1);
        LogFiles.FlipBit(segment, offset + (size / 2));

        await ShouldNotStartAsync(files, $"{Path.GetFileName(segment)}, offset {offset}: ");
        await using var node = await StartAcceptingAsync(files);
        node.Output.ShouldContain($"{Path.GetFileName(segment)}, offset {offset}: ");
        (await node.AskAsync("GET key:0:0")).ShouldStartWith("0:0:");
        (await node.AskAsync($"GET {LastKey(1)}")).ShouldBe("(nil)", "it was behind the damage");
        await ShouldWorkAsync(node);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_snapshot_stops_the_start_and_can_be_accepted()
    {
        var files = await WriteAndKillAsync(rounds: 1, snapshot: true);
        var snapshot = files.Snapshots.Single();
        var records = LogFiles.Records(snapshot);
        var (offset, size) = records[records.Count / 2];
        LogFiles.FlipBit(snapshot, offset + (size / 2));

        await ShouldNotStartAsync(files, $"{Path.GetFileName(snapshot)}, offset {offset}: the snapshot is damaged");
        await using var node = await StartAcceptingAsync(files);
        await ShouldWorkAsync(node);
    }

    [Fact]
    public async Task A_snapshot_that_was_cut_short_stops_the_start()
    {
        var files = await WriteAndKillAsync(rounds: 1, snapshot: true);
        var snapshot = files.Snapshots.Single();
        var (offset, _) = LogFiles.Records(snapshot)[^1];
        LogFiles.Cut(snapshot, offset);

        await ShouldNotStartAsync(files, $"{Path.GetFileName(snapshot)}, offset {offset}: the snapshot is cut short");
    }

    [Fact]
    public async Task A_missing_segment_stops_the_start_and_can_be_accepted()
    {
        var files = await WriteAndKillAsync(rounds: 3);
        files.Segments.Count.ShouldBeGreaterThan(2);
        var missing = files.Segments[1];
        File.Delete(missing);

        await ShouldNotStartAsync(files, $"{Path.GetFileName(missing)}, offset 0: the file is missing");
        await using var node = await StartAcceptingAsync(files);
        (await node.AskAsync("GET key:0:0")).ShouldStartWith("0:0:");
        (await node.AskAsync($"GET {LastKey(3)}")).ShouldBe("(nil)");
        await ShouldWorkAsync(node);
    }

    [Fact]
    public async Task A_member_that_dropped_what_was_damaged_gets_it_from_its_peers_and_brings_nothing_back()
    {
        const int keys = 2_000;
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        var (sound, dying) = (cluster.Nodes[0], cluster.Nodes[1]);
        (await sound.AskAllAsync(Enumerable.Range(0, keys).Select(static i => $"SET sound:{i} 1"))).ShouldAllBe(static a => a == "OK");
        (await dying.AskAllAsync(Enumerable.Range(0, keys).Select(static i => $"SET dying:{i} 1"))).ShouldAllBe(static a => a == "OK");
        await cluster.WaitUntilIdenticalAsync(2 * keys);
        (await sound.AskAllAsync(Enumerable.Range(0, keys / 2).Select(static i => $"DEL dying:{i}"))).ShouldAllBe(static a => a == "1");
        (await dying.AskAllAsync(Enumerable.Range(0, keys / 2).Select(static i => $"DEL sound:{i}"))).ShouldAllBe(static a => a == "1");
        await cluster.WaitUntilIdenticalAsync(keys);
        // The deletions are on every disk, so that nobody remembers them any more: the worst that an older state can come back to.
        foreach (var node in cluster.Nodes)
            await Eventually.AreTrueAsync(async () => (await node.InfoAsync())["tombstones"] == "0", () => $"tombstones stay on {node.Name}:\n{node.Output}");

        await dying.KillAsync();
        var segment = LogFiles.Of(dying).Segments[0];
        var records = LogFiles.Records(segment);
        var (offset, size) = records[records.Count / 2];
        LogFiles.FlipBit(segment, offset + (size / 2));
        var returned = await cluster.RestartAsync(dying, more: ["--set", "kv.log.accept-damage=on"]);
        await returned.WaitUntilReadyAsync(2);
        (await returned.InfoAsync())["recovery_cut0"].ShouldContain("Accepted");
        await cluster.WaitUntilIdenticalAsync(keys);
        foreach (var node in cluster.Nodes)
            (await node.AskAllAsync(Enumerable.Range(0, keys / 2).Select(static i => $"EXISTS dying:{i} sound:{i}"))).ShouldAllBe(static a => a == "0", node.Name);
        (await returned.AskAsync("SET after damage")).ShouldBe("OK");
        await cluster.WaitUntilIdenticalAsync(keys + 1);
        await sound.ShouldBeIdenticalAsync(2);
    }

    [Theory]
    [InlineData("log-*.kvl", "has format version 7, and this program knows versions up to 1")]
    [InlineData("identity", "has layout version 7, and this program knows versions up to 1")]
    public async Task A_folder_of_a_later_version_is_left_alone(string pattern, string says)
    {
        var files = await WriteAndKillAsync(rounds: 0);
        var path = Directory.GetFiles(files.Folder, pattern).Order(StringComparer.Ordinal).First();
        var bytes = await File.ReadAllBytesAsync(path);
        if (pattern == "identity")
            bytes = System.Text.Encoding.ASCII.GetBytes(System.Text.Encoding.ASCII.GetString(bytes).Replace("version 1", "version 7", StringComparison.Ordinal));
        else
            bytes[8] = 7;
        await File.WriteAllBytesAsync(path, bytes);

        await ShouldNotStartAsync(files, says);
        (await File.ReadAllBytesAsync(path)).ShouldBe(bytes);
    }

    private static string LastKey(int rounds) => $"key:{rounds - 1}:99";

    // Each round is a little more than a segment of 1 MB.
    private static async Task<LogFiles> WriteAndKillAsync(int rounds, bool snapshot = false)
    {
        await using var node = await NodeUnderTest.StartAsync("n1", more: Settings);
        await node.WaitUntilReadyAsync(1);
        (await node.AskAsync("SET first 1")).ShouldBe("OK");
        for (var round = 0; round < rounds; round++)
            (await node.AskAllAsync(Enumerable.Range(0, 100).Select(i => $"SET key:{round}:{i} {round}:{i}:{new string('x', 12_000)}"))).ShouldAllBe(static a => a == "OK");
        if (snapshot)
            (await node.AskAsync("SAVE")).ShouldBe("OK");
        (await node.AskAsync("SET after 1")).ShouldBe("OK");
        await node.KillAsync();
        return LogFiles.Of(node);
    }

    private static async Task ShouldNotStartAsync(LogFiles files, string says)
    {
        var before = Directory.GetFiles(files.Folder).Order(StringComparer.Ordinal).ToList();
        await using var node = NodeUnderTest.Launch("n1", dataFolder: Path.GetDirectoryName(files.Folder), more: Settings);
        (await node.WaitForExitAsync()).ShouldBe(DataExitCode, node.Output);
        var lines = node.Output.Split('\n').Where(static l => l.StartsWith("kvstore: ", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(1, node.Output);
        lines[0].ShouldContain(says);
        lines[0].ShouldContain(files.Folder);
        node.Output.ShouldNotContain("   at ", customMessage: "a stack says nothing to an operator");
        Directory.GetFiles(files.Folder).Order(StringComparer.Ordinal).ShouldBe(before);
    }

    private static async Task<NodeUnderTest> StartAcceptingAsync(LogFiles files)
    {
        var node = await NodeUnderTest.StartAsync("n1", dataFolder: Path.GetDirectoryName(files.Folder), more: Accepting);
        await node.WaitUntilReadyAsync(1);
        (await node.InfoAsync())["recovery_cut0"].ShouldContain("Accepted");
        return node;
    }

    // And the next start needs nobody's acceptance.
    private static async Task ShouldWorkAsync(NodeUnderTest node)
    {
        (await node.AskAsync("SET accepted 1")).ShouldBe("OK");
        await node.KillAsync();
        await using var again = await NodeUnderTest.StartAsync("n1", dataFolder: node.DataFolder, more: Settings);
        await again.WaitUntilReadyAsync(1);
        (await again.AskAsync("GET accepted")).ShouldBe("1");
        await again.ShouldBeIdenticalAsync();
    }
}
