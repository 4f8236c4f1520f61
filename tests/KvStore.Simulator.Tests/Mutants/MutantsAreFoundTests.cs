namespace KvStore.Simulator.Tests.Mutants;

/// <summary>Tests that find nothing may be blind. Each deliberate bug is found by what its file states.</summary>
public sealed class MutantsAreFoundTests(MutantHunt hunt) : IClassFixture<MutantHunt>
{
    public static TheoryData<string> Hunted => [.. MutantHunt.Hunted.Select(static m => m.Name)];

    [Theory]
    [MemberData(nameof(Hunted))]
    public async Task A_deliberate_bug_is_found(string mutant)
    {
        var (exitCode, output) = await hunt.EndOf(mutant);

        var search = Mutant.Read(mutant).Search!;
        exitCode.ShouldBe(1, $"{mutant} was not seen by {search}\n{output}");
        output.ShouldContain(search.Sign);
    }

    [Fact]
    public void At_least_twenty_are_in_sight() => Mutant.Names.Count(static name => Mutant.Read(name).Search is MutantSearch.Clusters).ShouldBeGreaterThanOrEqualTo(20);
}
