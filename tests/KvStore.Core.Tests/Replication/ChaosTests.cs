using System.Globalization;
using System.Text;

namespace KvStore.Core.Tests.Replication;

/// <summary>
/// Everything at once, drawn from a seed: writes of all kinds, messages lost, doubled and reordered, partitions that membership
/// notices or not, crashes and restarts. Then it stops, and the replicas must agree, serve and fall silent.
/// </summary>
public sealed class ChaosTests
{
    // KV_CHAOS_SEEDS=1000 takes half a minute.
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("KV_CHAOS_SEEDS") ?? "40", CultureInfo.InvariantCulture);
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("KV_CHAOS_FIRST") ?? "1", CultureInfo.InvariantCulture);

    private static readonly bool StopsAtFirst = Environment.GetEnvironmentVariable("KV_CHAOS_STOP") == "1";

    /// <summary>Each of these ended unequal, with deletions that stayed, or with a replica that never served, before the rules were what they are.</summary>
    [Theory]
    [InlineData(6932370)]
    [InlineData(502366)]
    [InlineData(1038)]
    [InlineData(1051)]
    [InlineData(1093)]
    [InlineData(20418)]
    [InlineData(23970)]
    [InlineData(100694)]
    [InlineData(104569)]
    [InlineData(106761)]
    [InlineData(107500)]
    [InlineData(311668)]
    [InlineData(1029425)]
    [InlineData(80028911)]
    [InlineData(90052798)]
    public void A_seed_that_once_failed_ends_well(int seed)
    {
        using var run = new ChaosRun(seed);
        run.Play();
        run.Settle();
    }

    [Fact]
    public void Once_faults_stop_all_replicas_serve_the_same_and_fall_silent()
    {
        var report = new StringBuilder();
        var failed = 0;
        for (var seed = FirstSeed; seed < FirstSeed + Seeds && !(StopsAtFirst && failed > 0); seed++)
        {
            using var run = new ChaosRun(seed);
            try
            {
                run.Play();
                run.Settle();
            }
            catch (Exception error)
            {
                if (failed++ < 12)
                    report.Append("seed ").Append(seed).Append(": ").AppendLine(error.Message.ReplaceLineEndings(" ")).AppendLine(error.StackTrace!.Split('\n').Skip(1).FirstOrDefault(static l => l.Contains("Chaos", StringComparison.Ordinal)));
            }
        }
        failed.ShouldBe(0, report.ToString());
    }
}
