using KvStore.Node;

namespace KvStore.MultiNode.Tests;

/// <summary>
/// Akka.NET's own check of messages: every local one is serialised and read again, unless it says of itself that it never leaves the node.
/// </summary>
public sealed class SerializeMessagesSpecs
{
    [Fact]
    public async Task Two_stores_on_disks_replicate_with_every_message_serialised()
    {
        using var folders = new SpecFolders();
        await using var cluster = new SpecCluster("akka.actor.serialize-messages = on\n" + NodeSettings.Reference);
        SpecStore[] stores = [await SpecStore.StartAsync(cluster.Add(), "n0", folders), await SpecStore.StartAsync(cluster.Add(), "n1", folders)];
        await SpecStore.JoinAsync(cluster, stores);

        (await stores[0].Client.TalkAsync("SET key value\n")).ShouldBe("OK\n");
        await StoreSpecs.UntilAsync(async () => await stores[1].Client.TalkAsync("GET key\n") == "value\n");
        await stores[0].ShouldBeIdenticalAsync(nodes: 2);
    }
}
