using System.Runtime.CompilerServices;

namespace KvStore.EndToEnd.Tests.Solution;

/// <summary>Where the repository is: the first folder above this file that holds the solution.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = Directory.GetParent(here); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KvStore.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests run from inside the repository, below KvStore.sln.");
    }
}
