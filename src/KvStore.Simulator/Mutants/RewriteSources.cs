using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// A step of the build with mutants: writes copies of the source files of one project in which every mutant's replacements are made, and a
/// class that says which mutant is chosen. Compiled by MSBuild when it is needed; no part of any assembly here.
/// </summary>
/// <remarks>
/// A mutant is a file of comments, each line beginning with <c>#</c>, and then one or more of
/// <code>
///   --- file: src/KvStore.Core/Storage/Table.cs
///   --- original
///   text that is in the file exactly once
///   --- mutant
///   what takes its place: KvStore.Mutant.Is("the mutant's file name without its ending") says whether it is chosen
///   --- end
/// </code>
/// Both texts are taken as they stand, without the last line break.
/// </remarks>
public sealed class RewriteSources : Task
{
    private static readonly Regex Replacement = new(
        @"^--- file: (?<file>[^\n]+)\n--- original\n(?<original>.*?)\n--- mutant\n(?<mutant>.*?)\n--- end$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture);

    /// <summary>The files of all mutants.</summary>
    [Required]
    public ITaskItem[] Mutants { get; set; } = [];

    /// <summary>The repository.</summary>
    [Required]
    public string Root { get; set; } = "";

    /// <summary>The project's folder.</summary>
    [Required]
    public string Project { get; set; } = "";

    /// <summary>Where the copies go.</summary>
    [Required]
    public string Output { get; set; } = "";

    /// <summary>The file that lists those copied, by their paths in the project.</summary>
    [Required]
    public string Touched { get; set; } = "";

    /// <summary>True for kv-sim itself, which ends with an error when the chosen mutant is unknown.</summary>
    public bool IsProgram { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var names = new List<string>();
        var edits = new List<Edit>();
        foreach (var mutant in Mutants)
        {
            names.Add(Path.GetFileNameWithoutExtension(mutant.ItemSpec));
            edits.AddRange(Read(mutant.ItemSpec));
        }
        var touched = new List<string>();
        foreach (var file in edits.GroupBy(static e => e.File).Where(f => f.Key.StartsWith(Project, StringComparison.Ordinal)))
        {
            var path = file.Key.Substring(Project.Length);
            Write(path, Rewrite(file.Key, file));
            touched.Add(path);
        }
        if (Log.HasLoggedErrors)
            return false;
        Write("Mutant.cs", MutantClass(names));
        // Last, and always: it is what the build compares with the files that were read.
        File.WriteAllLines(Touched, touched);
        return true;
    }

    private List<Edit> Read(string mutant)
    {
        var text = File.ReadAllText(mutant);
        var name = Path.GetFileNameWithoutExtension(mutant);
        var edits = new List<Edit>();
        foreach (Match match in Replacement.Matches(text))
        {
            var file = Path.Combine(Root, match.Groups["file"].Value);
            edits.Add(new Edit(name, file, match.Groups["original"].Value, match.Groups["mutant"].Value));
        }
        if (IsProgram)
            Check(name, text, edits);
        return edits;
    }

    // By the project that is built last, or every one would tell.
    private void Check(string name, string text, List<Edit> edits)
    {
        if (Replacement.Replace(text, "").Split('\n').FirstOrDefault(static l => l.Length > 0 && l[0] != '#') is { } line)
            Log.LogError($"The mutant {name} is malformed: '{line}' is neither a comment nor part of a replacement.");
        if (!edits.Exists(e => e.Changed.Contains($"KvStore.Mutant.Is(\"{name}\")")))
            Log.LogError($"The mutant {name}: nothing in it asks for KvStore.Mutant.Is(\"{name}\").");
        foreach (var edit in edits.Where(static e => !File.Exists(e.File)))
            Log.LogError($"The mutant {name}: there is no {edit.File}.");
    }

    private string Rewrite(string file, IEnumerable<Edit> edits)
    {
        if (!File.Exists(file))
            return "";
        var source = File.ReadAllText(file);
        var found = new List<(int At, Edit Edit)>();
        foreach (var edit in edits)
        {
            var at = source.IndexOf(edit.Original, StringComparison.Ordinal);
            if (at < 0 || source.IndexOf(edit.Original, at + 1, StringComparison.Ordinal) >= 0)
                Log.LogError($"The mutant {edit.Mutant}: its original text is {(at < 0 ? "not" : "more than once")} in {file}.");
            else
                found.Add((at, edit));
        }
        found.Sort(static (a, b) => a.At.CompareTo(b.At));
        var result = new StringBuilder($"#line 1 \"{file}\"\n");
        var copied = 0;
        foreach (var (at, edit) in found)
        {
            if (at < copied)
                Log.LogError($"The mutant {edit.Mutant}: another one replaces the same text in {file}.");
            else
                result.Append(source, copied, at - copied).Append(edit.Changed);
            copied = at + edit.Original.Length;
        }
        return result.Append(source, copied, source.Length - copied).ToString();
    }

    private string MutantClass(List<string> names) => $$"""
        namespace KvStore;

        /// <summary>Which deliberate bug this process has: at most one.</summary>
        internal static class Mutant
        {
            private const string Variable = "KV_SIM_MUTANT";
            private static readonly string Chosen = System.Environment.GetEnvironmentVariable(Variable) ?? "";

            public static bool Is(string name) => Chosen.Length > 0 && Chosen == name;
        {{(IsProgram ? ChoiceCheck(names) : "")}}
        }
        """;

    // Before Main, so that the program needs no line for it. 2, since 1 says that a seed has failed.
    private static string ChoiceCheck(List<string> names) => $$"""

            private static readonly string[] Known = [{{string.Join(", ", names.Select(static n => $"\"{n}\""))}}];

            [System.Runtime.CompilerServices.ModuleInitializer]
            internal static void CheckChoice()
            {
                if (Chosen.Length == 0 || System.Array.IndexOf(Known, Chosen) >= 0)
                    return;
                System.Console.Error.WriteLine($"{Variable}: no mutant is called '{Chosen}'. Known are: {string.Join(", ", Known)}.");
                System.Environment.Exit(2);
            }
        """;

    // A file that stays as it was keeps its time, and its project is not compiled again.
    private void Write(string path, string text)
    {
        path = Path.Combine(Output, path);
        if (File.Exists(path) && File.ReadAllText(path) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private sealed class Edit(string mutant, string file, string original, string changed)
    {
        public string Mutant { get; } = mutant;

        public string File { get; } = file;

        public string Original { get; } = original;

        public string Changed { get; } = changed;
    }
}
