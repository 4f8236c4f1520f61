using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Tests.Runs;

public sealed partial class DeterminismTests
{
    // With a log, kills and lost messages, and soon over.
    private const long Seed = 9;

    [Fact]
    public void The_same_seed_twice_is_the_same_run()
    {
        var first = Simulation.Run(PlanDrawer.Draw(Seed));
        var second = Simulation.Run(PlanDrawer.Draw(Seed));
        second.Hash.ShouldBe(first.Hash);
        second.Events.ShouldBe(first.Events);
        second.Simulated.ShouldBe(first.Simulated);
    }

    [Fact]
    public void Two_seeds_are_two_runs() =>
        Simulation.Run(PlanDrawer.Draw(Seed)).Hash.ShouldNotBe(Simulation.Run(PlanDrawer.Draw(Seed) with { Seed = Seed + 1 }).Hash);

    [Fact]
    public void Runs_on_several_threads_at_once_do_not_touch_each_other()
    {
        var alone = Simulation.Run(PlanDrawer.Draw(Seed)).Hash;
        var hashes = new ulong[2];
        var threads = Enumerable.Range(0, hashes.Length).Select(i => new Thread(() => hashes[i] = Simulation.Run(PlanDrawer.Draw(Seed)).Hash)).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        hashes.ShouldAllBe(hash => hash == alone);
    }

    [Fact]
    public void What_is_printed_changes_nothing()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var printed = Simulation.Run(PlanDrawer.Draw(Seed), new RunOptions { Output = output, Detail = TraceDetail.Frames | TraceDetail.Logs });
        printed.Hash.ShouldBe(Simulation.Run(PlanDrawer.Draw(Seed)).Hash);
        output.ToString().ShouldContain("client 0  -> n");
    }

    [Fact]
    public void The_same_plan_from_a_file_is_the_same_run()
    {
        var plan = PlanDrawer.Draw(Seed);
        Simulation.Run(PlanFile.Parse(PlanFile.ToText(plan))).Hash.ShouldBe(Simulation.Run(plan).Hash);
    }

    // Strings hash differently in every process, and so does everything that is kept in the order of their hashes.
    [Fact]
    public async Task The_same_seed_in_two_processes_is_the_same_run()
    {
        var first = Replay(AppContext.BaseDirectory, ("DOTNET_TieredPGO", "1"));
        var second = Replay(Path.GetTempPath(), ("DOTNET_TieredCompilation", "0"), ("DOTNET_gcServer", "1"), ("TZ", "Asia/Tokyo"));
        var hash = await first;
        hash.ShouldBe(await second);
        hash.ShouldBe(Simulation.Run(PlanDrawer.Draw(Seed)).Hash.ToString("x16", CultureInfo.InvariantCulture));
    }

    private static async Task<string> Replay(string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Simulation).Assembly.Location, "replay", Seed.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output);
        return Hash().Match(output).Groups["hash"].Value;
    }

    [GeneratedRegex("hash (?<hash>[0-9a-f]{16})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Hash();
}
