using System.Globalization;
using KvStore.Simulator.Commands;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Tests.Runs;

/// <summary>
/// Seeds that have to pass: a few that are the same every day, and as many that nobody has run. <c>KV_SIM_SEEDS</c> and
/// <c>KV_SIM_FIRST</c> ask for more, or for others.
/// </summary>
public sealed class SeedTests
{
    private const int FreshSeeds = 6;

    // With two cores that others use too, all of it stays within a minute.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public void Fixed_seeds_pass() => Pass(new SweepSettings(First: 1, Count: 8, Limit, Jobs: 2, StopsAtFirst: false));

    [Fact]
    public void Fresh_seeds_pass()
    {
        var first = Number("KV_SIM_FIRST") ?? long.Parse(DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) * 1_000;
        var count = Number("KV_SIM_SEEDS");
        Pass(new SweepSettings(first, count ?? FreshSeeds, count is null ? Limit : null, Jobs: 2, StopsAtFirst: false));
    }

    /// <summary>
    /// An empty disk that is full at the start of a process: the node ends at once, and is started again. Two clusters whose operators have
    /// forgotten each other's replicas: they see each other, and are healed.
    /// </summary>
    [Theory]
    [InlineData(40002242)]
    [InlineData(40002625)]
    public void A_seed_that_once_failed_passes(long seed) => Pass(new SweepSettings(seed, Count: 1, Limit: null, Jobs: 1, StopsAtFirst: false));

    [Fact]
    public void Every_kind_of_fault_is_drawn()
    {
        var drawn = Enumerable.Range(1, 200).SelectMany(static seed => PlanDrawer.Draw(seed).Schedule).Select(static fault => fault.Kind).ToHashSet();
        Enum.GetValues<FaultKind>().Where(kind => !drawn.Contains(kind)).ShouldBeEmpty();
    }

    private static void Pass(SweepSettings settings)
    {
        var failed = new List<string>();
        var sweep = new SeedSweep(PlanDrawer.Draw, static plan => Simulation.Run(plan), TimeProvider.System);
        var summary = sweep.Run(settings, (result, _) =>
        {
            if (result.Violation is { } violation)
                failed.Add($"kv-sim replay {result.Plan.Seed} --trace\n{violation.Invariant}: {violation.Message}");
        });
        string.Join('\n', failed).ShouldBeEmpty();
        summary.Seeds.ShouldBeGreaterThan(0);
        summary.Operations.ShouldBeGreaterThan(0);
    }

    private static long? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
