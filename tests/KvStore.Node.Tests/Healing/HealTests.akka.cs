namespace KvStore.Node.Tests.Healing;

/// <summary>What <c>KVCLUSTER HEAL</c> answers on an engine that quarantines a removed member for good.</summary>
public sealed class HealTests
{
    [Fact]
    public async Task The_operator_is_told_what_mends_a_split_instead()
    {
        await using var fixture = await NodeFixture.StartAsync();
        (await fixture.TalkAsync("KVCLUSTER HEAL\nPING\n"))
            .ShouldBe("ERR this actor engine can't: start the nodes of the lesser cluster again, and they join the other\nPONG\n");
    }
}
