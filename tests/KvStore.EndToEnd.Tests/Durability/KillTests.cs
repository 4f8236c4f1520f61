using System.Security.Cryptography;
using KvStore.EndToEnd.Tests.Processes;

namespace KvStore.EndToEnd.Tests.Durability;

/// <summary>
/// kill -9 in the middle of writes: every write that was acknowledged is there after the restart. <c>KV_KILL_ROUNDS</c> says how often;
/// the folder stays the same from round to round, so that kills also meet segments and snapshots that earlier ones left.
/// </summary>
public sealed class KillTests
{
    private const int Writers = 4;

    /// <summary>Acknowledgements after which a kill comes, at most: a fraction of a second of writes.</summary>
    private const int MaxBeforeKill = 4_000;

    /// <summary>The smallest there are, so that a round sees segments change and snapshots taken.</summary>
    private static readonly string[] SmallFiles = ["--set", "kv.log.segment=1m", "--set", "kv.log.snapshot-after=1m"];

    private static int? RoundsWanted => int.TryParse(Environment.GetEnvironmentVariable("KV_KILL_ROUNDS"), out var rounds) ? rounds : null;

    [Theory]
    [InlineData("always")]
    [InlineData("interval")]
    public async Task A_node_that_is_killed_amid_writes_has_all_that_it_acknowledged(string fsync)
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var random = new Random(seed);
        string[] settings = ["--set", $"kv.log.fsync={fsync}", .. SmallFiles];
        var folder = DataFolders.Next();
        var writers = new List<PipelinedWriter>();
        var node = await NodeUnderTest.StartAsync("n1", dataFolder: folder, more: settings);
        try
        {
            await node.WaitUntilReadyAsync(1);
            for (var round = 0; round < (RoundsWanted ?? 3); round++)
            {
                var fresh = await WriteUntilKilledAsync(node, $"r{round}", random);
                writers.AddRange(fresh);
                await node.DisposeAsync();
                node = await NodeUnderTest.StartAsync("n1", dataFolder: folder, more: settings);
                await node.WaitUntilReadyAsync(1);
                foreach (var writer in fresh)
                    await writer.CheckAsync(node);
            }
            foreach (var writer in writers)
                await writer.CheckAsync(node);
            await node.ShouldBeIdenticalAsync();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}", error);
        }
        finally
        {
            await node.DisposeAsync();
            foreach (var writer in writers)
                writer.Dispose();
        }
    }

    [Theory]
    [InlineData("always")]
    [InlineData("interval")]
    public async Task A_member_that_is_killed_amid_writes_comes_back_with_all_that_it_acknowledged_and_all_are_identical(string fsync)
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var random = new Random(seed);
        var writers = new List<PipelinedWriter>();
        await using var cluster = await ClusterUnderTest.StartAsync(3, ["--set", $"kv.log.fsync={fsync}", .. SmallFiles]);
        try
        {
            for (var round = 0; round < (RoundsWanted ?? 2); round++)
            {
                var dying = cluster.Nodes[random.Next(3)];
                var living = cluster.Nodes.First(n => n != dying);
                using var beside = await PipelinedWriter.StartAsync(living, $"r{round}:beside", random.Next(), window: 4);
                writers.AddRange(await WriteUntilKilledAsync(dying, $"r{round}", random));
                var returned = await cluster.RestartAsync(dying);
                await returned.WaitUntilReadyAsync(3);
                await beside.StopAsync();
                beside.Refusal.ShouldBeNull("the others serve on");
                await returned.ShouldBeIdenticalAsync(3);
                await beside.CheckAsync(returned);
                foreach (var writer in writers)
                    await writer.CheckAsync(returned);
            }
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}", error);
        }
        finally
        {
            foreach (var writer in writers)
                writer.Dispose();
        }
    }

    private static async Task<List<PipelinedWriter>> WriteUntilKilledAsync(NodeUnderTest node, string round, Random random)
    {
        var writers = new List<PipelinedWriter>();
        for (var i = 0; i < Writers; i++)
            writers.Add(await PipelinedWriter.StartAsync(node, $"{round}:w{i}", random.Next()));
        var enough = random.Next(MaxBeforeKill);
        await Eventually.AreTrueAsync(
            () => Task.FromResult(writers.Sum(static w => w.Acknowledged) >= enough || writers.Exists(static w => w.Ended.IsCompleted)),
            () => $"no {enough} writes were acknowledged:\n{node.Output}",
            interval: TimeSpan.FromMilliseconds(1));
        writers.ShouldAllBe(static w => w.Refusal == null);
        await node.KillAsync();
        await Task.WhenAll(writers.Select(static w => w.Ended)).WaitAsync(ProductProcess.Patience);
        return writers;
    }
}
