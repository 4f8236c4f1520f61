using System.Reflection;

namespace KvStore.Simulator.Tests.Mutants;

/// <summary>The deliberate bugs fit the source as it is: a change of the product that breaks one shows here, with its name.</summary>
public sealed class MutantFileTests
{
    // What kv-sim is made of; a replacement anywhere else would never be compiled.
    private static readonly string[] s_projects =
        ["src/KvStore.Core/", "src/KvStore.Protocol/", "src/KvStore.Hocon/", "src/KvStore.Actors/", "src/KvStore.Node/", "src/KvStore.Simulator/"];

    public static TheoryData<string> Names => [.. Mutant.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_original_text_of_a_mutant_is_in_its_file_exactly_once(string name)
    {
        var mutant = Mutant.Read(name);

        mutant.Edits.ShouldNotBeEmpty();
        foreach (var edit in mutant.Edits)
        {
            edit.Places().Count.ShouldBe(1, $"{edit.File} has been changed: mend or remove the mutant.\n{edit.Original}\n");
            s_projects.ShouldContain(p => edit.File.StartsWith(p, StringComparison.Ordinal), edit.File);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mutant_asks_whether_it_is_chosen_and_says_what_it_breaks(string name)
    {
        var mutant = Mutant.Read(name);

        mutant.Edits.ShouldContain(e => e.Changed.Contains(mutant.Question, StringComparison.Ordinal));
        mutant.Comments.ShouldAllBe(static l => l.StartsWith('#'));
        mutant.Comments.ShouldContain(static l => l.StartsWith("# Who: ", StringComparison.Ordinal));
        mutant.Comments.ShouldContain(static l => l.StartsWith("# Breaks: ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_test_that_has_to_find_a_mutant_is_there()
    {
        foreach (var story in Mutant.Names.Select(static n => Mutant.Read(n).Search).OfType<MutantSearch.Story>())
        {
            var names = story.Test.Split('.');
            var file = Path.Combine([Mutant.Root, "tests", string.Join('.', names[..3]), .. names[3..^1]]) + ".cs";
            File.ReadAllText(file).ShouldContain($" {names[^1]}(", Case.Sensitive, file);
        }
    }

    [Fact]
    public void No_two_mutants_replace_the_same_text()
    {
        var edits = Mutant.Names
            .SelectMany(static n => Mutant.Read(n).Edits.Select(e => (Name: n, e.File, From: e.Places()[0], To: e.Places()[0] + e.Original.Length)))
            .GroupBy(static e => e.File, StringComparer.Ordinal);

        foreach (var file in edits)
        {
            var sorted = file.OrderBy(static e => e.From).ToList();
            foreach (var (first, second) in sorted.Zip(sorted.Skip(1)))
                second.From.ShouldBeGreaterThanOrEqualTo(first.To, $"{first.Name} and {second.Name} in {file.Key}");
        }
    }

    [Fact]
    public void The_product_has_none_of_them()
    {
        var product = Directory.EnumerateFiles(AppContext.BaseDirectory, "KvStore.*.dll").Append(Path.Combine(AppContext.BaseDirectory, "kv-sim.dll"));

        foreach (var file in product)
            Assembly.LoadFrom(file).GetType("KvStore.Mutant").ShouldBeNull(file);
    }
}
