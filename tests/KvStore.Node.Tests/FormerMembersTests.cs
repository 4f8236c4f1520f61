namespace KvStore.Node.Tests;

/// <summary>What is known of a membership when it is over.</summary>
public sealed class FormerMembersTests
{
    [Fact]
    public async Task A_node_that_left_was_not_excluded_and_who_stays_forgets_it()
    {
        await using var a = await NodeFixture.StartAsync("kv.node.name = a");
        await using var b = await NodeFixture.StartAsync("kv.node.name = b", join: a);
        await a.UntilAsync(() => Task.FromResult(a.Node.FormerMembers.Count == 1 && b.Node.FormerMembers.Count == 1));
        a.Node.FormerMembers.ShouldBe([Of(b)]);
        b.Node.FormerMembers.ShouldBe([Of(a)]);

        Cluster.Get(a.Node.System).Leave(Of(b));
        await b.Node.System.WhenTerminated.WaitAsync(NodeFixture.Patience);
        b.Node.WasExcluded.ShouldBeFalse();
        await a.UntilAsync(() => Task.FromResult(a.Node.FormerMembers.Count == 0));
    }

    [Fact]
    public async Task A_node_that_was_told_to_stop_was_not_excluded()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.Node.StopAsync().WaitAsync(NodeFixture.Patience);
        node.Node.WasExcluded.ShouldBeFalse();
    }

    private static Address Of(NodeFixture node) => Cluster.Get(node.Node.System).SelfAddress;
}
