using System.CommandLine;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Commands;

/// <summary><c>kv-sim run</c>: seed after seed, to the end whatever fails, and then what they were.</summary>
internal static class RunCommand
{
    /// <summary>What of a message is read in passing; a replay prints all of it.</summary>
    private const int MessageLength = 300;

    private const int DefaultSeeds = 100;

    /// <summary>The command.</summary>
    /// <param name="time">The wall's.</param>
    /// <param name="processorTime">What this process has had of the processor; null when nobody wants to know.</param>
    /// <param name="simulate">Runs a plan; null for a simulation.</param>
    public static Command Create(TimeProvider time, Func<TimeSpan>? processorTime = null, Func<RunPlan, RunResult>? simulate = null)
    {
        var seeds = new Option<long?>("--seeds") { Description = $"How many; {DefaultSeeds} where --minutes does not say how long.", HelpName = "N" };
        var from = new Option<long>("--from") { Description = "The first seed.", DefaultValueFactory = static _ => 1, HelpName = "SEED" };
        var minutes = new Option<double?>("--minutes") { Description = "No seed begins after so many minutes.", HelpName = "M" };
        var jobs = new Option<int>("--jobs") { Description = "Seeds at a time, each on a core.", DefaultValueFactory = static _ => 1, HelpName = "J" };
        var stop = new Option<bool>("--stop") { Description = "End with the first seed that fails." };
        var coverage = new Option<bool>("--coverage") { Description = "Print everything that was hit, and how often." };
        var plans = new PlanOptions();
        var command = new Command("run", "Runs seeds, and says what failed.") { seeds, from, minutes, jobs, stop, coverage };
        plans.AddTo(command);
        jobs.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var value) && value < 1)
                result.AddError("--jobs is at least 1.");
        });
        command.SetAction(parsed =>
        {
            TimeSpan? limit = parsed.GetValue(minutes) is { } most ? TimeSpan.FromMinutes(most) : null;
            var count = parsed.GetValue(seeds) ?? (limit is null ? DefaultSeeds : null);
            var settings = new SweepSettings(parsed.GetValue(from), count, limit, parsed.GetValue(jobs), parsed.GetValue(stop));
            var sweep = new SeedSweep(seed => plans.Draw(parsed, seed), simulate ?? (static plan => Simulation.Run(plan)), time, processorTime);
            var output = parsed.InvocationConfiguration.Output;
            var progress = new SweepProgress(output, output == Console.Out && !Console.IsOutputRedirected, settings);
            var summary = sweep.Run(settings, (result, sum) => Report(result, sum, plans.Arguments(parsed), progress, output));
            progress.Clear();
            summary.Write(output);
            if (parsed.GetValue(coverage))
                CoverageReport.WriteAll(summary.Coverage, output);
            CoverageReport.WriteMissing(summary.Coverage, summary.Seeds, output);
            return summary.Failed == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Report(RunResult result, SweepSummary sum, string arguments, SweepProgress progress, TextWriter output)
    {
        if (result.Violation is { } violation)
        {
            progress.Clear();
            var message = violation.Message.ReplaceLineEndings(" ");
            output.WriteLine($"seed {result.Plan.Seed}: {violation.Invariant}: {(message.Length > MessageLength ? message[..MessageLength] + "…" : message)}");
            output.WriteLine($"  kv-sim replay {result.Plan.Seed}{arguments} --trace");
        }
        progress.Show(sum);
    }
}
