using KvStore.Simulator.Checks;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;
using KvStore.Simulator.Shrinking;

namespace KvStore.Simulator.Tests.Runs;

public sealed class ShrinkerTests
{
    private static readonly RunPlan s_plan = PlanDrawer.Draw(1) with
    {
        Nodes = 4,
        Skews = [.. Enumerable.Repeat(TimeSpan.FromSeconds(1), 4)],
        Durability = null,
        Faulty = TimeSpan.FromSeconds(30),
        Links = new LinkFaults { Loss = 0.01 },
        Workload = new WorkloadPlan { Clients = 4, Keys = 10, Think = TimeSpan.FromMilliseconds(100), MaxValueBytes = 100, Patience = TimeSpan.FromSeconds(1) },
        Schedule = [.. Enumerable.Range(1, 24).Select(static i => Of(i, i == 17 ? FaultKind.Replace : FaultKind.OneWay))],
    };

    [Fact]
    public void A_failing_run_is_cut_down_to_the_one_fault_that_matters()
    {
        var shrinker = new Shrinker(static plan => Simulation.Run(plan, new RunOptions { Invariant = static view => new NobodyIsReplaced(view) }), maxRuns: 200, static _ => { });
        var smallest = shrinker.Shrink(s_plan);
        smallest.ShouldNotBeNull();
        smallest.Violation!.Invariant.ShouldBe("nobody is replaced");
        smallest.Plan.Schedule.ShouldHaveSingleItem().Kind.ShouldBe(FaultKind.Replace);
        smallest.Plan.Workload.Clients.ShouldBe(1);
        smallest.Plan.Nodes.ShouldBe(2);
        smallest.Plan.Links.ShouldBe(LinkFaults.None);
        smallest.Plan.Skews.ShouldAllBe(static skew => skew == TimeSpan.Zero);
    }

    [Fact]
    public void Faults_that_matter_together_stay_together()
    {
        var needed = s_plan.Schedule.Where(static (_, i) => i is 2 or 11 or 23).ToList();
        var shrinker = new Shrinker(plan => ResultOf(plan, needed.TrueForAll(plan.Schedule.Contains) ? "order" : null), maxRuns: 1_000, static _ => { });
        shrinker.Shrink(s_plan with { Links = LinkFaults.None })!.Plan.Schedule.Select(static fault => fault.At).ShouldBe(needed.Select(static fault => fault.At));
    }

    [Fact]
    public void A_failure_of_another_invariant_does_not_count()
    {
        var shrinker = new Shrinker(static plan => ResultOf(plan, plan.Schedule.Count == s_plan.Schedule.Count ? "the one" : "another"), maxRuns: 1_000, static _ => { });
        shrinker.Shrink(s_plan)!.Plan.Schedule.Count.ShouldBe(s_plan.Schedule.Count);
    }

    [Fact]
    public void It_stops_after_as_many_runs_as_it_may_make()
    {
        var shrinker = new Shrinker(static plan => ResultOf(plan, "always"), maxRuns: 5, static _ => { });
        shrinker.Shrink(s_plan).ShouldNotBeNull();
        shrinker.Runs.ShouldBe(5);
    }

    [Fact]
    public void A_run_that_does_not_fail_is_not_shrunk() =>
        new Shrinker(static plan => ResultOf(plan, invariant: null), maxRuns: 10, static _ => { }).Shrink(s_plan).ShouldBeNull();

    private static Fault Of(int second, FaultKind kind) => new(TimeSpan.FromSeconds(second), kind, Machine: 1, Other: 2, TimeSpan.FromSeconds(1), Value: 0);

    private static RunResult ResultOf(RunPlan plan, string? invariant) =>
        new(plan, invariant is null ? null : new Violation(invariant, "as the test says"), Hash: 0, plan.Faulty, Events: 1, Operations: 1, new Coverage());

    private sealed class NobodyIsReplaced(RunView view) : Invariant(view)
    {
        public override string Name => "nobody is replaced";

        public override void AtCheckpoint(Machine machine)
        {
            if (View.Coverage.Of(Coverage.NameOf(FaultKind.Replace)) > 0)
                Fail("one was");
        }
    }
}
