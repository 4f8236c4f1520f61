using System.CommandLine;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Shrinking;

namespace KvStore.Simulator.Commands;

/// <summary><c>kv-sim shrink</c>: makes the plan of a failing seed as small as it gets.</summary>
internal static class ShrinkCommand
{
    private const int DefaultRuns = 300;

    /// <summary>The seed does not fail, or the file can't be written.</summary>
    private const int Nothing = 2;

    /// <summary>The command.</summary>
    /// <param name="simulate">Runs a plan; null for a simulation.</param>
    public static Command Create(Func<RunPlan, RunResult>? simulate = null)
    {
        var seed = new Argument<long>("SEED") { Description = "One that fails." };
        var file = new Option<string?>("--out") { Description = "Where the plan is written, for replay --plan-file; plan-SEED.json otherwise.", HelpName = "FILE" };
        var runs = new Option<int>("--runs") { Description = "Try at most so many plans.", DefaultValueFactory = static _ => DefaultRuns, HelpName = "N" };
        var plans = new PlanOptions();
        var command = new Command("shrink", "Cuts a failing plan down while the same invariant breaks.") { seed, file, runs };
        plans.AddTo(command);
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var plan = plans.Draw(parsed, parsed.GetValue(seed));
            var shrinker = new Shrinker(simulate ?? (static plan => Simulation.Run(plan)), parsed.GetValue(runs), output.WriteLine);
            if (shrinker.Shrink(plan) is not { } smallest)
            {
                error.WriteLine($"seed {plan.Seed} does not fail");
                return Nothing;
            }
            output.WriteLine($"the smallest plan of {shrinker.Runs} runs:");
            PlanText.Write(smallest.Plan, output);
            output.WriteLine($"{smallest.Violation!.Invariant}: {smallest.Violation.Message}");
            return Save(smallest.Plan, parsed.GetValue(file) ?? $"plan-{plan.Seed}.json", output, error);
        });
        return command;
    }

    private static int Save(RunPlan plan, string path, TextWriter output, TextWriter error)
    {
        try
        {
            PlanFile.Write(plan, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return Nothing;
        }
        output.WriteLine($"kv-sim replay --plan-file {path} --trace");
        return 0;
    }
}
