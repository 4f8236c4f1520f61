namespace KvStore.MultiNode.Tests;

/// <summary>What a lasting partition does where a split-brain resolver decides. Without one these stories do not end.</summary>
public sealed class ResolverSpecs
{
    private const string KeepMajority = """
        akka.cluster {
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver { active-strategy = keep-majority, stable-after = 2s }
        }
        """;

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public async Task The_majority_goes_on_alone_and_the_minority_is_not_a_cluster_of_its_own(int majority, int minority)
    {
        await using var cluster = await SpecCluster.StartAsync(majority + minority, KeepMajority);
        var (here, there) = (cluster.Nodes.Take(majority).ToList(), cluster.Nodes.Skip(majority).ToList());
        SpecCluster.Cut(here, there);
        await cluster.UntilAllSeeEachOtherAsync(here);
        await SpecCluster.UntilAsync(
            () => there.All(static n => n.Cluster.IsTerminated || n.UpAndReachable().Count == 0),
            static () => "the minority still believes that it is a cluster");
    }

    [Fact]
    public async Task A_crashed_node_is_removed_without_anybodys_help()
    {
        await using var cluster = await SpecCluster.StartAsync(3, KeepMajority);
        await cluster.Nodes[2].CrashAsync();
        await cluster.UntilAllSeeEachOtherAsync([cluster.Nodes[0], cluster.Nodes[1]]);
    }

    [Fact]
    public async Task A_partition_that_ends_soon_removes_nobody()
    {
        await using var cluster = await SpecCluster.StartAsync(3, KeepMajority.Replace("stable-after = 2s", "stable-after = 30s", StringComparison.Ordinal));
        var (here, there) = (cluster.Nodes.Take(2).ToList(), cluster.Nodes.Skip(2).ToList());
        SpecCluster.Cut(here, there);
        await cluster.UntilReachableAreAsync(here);
        SpecCluster.Heal(here, there);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
    }
}
