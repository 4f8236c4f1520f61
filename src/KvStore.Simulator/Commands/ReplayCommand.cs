using System.CommandLine;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Commands;

/// <summary><c>kv-sim replay</c>: one seed, and all that happens in it.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var seed = new Argument<long>("seed");
        var trace = new Option<bool>("--trace");
        var command = new Command("replay", "Runs one seed.") { seed, trace };
        command.SetAction(parsed => Run(parsed.GetValue(seed), parsed.GetValue(trace)));
        return command;
    }

    private static int Run(long seed, bool trace)
    {
        var plan = PlanDrawer.Draw(seed);
        var result = Simulation.Run(plan, trace ? Console.Out : null);
        Console.WriteLine($"{seed} {result.Hash:x16} {result.Simulated.TotalSeconds:F0} s {result.Events} events {result.Operations} operations {result.Violation}");
        return result.Violation is null ? 0 : 1;
    }
}
