using System.CommandLine;
using System.Globalization;
using KvStore.Simulator.Checks;
using KvStore.Simulator.Commands;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Tests.Commands;

public sealed class RunCommandTests
{
    private readonly WallTime _wall = new();
    private readonly List<RunPlan> _run = [];
    private long _failing;

    [Fact]
    public async Task Seeds_that_pass_end_with_exit_code_0_and_a_summary()
    {
        var (code, output) = await Run("--seeds", "3", "--from", "5");
        code.ShouldBe(0);
        _run.Select(static plan => plan.Seed).ShouldBe([5L, 6, 7]);
        output.ShouldContain("seeds       3, 0 with a violation\n");
        output.ShouldContain("simulated   0.05 hours of clusters, ");
        output.ShouldContain("speed       3 cluster-minutes a minute and core, 5 events a second, 1 job\n");
        output.ShouldContain("faults      3, 0.1 a second\n");
        output.ShouldContain("operations  21, ");
    }

    [Fact]
    public async Task A_failing_seed_prints_the_command_that_replays_it_and_the_run_goes_on()
    {
        _failing = 2;
        var (code, output) = await Run("--seeds", "4", "--calm");
        code.ShouldBe(1);
        _run.Count.ShouldBe(4);
        output.ShouldContain("seed 2: digest equality: n1 and n2 differ");
        output.ShouldContain("…\n  kv-sim replay 2 --calm --trace\n");
        output.Split('\n').Single(static line => line.StartsWith("seed 2: ", StringComparison.Ordinal)).Length.ShouldBeLessThan(400);
        output.ShouldContain("seeds       4, 1 with a violation\n");
    }

    [Fact]
    public async Task It_stops_at_the_first_that_fails_when_asked_to()
    {
        _failing = 2;
        var (code, output) = await Run("--seeds", "4", "--stop");
        code.ShouldBe(1);
        output.ShouldContain("seeds       2, 1 with a violation\n");
    }

    [Fact]
    public async Task No_seed_begins_after_the_minutes()
    {
        await Run("--minutes", "1");
        _run.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_was_never_hit_is_a_warning_after_a_hundred_seeds()
    {
        (await Run("--seeds", "5")).Output.ShouldContain("\nnever hit: fault KillInWrite, ");
        (await Run("--seeds", "100")).Output.ShouldContain("\nwarning: never hit: fault KillInWrite, ");
    }

    [Fact]
    public async Task Coverage_is_printed_with_counts()
    {
        var output = (await Run("--seeds", "5", "--coverage")).Output;
        output.ShouldContain("           5  fault Kill  ");
        output.ShouldContain("           0  torn tail cut  ");
    }

    [Fact]
    public async Task What_a_seed_draws_can_be_overruled()
    {
        await Run("--seeds", "20", "--nodes", "6", "--clients", "4", "--think-ms", "25");
        foreach (var plan in _run)
        {
            plan.Nodes.ShouldBe(6);
            plan.Skews.Count.ShouldBe(6);
            plan.Workload.Clients.ShouldBe(4);
            plan.Workload.Think.ShouldBe(TimeSpan.FromMilliseconds(25));
        }
    }

    [Fact]
    public async Task Several_jobs_run_every_seed_once()
    {
        var (code, output) = await Run("--seeds", "40", "--jobs", "3");
        code.ShouldBe(0);
        _run.Select(static plan => plan.Seed).Order().ShouldBe(Enumerable.Range(1, 40).Select(static seed => (long)seed));
        output.ShouldContain(", 3 jobs\n");
    }

    [Fact]
    public void Targets_have_names_of_their_own() =>
        CoverageTargets.All.Select(static target => target.Name).ShouldBeUnique();

    private async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var root = new RootCommand { RunCommand.Create(_wall, simulate: Simulate) };
        var code = await root.Parse(["run", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = output });
        return (code, output.ToString());
    }

    // Each takes 20 seconds of the wall's time.
    private RunResult Simulate(RunPlan plan)
    {
        lock (_run)
        {
            _run.Add(plan);
            _wall.Now += TimeSpan.FromSeconds(20);
        }
        var coverage = new Coverage();
        coverage.Hit(FaultKind.Kill);
        var violation = plan.Seed == _failing ? new Violation("digest equality", $"n1 and n2 differ{new string('.', 5_000)}") : null;
        return new RunResult(plan, violation, Hash: 1, TimeSpan.FromMinutes(1), Events: 100, Operations: 7, coverage);
    }

    private sealed class WallTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
