using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace KvStore.Simulator.Tests.Mutants;

/// <summary>A deliberate bug, as its file in src/KvStore.Simulator/Mutants describes it.</summary>
internal sealed partial class Mutant
{
    private readonly string _text;

    private Mutant(string name)
    {
        Name = name;
        _text = File.ReadAllText(Path.Combine(Folder, name + ".mutant"));
        Edits = [.. Replacement().Matches(_text).Select(static m => new Edit(m.Groups["file"].Value, m.Groups["original"].Value, m.Groups["mutant"].Value))];
    }

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>kv-sim with all mutants, which the build of these tests has made.</summary>
    public static string Simulator { get; } = Path.Combine(Root, "src/KvStore.Simulator/bin/mutants/net10.0/kv-sim.dll");

    /// <summary>The names of all, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.mutant").Select(static f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    public string Name { get; }

    public IReadOnlyList<Edit> Edits { get; }

    /// <summary>What has to find it; null for one that is known to be out of sight.</summary>
    public MutantSearch? Search => MutantSearch.Read(Comments);

    /// <summary>What asks whether it is chosen.</summary>
    public string Question => $"KvStore.Mutant.Is(\"{Name}\")";

    /// <summary>The lines before, between and behind the replacements.</summary>
    public IEnumerable<string> Comments => Replacement().Replace(_text, "").Split('\n').Where(static l => l.Length > 0);

    private static string Folder => Path.Combine(Root, "src/KvStore.Simulator/Mutants");

    public static Mutant Read(string name) => new(name);

    // As RewriteSources reads them, which is a step of the build and no part of an assembly.
    [GeneratedRegex(
        @"^--- file: (?<file>[^\n]+)\n--- original\n(?<original>.*?)\n--- mutant\n(?<mutant>.*?)\n--- end$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Replacement();

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = Directory.GetParent(here); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KvStore.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests run from inside the repository, below KvStore.sln.");
    }

    /// <summary>One replacement, in a file named from the repository.</summary>
    internal sealed record Edit(string File, string Original, string Changed)
    {
        /// <summary>Where the original text is in the file as it is now: once, if nobody has broken the mutant.</summary>
        public IReadOnlyList<int> Places()
        {
            var path = Path.Combine(Root, File);
            var source = System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path) : "";
            var places = new List<int>();
            for (var at = source.IndexOf(Original, StringComparison.Ordinal); at >= 0; at = source.IndexOf(Original, at + 1, StringComparison.Ordinal))
                places.Add(at);
            return places;
        }
    }
}
