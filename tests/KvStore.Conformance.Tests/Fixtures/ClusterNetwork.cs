namespace KvStore.Conformance.Fixtures;

/// <summary>A cluster of several nodes in this process. The test's own system is the first.</summary>
public abstract class ClusterNetwork() : Network(Hocon("cluster"))
{
    protected Cluster Here => Cluster.Get(Sys);

    protected static MemberStatus StatusOf(Cluster seenBy, Address address) =>
        seenBy.State.Members.FirstOrDefault(member => member.Address.Equals(address))?.Status ?? MemberStatus.Removed;

    protected ActorSystem StartNode(int port = 0, string more = "") => StartSystem(Hocon("cluster", port, more));

    /// <summary>Starts nodes, joins them to the first, and waits until each sees all of them Up.</summary>
    protected async Task<ActorSystem[]> Join(int others)
    {
        Here.Join(Here.SelfAddress);
        await SeesUp(Sys, 1);
        ActorSystem[] nodes = [Sys, .. Enumerable.Range(1, others).Select(_ => StartNode())];
        foreach (var node in nodes.Skip(1))
            Cluster.Get(node).Join(Here.SelfAddress);
        foreach (var node in nodes)
            await SeesUp(node, nodes.Length);
        return nodes;
    }

    protected Task SeesUp(ActorSystem node, int count) => AwaitAssertAsync(
        () => Cluster.Get(node).State.Members.Count(static member => member.Status == MemberStatus.Up).ShouldBe(count), Long);

    protected Task SeesOnly(ActorSystem node, int count) =>
        AwaitAssertAsync(() => Cluster.Get(node).State.Members.Count.ShouldBe(count), Long);
}
