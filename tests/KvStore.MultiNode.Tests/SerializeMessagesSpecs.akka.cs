using System.Runtime.Serialization;
using KvStore.Node;

namespace KvStore.MultiNode.Tests;

/// <summary>
/// Akka.NET's own check of messages: every local one is serialised and read again, unless it says of itself that it never leaves the node.
/// </summary>
public sealed class SerializeMessagesSpecs
{
    private const string Settings =
        """
        akka.actor.serialize-messages = on
        akka.actor.serializers.akka-alone = "KvStore.MultiNode.Tests.JsonForAkkaAlone, KvStore.MultiNode.Tests"
        akka.actor.serialization-bindings { "System.Object" = akka-alone }

        """;

    [Fact]
    public async Task Two_stores_on_disks_replicate_with_every_message_serialised()
    {
        using var folders = new SpecFolders();
        await using var cluster = new SpecCluster(Settings + NodeSettings.Reference);
        SpecStore[] stores = [await SpecStore.StartAsync(cluster.Add(), "n0", folders), await SpecStore.StartAsync(cluster.Add(), "n1", folders)];
        await SpecStore.JoinAsync(cluster, stores);

        (await stores[0].Client.TalkAsync("SET key value\n")).ShouldBe("OK\n");
        await StoreSpecs.UntilAsync(async () => await stores[1].Client.TalkAsync("GET key\n") == "value\n");
        await stores[0].ShouldBeIdenticalAsync(nodes: 2);
        JsonForAkkaAlone.Refused.ShouldBeEmpty();
    }
}

/// <summary>Akka.NET's local messages to itself are not all serialisable in another way; those of the store are, or say that they need not be.</summary>
public sealed class JsonForAkkaAlone(ExtendedActorSystem system) : NewtonSoftJsonSerializer(system)
{
    private static volatile string s_refused = "";

    /// <summary>The last type of the store's that came here; empty where none did.</summary>
    public static string Refused => s_refused;

    /// <inheritdoc/>
    public override int Identifier => 7_777;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        if (obj.GetType() is { Namespace: { } space } type && space.StartsWith("KvStore", StringComparison.Ordinal))
        {
            s_refused = type.FullName!;
            throw new SerializationException($"{type.FullName} has no serializer, and does not say that it needs none.");
        }
        return base.ToBinary(obj);
    }
}
