using System.Globalization;

namespace KvStore.Simulator.Commands;

/// <summary>Says what was hit, and what never was.</summary>
internal static class CoverageReport
{
    /// <summary>Fewer seeds than that miss some targets by chance.</summary>
    public const int EnoughSeeds = 100;

    /// <summary>Prints every target with its count, and what was counted beyond them.</summary>
    public static void WriteAll(Coverage coverage, TextWriter output)
    {
        foreach (var target in CoverageTargets.All)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{coverage.Of(target.Name),12:N0}  {target.Name,-56}{target.Meaning}"));
        foreach (var (name, times) in coverage.Hits)
        {
            if (CoverageTargets.All.All(target => target.Name != name))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,12:N0}  {name}"));
        }
    }

    /// <summary>Prints the targets that were never hit, as a warning where there were seeds enough.</summary>
    public static void WriteMissing(Coverage coverage, long seeds, TextWriter output)
    {
        var missing = CoverageTargets.All.Where(target => coverage.Of(target.Name) == 0).Select(static target => target.Name).ToList();
        if (missing.Count > 0)
            output.WriteLine($"{(seeds >= EnoughSeeds ? "warning: never hit" : "never hit")}: {string.Join(", ", missing)}");
        else
            output.WriteLine($"coverage    all of {CoverageTargets.All.Count} targets hit");
    }
}
