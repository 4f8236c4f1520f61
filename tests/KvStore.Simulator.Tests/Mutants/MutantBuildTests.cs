using System.Diagnostics;

namespace KvStore.Simulator.Tests.Mutants;

/// <summary>The build with mutants is there, and knows which bugs it has.</summary>
public sealed class MutantBuildTests
{
    [Fact]
    public async Task A_mutant_that_is_not_known_is_an_error_that_names_those_that_are()
    {
        var (exitCode, error) = await Run("no-such-bug");

        exitCode.ShouldBe(2);
        error.ShouldContain("no-such-bug");
        foreach (var name in Mutant.Names)
            error.ShouldContain(name);
    }

    [Fact]
    public async Task A_mutant_that_is_known_lets_the_simulator_start()
    {
        var (exitCode, error) = await Run(Mutant.Names[0]);

        exitCode.ShouldBe(0, error);
    }

    private static async Task<(int ExitCode, string Error)> Run(string mutant)
    {
        var start = new ProcessStartInfo("dotnet", [Mutant.Simulator, "--help"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["KV_SIM_MUTANT"] = mutant;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
