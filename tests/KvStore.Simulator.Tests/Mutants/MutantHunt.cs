using System.Diagnostics;

namespace KvStore.Simulator.Tests.Mutants;

/// <summary>Looks for one deliberate bug after the other, for as many at a time as there are cores.</summary>
public sealed class MutantHunt : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly Dictionary<string, Task<(int ExitCode, string Output)>> _runs = new(StringComparer.Ordinal);

    /// <summary>
    /// Those that are hunted: the ones that whole clusters find in a seed or two; all of them where <c>KV_SIM_MUTANTS</c> is <c>all</c>, as in <c>.ci/run</c>.
    /// </summary>
    internal static IEnumerable<Mutant> Hunted =>
        Mutant.Names.Select(Mutant.Read).Where(static m => m.Search is { } search && (search.IsQuick || Environment.GetEnvironmentVariable("KV_SIM_MUTANTS") == "all"));

    public void Dispose() => _cores.Dispose();

    /// <summary>The end of the run with one; all others are begun with the first.</summary>
    public Task<(int ExitCode, string Output)> EndOf(string name)
    {
        foreach (var mutant in Hunted)
            _ = Begin(mutant);
        return Begin(Mutant.Read(name));
    }

    private Task<(int ExitCode, string Output)> Begin(Mutant mutant)
    {
        if (!_runs.TryGetValue(mutant.Name, out var run))
            _runs.Add(mutant.Name, run = RunAsync(mutant));
        return run;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(Mutant mutant)
    {
        await _cores.WaitAsync();
        try
        {
            var start = mutant.Search!.Start();
            (start.UseShellExecute, start.RedirectStandardOutput) = (false, true);
            start.Environment["KV_SIM_MUTANT"] = mutant.Name;
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output);
        }
        finally
        {
            _cores.Release();
        }
    }
}
