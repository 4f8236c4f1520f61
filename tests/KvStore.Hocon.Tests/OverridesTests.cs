namespace KvStore.Hocon.Tests;

public sealed class OverridesTests
{
    private static HoconObject Environment(params (string Name, string Value)[] variables) =>
        HoconOverrides.FromEnvironment(variables.Select(v => KeyValuePair.Create(v.Name, v.Value)));

    [Fact]
    public void Arguments_are_paths_and_values_and_the_last_one_wins()
    {
        HoconOverrides.FromArguments(["kv.gateway.port=1", "kv.gateway={ host = h, port = 2 }", "akka.cluster.roles=[a, b]", "kv.gateway.port=3"])
            .ShouldBe(Fixture.Parse("kv.gateway { port = 3, host = h }, akka.cluster.roles = [a, b]"));
    }

    [Fact]
    public void A_wrong_argument_is_named_without_its_value()
    {
        Fixture.Error(() => HoconOverrides.FromArguments(["kv.at=akka.tcp://x"])).ShouldStartWith("--set kv.at=…:1:15: ':' cannot stand here");
        Fixture.Error(() => HoconOverrides.FromArguments(["kv.port="])).ShouldBe("--set kv.port=…:1:9: the key kv.port has no value");
        Fixture.Error(() => HoconOverrides.FromArguments(["kv.port"])).ShouldBe("--set kv.port:1:1: expected path=value");
        Fixture.Error(() => HoconOverrides.FromArguments(["kv.password:secret"])).ShouldBe("--set kv.password:1:1: expected path=value");
        Fixture.Error(() => HoconOverrides.FromArguments(["kv.a+=x"])).ShouldContain("cannot append");
        Fixture.Error(() => HoconOverrides.FromArguments(["kv.port=x"]).GetInt("kv.port")).ShouldStartWith("--set kv.port=…:1:9: kv.port must be a whole number");
    }

    [Fact]
    public void Overrides_go_in_front_of_the_file()
    {
        HoconOverrides.FromArguments(["a.x=2"]).WithFallback(Fixture.Parse("a { x = 1, y = 1 }")).ShouldBe(Fixture.Parse("a { x = 2, y = 1 }"));
    }

    [Fact]
    public void Variables_become_paths_and_numbered_ones_lists()
    {
        Environment(
            ("KV__GATEWAY__PORT", "6200"),
            ("KV__GATEWAY__MAX_FRAME_SIZE", "64 KiB"),
            ("AKKA__CLUSTER__SEED_NODES__10", "akka.tcp://kv@c:1"),
            ("AKKA__CLUSTER__SEED_NODES__0", "akka.tcp://kv@a:1"),
            ("AKKA__CLUSTER__SEED_NODES__2", "akka.tcp://kv@b:1"),
            ("KV__ROLES", "[a, b]"),
            ("KV_NOT", "x"),
            ("PATH", "/bin"))
            .ShouldBe(Fixture.Parse("""
                akka.cluster.seed-nodes = ["akka.tcp://kv@a:1", "akka.tcp://kv@b:1", "akka.tcp://kv@c:1"]
                kv { gateway { max-frame-size = "64 KiB", port = 6200 }, roles = [a, b] }
                """));
        Environment(("PATH", "/bin")).ShouldBe(HoconObject.Empty);
    }

    [Fact]
    public void A_variable_is_named_by_what_is_wrong_with_it()
    {
        Fixture.Error(() => Environment(("KV____PORT", "1"))).ShouldBe("KV____PORT:1:1: the name has an empty path element; two underscores separate elements");
        Fixture.Error(() => Environment(("KV__A", "1"), ("KV__A__B", "2"))).ShouldBe("KV__A__B:1:1: KV__A sets the same path, or a part of it");
        Fixture.Error(() => Environment(("KV__A", "1"), ("KV__a", "2"))).ShouldBe("KV__a:1:1: KV__A sets the same path, or a part of it");
        Fixture.Error(() => Environment(("KV__A", "[1"))).ShouldStartWith("KV__A:1:3: the text ends before the '['");
        Fixture.Error(() => Environment(("KV__PORT", "x")).GetInt("kv.port")).ShouldStartWith("KV__PORT:1:1: kv.port must be");
    }
}
