using KvStore.Core.Replication;

namespace KvStore.Node.Tests;

public sealed class NodeSettingsTests
{
    [Fact]
    public void The_reference_configuration_is_the_defaults()
    {
        var settings = NodeSettings.From(ConfigurationFactory.ParseString(NodeSettings.Reference));
        settings.ShouldBe(new NodeSettings());
    }

    [Theory]
    [InlineData("kv.gateway.port = 70000", "kv.gateway.port")]
    [InlineData("kv.gateway.max-clients = 0", "kv.gateway.max-clients")]
    [InlineData("kv.limits.key = 2m", "kv.limits.key")]
    [InlineData("kv.limits.memory = 100k", "kv.limits.memory")]
    [InlineData("kv.limits.eviction = volatile-lru", "kv.limits.eviction")]
    [InlineData("kv.limits.value = 16m", "maximum-frame-size")]
    public void A_value_out_of_its_range_is_named(string setting, string named) =>
        Should.Throw<NodeSettingsException>(() => NodeSettings.From(NodeFixture.Configuration(setting))).Message.ShouldContain(named);

    [Fact]
    public void Memory_may_be_limited_to_more_than_an_int_can_tell_and_the_store_may_be_a_cache()
    {
        var replica = NodeSettings.From(NodeFixture.Configuration("kv.limits { memory = 12g, eviction = allkeys-lru }")).Replica;
        replica.MemoryLimitBytes.ShouldBe(12L << 30);
        replica.Eviction.ShouldBe(EvictionPolicy.AllKeysLru);
    }
}
