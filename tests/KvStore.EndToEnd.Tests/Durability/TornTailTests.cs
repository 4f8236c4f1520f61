using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>
/// The last record was written in part when power was lost. Every offset is tested against a disk in memory (Core.Tests/Log); here a
/// handful, with the files of a node that was killed and the process that starts from them.
/// </summary>
public sealed class TornTailTests
{
    // The log is never synced but at a change of segments and for a ceiling, so that its end may be torn.
    private static readonly string[] Settings = ["--set", "kv.log.fsync=never"];

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(29)]
    [InlineData(-1)]
    public async Task A_last_record_of_which_only_so_many_bytes_arrived_is_cut_with_a_warning_and_the_rest_is_there(int kept)
    {
        await using var node = await NodeUnderTest.StartAsync("n1", more: Settings);
        await node.WaitUntilReadyAsync(1);
        (await node.AskAllAsync(Enumerable.Range(0, 20).Select(static i => $"SET key:{i} {i}"))).ShouldAllBe(static a => a == "OK");
        // It is the last record, or one behind the last that a tick of the clock made: then it goes too.
        (await node.AskAsync($"SET last {new string('x', 1_000)}")).ShouldBe("OK");
        await node.KillAsync();
        var segment = LogFiles.Of(node).Segments[^1];
        var records = LogFiles.Records(segment);
        var (offset, size) = records.Last(static r => r.Size > 1_000);
        var end = records[^1].Offset + records[^1].Size;
        kept = kept < 0 ? size + kept : kept;
        LogFiles.Zero(segment, offset + kept, end);
        // Zeros at the end of what arrived look like those that were never written.
        var dirty = File.ReadAllBytes(segment).AsSpan().LastIndexOfAnyExcept((byte)0) + 1 - offset;

        await using var again = await NodeUnderTest.StartAsync("n1", dataFolder: node.DataFolder, more: Settings);
        await again.WaitUntilReadyAsync(1);
        var cut = $"{Path.GetFileName(segment)}: {dirty} bytes from offset {offset} on were cut";
        again.Output.Split('\n').ShouldContain(l => l.Contains("WARN", StringComparison.Ordinal) && l.Contains(cut, StringComparison.Ordinal), again.Output);
        (await again.InfoAsync())["recovery_cut0"].ShouldStartWith(cut);
        (await again.AskAllAsync(Enumerable.Range(0, 20).Select(static i => $"GET key:{i}"))).ShouldBe(Enumerable.Range(0, 20).Select(static i => $"{i}"));
        (await again.AskAsync("GET last")).ShouldBe("(nil)");
        (await again.AskAsync("SET last again")).ShouldBe("OK");

        // What was cut is gone for good: the next start finds nothing wrong.
        await again.KillAsync();
        await using var third = await NodeUnderTest.StartAsync("n1", dataFolder: node.DataFolder, more: Settings);
        await third.WaitUntilReadyAsync(1);
        (await third.InfoAsync()).ContainsKey("recovery_cut0").ShouldBeFalse();
        (await third.AskAsync("GET last")).ShouldBe("again");
        await third.ShouldBeIdenticalAsync();
    }
}
