namespace KvStore.Node.Tests.Store;

/// <summary>A node that the cluster judged dead, and that lives. Under Akka.NET its actor system ends instead.</summary>
public sealed class RejoinTests
{
    private const string Quick = """
        akka.cluster {
          gossip-interval = 100ms, leader-actions-interval = 100ms, unreachable-nodes-reaper-interval = 100ms
          failure-detector { heartbeat-interval = 100ms, expected-response-after = 100ms }
          pub-sub.gossip-interval = 100ms
        }
        """;

    [Fact]
    public async Task A_downed_node_serves_on_comes_back_and_has_what_the_others_have()
    {
        await using var a = await NodeFixture.StartAsync(Quick + "\nkv.node.name = a");
        await using var b = await NodeFixture.StartAsync(Quick + "\nkv.node.name = b", join: a);
        await a.TalkAsync("SET before 1\n");
        await UntilAsync(b, "GET before\n", "1\n");
        var cluster = Cluster.Get(b.Node.System);
        var old = cluster.SelfUniqueAddress;
        using var client = await b.ConnectAsync();

        Cluster.Get(a.Node.System).Down(old.Address);
        await b.UntilAsync(() => Task.FromResult(cluster.SelfUniqueAddress != old));
        // Out of the cluster or back in: both sides take writes, and a connection made before is still there.
        await a.TalkAsync("SET meanwhile:a 1\n");
        await b.TalkAsync("SET meanwhile:b 2\n");
        await client.GetStream().WriteAsync("GET before\n"u8.ToArray());
        (await NodeFixture.ReadAsync(client, 2)).ShouldBe("1\n");

        await b.UntilAsync(() => Task.FromResult(cluster.SelfMember.Status == MemberStatus.Up));
        await UntilAsync(a, "GET meanwhile:b\n", "2\n");
        await UntilAsync(b, "GET meanwhile:a\n", "1\n");
        // And what is written from now on goes over the topic, both ways.
        await a.TalkAsync("SET after:a 3\n");
        await b.TalkAsync("SET after:b 4\n");
        await UntilAsync(a, "GET after:b\n", "4\n");
        await UntilAsync(b, "GET after:a\n", "3\n");
        foreach (var (node, peer) in ((NodeFixture, string)[])[(a, "b"), (b, "a")])
        {
            await node.UntilAsync(async () => (await node.TalkAsync("INFO replication\n")).Contains($"peer0:name={peer},state=ready,reachable=yes", StringComparison.Ordinal));
            (await node.TalkAsync("INFO replication\n")).ShouldNotContain("peer1:");
            (await node.TalkAsync("INFO cluster\n")).ShouldContain("kvstore_members:2");
        }
    }

    private static Task UntilAsync(NodeFixture node, string command, string reply) => node.UntilAsync(async () => await node.TalkAsync(command) == reply);
}
