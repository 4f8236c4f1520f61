using System.CommandLine;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Commands;

/// <summary><c>kv-sim run</c>: seed after seed.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = static _ => 100 };
        var from = new Option<long>("--from") { DefaultValueFactory = static _ => 1 };
        var command = new Command("run", "Runs seeds until one fails.") { seeds, from };
        command.SetAction(parsed => Run(parsed.GetValue(from), parsed.GetValue(seeds)));
        return command;
    }

    private static int Run(long from, int seeds)
    {
        var failed = 0;
        for (var seed = from; seed < from + seeds; seed++)
        {
            var result = Simulation.Run(PlanDrawer.Draw(seed));
            Console.WriteLine($"{seed} {result.Hash:x16} {result.Simulated.TotalSeconds:F0} s {result.Events} events {result.Operations} operations {result.Violation}");
            if (result.Violation is not null)
                failed++;
        }
        return failed == 0 ? 0 : 1;
    }
}
