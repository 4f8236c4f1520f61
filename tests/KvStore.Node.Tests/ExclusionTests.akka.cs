namespace KvStore.Node.Tests;

/// <summary>On Akka.NET a node ends with its membership. (On the embedded engine it goes on: RejoinTests.)</summary>
public sealed class ExclusionTests
{
    [Fact]
    public async Task A_node_that_was_downed_says_so_and_knows_whom_to_ask_for_the_way_back()
    {
        await using var a = await NodeFixture.StartAsync("kv.node.name = a");
        await using var b = await NodeFixture.StartAsync("kv.node.name = b", join: a);
        var (addressOfA, addressOfB) = (Cluster.Get(a.Node.System).SelfAddress, Cluster.Get(b.Node.System).SelfAddress);
        await b.UntilAsync(() => Task.FromResult(b.Node.FormerMembers.Count == 1));

        Cluster.Get(a.Node.System).Down(addressOfB);
        await b.Node.System.WhenTerminated.WaitAsync(NodeFixture.Patience);
        b.Node.WasExcluded.ShouldBeTrue();
        b.Node.HasFailed.ShouldBeFalse();
        b.Node.FormerMembers.ShouldBe([addressOfA]);
    }
}
