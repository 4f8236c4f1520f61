using System.CommandLine;
using System.Globalization;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Commands;

/// <summary><c>kv-sim replay</c>: one seed or one plan, and all that happens in it.</summary>
internal static class ReplayCommand
{
    /// <summary>There is no such plan.</summary>
    private const int NoPlan = 2;

    public static Command Create()
    {
        var seed = new Argument<long?>("SEED") { Description = "Whose plan is run.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--plan-file") { Description = "A plan, as shrink writes it, in the place of a seed's.", HelpName = "FILE" };
        var trace = new Option<bool>("--trace") { Description = "Print what happens: faults, starts and ends, calls and returns, and what nodes warn of." };
        var logs = new Option<bool>("--logs") { Description = "Print everything that nodes log too." };
        var frames = new Option<bool>("--frames") { Description = "Print every message between nodes too." };
        var onlyPlan = new Option<bool>("--plan") { Description = "Print the plan, and run nothing." };
        var plans = new PlanOptions();
        var command = new Command("replay", "Runs one seed again, which is the same to the last bit.") { seed, file, trace, logs, frames, onlyPlan };
        plans.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(seed) is { Tokens.Count: > 0 } == result.GetResult(file) is not null)
                result.AddError("replay needs a SEED or a --plan-file, and not both.");
        });
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var plan = parsed.GetValue(file) is { } path ? PlanFile.Read(path) : plans.Draw(parsed, parsed.GetValue(seed)!.Value);
                if (parsed.GetValue(onlyPlan))
                {
                    PlanText.Write(plan, output);
                    return 0;
                }
                var detail = (parsed.GetValue(logs) ? TraceDetail.Logs : TraceDetail.Script) | (parsed.GetValue(frames) ? TraceDetail.Frames : TraceDetail.Script);
                return Run(plan, parsed.GetValue(trace) || detail != TraceDetail.Script, detail, output);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                error.WriteLine(e.Message);
                return NoPlan;
            }
        });
        return command;
    }

    private static int Run(RunPlan plan, bool isTraced, TraceDetail detail, TextWriter output)
    {
        var result = Simulation.Run(plan, new RunOptions { Output = isTraced ? output : null, Detail = detail });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {plan.Seed} hash {result.Hash:x16}: {result.Simulated.TotalSeconds:F0} s, {result.Events} events, {result.Operations} operations, {result.Coverage.Faults} faults, {(result.Violation is null ? "all invariants hold" : "a violation:")}"));
        if (result.Violation is not { } violation)
            return 0;
        output.WriteLine($"{violation.Invariant}: {violation.Message}");
        return 1;
    }
}
