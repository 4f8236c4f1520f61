namespace KvStore.Simulator.Tests.Mutants;

/// <summary>A simulator that finds nothing may be blind. Each deliberate bug is found, within the seeds that its file states.</summary>
public sealed class MutantsAreFoundTests(MutantHunt hunt) : IClassFixture<MutantHunt>
{
    public static TheoryData<string> Hunted => [.. MutantHunt.Hunted.Select(static m => m.Name)];

    [Theory]
    [MemberData(nameof(Hunted))]
    public async Task A_deliberate_bug_is_found(string mutant)
    {
        var (exitCode, output) = await hunt.EndOf(mutant);

        exitCode.ShouldBe(1, $"kv-sim did not see {mutant} in {Mutant.Read(mutant).Seeds} seeds\n{output}");
        output.ShouldContain("kv-sim replay");
    }

    [Fact]
    public void At_least_twenty_are_in_sight() => Mutant.Names.Count(static name => Mutant.Read(name).Seeds is not null).ShouldBeGreaterThanOrEqualTo(20);
}
