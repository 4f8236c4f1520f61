using KvStore.Core.Replication;
using KvStore.Node.Replication;

namespace KvStore.Node.Tests.Store;

public sealed class ReplicationTests
{
    [Fact]
    public async Task The_engine_carries_messages_between_replicas_with_their_own_serializer()
    {
        await using var fixture = await NodeFixture.StartAsync();
        var serialization = fixture.Node.System.Serialization;
        var message = new Acknowledge(7, 8, 42);
        var serializer = serialization.FindSerializerFor(message).ShouldBeOfType<PeerSerializer>();
        serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, serializer.Manifest(message)).ShouldBe(message);
    }

    [Fact]
    public async Task Info_names_no_field_twice()
    {
        await using var fixture = await NodeFixture.StartAsync();
        var names = (await fixture.TalkAsync("*1\r\n$4\r\nINFO\r\n")).Split("\r\n").Where(static l => l.Contains(':', StringComparison.Ordinal)).Select(static l => l.Split(':')[0]).ToList();
        names.Count.ShouldBeGreaterThan(50);
        names.GroupBy(static n => n).Where(static g => g.Count() > 1).Select(static g => g.Key).ShouldBeEmpty();
    }

    [Fact]
    public async Task Info_says_what_operators_ask_for()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.node.name = tested");
        await fixture.TalkAsync("SET a 1\nSET b 2\nDEL a\n");
        var info = await fixture.TalkAsync("*1\r\n$4\r\nINFO\r\n");
        foreach (var field in (string[])["redis_version:7.0.15", "node_name:tested", "loading:0", "mutations_published:3", "mutations_received:0", "mutations_applied:0", "kvstore_members:1", "db0:keys=1", "connected_clients:1", "entries_with_tombstones:2"])
            info.ShouldContain(field + (field.StartsWith("db0", StringComparison.Ordinal) ? "," : "\r\n"));
        (await fixture.TalkAsync("CLUSTER INFO\n")).ShouldContain("tested");
    }
}
