namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>A test that needs a folder of histories whose verdicts are known, which is not part of the repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HistoriesFactAttribute : FactAttribute
{
    internal const string Variable = "KV_HISTORIES";

    public HistoriesFactAttribute()
    {
        if (string.IsNullOrEmpty(Folder))
            Skip = $"{Variable} names no folder of histories with a verdicts.tsv";
    }

    internal static string? Folder => Environment.GetEnvironmentVariable(Variable);
}
