namespace KvStore.MultiNode.Tests;

/// <summary>What a cut network does to membership, and what it must not do.</summary>
public sealed class PartitionSpecs
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public async Task A_partition_makes_the_other_side_unreachable_and_its_end_makes_it_reachable(int left, int right)
    {
        await using var cluster = await SpecCluster.StartAsync(left + right);
        var (here, there) = (cluster.Nodes.Take(left).ToList(), cluster.Nodes.Skip(left).ToList());
        SpecCluster.Cut(here, there);
        await cluster.UntilReachableAreAsync(here);
        await cluster.UntilReachableAreAsync(there);
        SpecCluster.Heal(here, there);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
    }

    [Fact]
    public async Task One_lost_direction_is_enough_to_be_unreachable()
    {
        await using var cluster = await SpecCluster.StartAsync(3);
        var (deaf, other) = (cluster.Nodes[2], cluster.Nodes[0]);
        other.Faults.Blackhole(deaf.Address, FaultDirection.Receive);
        await SpecCluster.UntilAsync(() => !other.UpAndReachable().Contains(deaf.Address), static () => "a node that is not heard stayed reachable");
        other.Faults.PassThrough(deaf.Address, FaultDirection.Receive);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
    }
}
