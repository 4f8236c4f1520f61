using KvStore.Core.Replication;
using KvStore.Node.Healing;
using KvStore.Node.Store;

namespace KvStore.Node.Tests.Healing;

/// <summary>What <c>KVCLUSTER HEAL</c> answers where there is nothing to heal.</summary>
public sealed class HealTests
{
    [Fact]
    public async Task A_cluster_that_sees_no_other_says_so_and_the_connection_goes_on()
    {
        await using var fixture = await NodeFixture.StartAsync();
        (await fixture.TalkAsync("KVCLUSTER HEAL\nPING\n"))
            .ShouldBe("ERR no other cluster is seen from here; while a replica is away or forgotten, one is seen within 5 seconds\nPONG\n");
    }

    [Fact]
    public async Task A_node_in_no_cluster_is_told_that_it_asks_to_be_let_in_anyway()
    {
        var system = ActorSystem.Create("kvstore", NodeFixture.Configuration());
        try
        {
            var cluster = Cluster.Get(system);
            using var replica = new Replica(new ReplicaSettings(), startId: 1, hashSeed: 1, member: "self");
            var healing = new SplitHealing(cluster, [], new OutsideLine(cluster), replica, new NodeEndpoints(), system.Log);
            var answer = new ClusterAdministration(cluster, new ClusterEventLog(), healing).Heal();
            answer.Text.ShouldBe("this node is in no cluster, and asks to be let in by itself");
        }
        finally
        {
            await system.Terminate();
        }
    }
}
