namespace KvStore.Conformance;

/// <summary>What either engine reads alike. The Host resolves everything else before an engine sees it.</summary>
[Trait("area", "hocon")]
public sealed class HoconSpecs
{
    private static Config Read(string text) => ConfigurationFactory.ParseString(text);

    [Theory]
    [InlineData("a = \"quoted text\"", "quoted text")]
    [InlineData("a = plain", "plain")]
    [InlineData("a = plain words", "plain words")]
    [InlineData("a: colon", "colon")]
    [InlineData("a = \"\"", "")]
    [InlineData("a = \"# is no comment here\"", "# is no comment here")]
    [InlineData("a = \"back\\\\slash and \\\"quote\\\"\"", "back\\slash and \"quote\"")]
    [InlineData("a = 12", "12")]
    public void Texts(string text, string expected) => Read(text).GetString("a").ShouldBe(expected);

    [Theory]
    [InlineData("a = 42", 42)]
    [InlineData("a = -1", -1)]
    [InlineData("a = \"42\"", 42)]
    [InlineData("a = 0", 0)]
    public void Whole_numbers(string text, int expected)
    {
        Read(text).GetInt("a").ShouldBe(expected);
        Read(text).GetLong("a").ShouldBe(expected);
    }

    [Fact]
    public void A_long_holds_more_than_an_int() => Read("a = 5000000000").GetLong("a").ShouldBe(5_000_000_000);

    [Theory]
    [InlineData("a = 1.5", 1.5)]
    [InlineData("a = -0.25", -0.25)]
    [InlineData("a = 8", 8.0)]
    public void Numbers(string text, double expected) => Read(text).GetDouble("a").ShouldBe(expected);

    [Theory]
    [InlineData("a = true", true)]
    [InlineData("a = false", false)]
    [InlineData("a = on", true)]
    [InlineData("a = off", false)]
    public void Booleans(string text, bool expected) => Read(text).GetBoolean("a").ShouldBe(expected);

    [Theory]
    [InlineData("a = 512", 512L)]
    [InlineData("a = 64k", 65_536L)]
    [InlineData("a = 64 KiB", 65_536L)]
    [InlineData("a = 64KiB", 65_536L)]
    [InlineData("a = 2m", 2_097_152L)]
    [InlineData("a = 2 MiB", 2_097_152L)]
    [InlineData("a = 1g", 1_073_741_824L)]
    [InlineData("a = 100b", 100L)]
    public void Sizes(string text, long expected) => Read(text).GetByteSize("a").ShouldBe(expected);

    [Theory]
    [InlineData("a = 100ms", 100)]
    [InlineData("a = 5s", 5_000)]
    [InlineData("a = 5 s", 5_000)]
    [InlineData("a = 2m", 120_000)]
    [InlineData("a = 1h", 3_600_000)]
    [InlineData("a = 1d", 86_400_000)]
    [InlineData("a = 250", 250)]
    [InlineData("a = 1.5s", 1_500)]
    [InlineData("a = 2 seconds", 2_000)]
    [InlineData("a = 0s", 0)]
    public void Times(string text, double milliseconds) => Read(text).GetTimeSpan("a").TotalMilliseconds.ShouldBe(milliseconds);

    [Fact]
    public void A_time_may_be_infinite() => Read("a = infinite").GetTimeSpan("a").ShouldBe(Timeout.InfiniteTimeSpan);

    [Theory]
    [InlineData("a = [\"x\", \"y\"]")]
    [InlineData("a = [x, y]")]
    [InlineData("a = [\n  \"x\"\n  \"y\"\n]")]
    [InlineData("a = [ x , y , ]")]
    public void Lists(string text) => Read(text).GetStringList("a").ShouldBe(["x", "y"]);

    [Fact]
    public void A_list_may_be_empty() => Read("a = []").GetStringList("a").ShouldBeEmpty();

    [Fact]
    public void What_is_missing_has_the_default()
    {
        var config = Read("here = 1");
        config.HasPath("here").ShouldBeTrue();
        config.HasPath("a").ShouldBeFalse();
        config.GetString("a").ShouldBeNull();
        config.GetString("a", "text").ShouldBe("text");
        config.GetInt("a", 7).ShouldBe(7);
        config.GetLong("a", 7L).ShouldBe(7L);
        config.GetDouble("a", 0.5).ShouldBe(0.5);
        config.GetBoolean("a", true).ShouldBeTrue();
        config.GetByteSize("a", 7L).ShouldBe(7L);
        config.GetTimeSpan("a", TimeSpan.FromSeconds(7)).ShouldBe(TimeSpan.FromSeconds(7));
        config.GetStringList("a").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a.b.c = 1")]
    [InlineData("a { b { c = 1 } }")]
    [InlineData("a { b.c = 1 }")]
    [InlineData("a {\n b {\n c = 1\n }\n}")]
    [InlineData("{ a { b { c = 1 } } }")]
    [InlineData("a = { b = { c = 1 } }")]
    [InlineData("\"a\".\"b\".c = 1")]
    public void Paths_and_objects_are_one(string text)
    {
        Read(text).GetInt("a.b.c").ShouldBe(1);
        Read(text).GetConfig("a").GetInt("b.c").ShouldBe(1);
        Read(text).GetConfig("a.b").GetInt("c").ShouldBe(1);
    }

    [Fact]
    public void Comments_are_skipped() => Read("# one\n// two\na = 1 # three\n").GetInt("a").ShouldBe(1);

    [Fact]
    public void The_last_value_wins_and_objects_are_merged()
    {
        var config = Read("a { x = 1, y = 1 }\na { y = 2, z = 2 }\nb = 1\nb = 2");
        config.GetInt("a.x").ShouldBe(1);
        config.GetInt("a.y").ShouldBe(2);
        config.GetInt("a.z").ShouldBe(2);
        config.GetInt("b").ShouldBe(2);
    }

    [Fact]
    public void A_fallback_fills_what_is_missing()
    {
        var config = Read("a { x = 1 }\nlist = [x]").WithFallback(Read("a { x = 9, y = 2 }\nlist = [y, z]\nb = 3"));
        config.GetInt("a.x").ShouldBe(1);
        config.GetInt("a.y").ShouldBe(2);
        config.GetInt("b").ShouldBe(3);
        config.GetStringList("list").ShouldBe(["x"]);
        config.GetConfig("a").GetInt("y").ShouldBe(2);
    }

    [Fact]
    public void A_key_with_a_dot_or_a_slash_is_quoted() =>
        Read("deployment { \"/node/store\" { dispatcher = x } }").GetConfig("deployment").IsEmpty.ShouldBeFalse();

    [Fact]
    public void Nothing_is_empty()
    {
        ConfigurationFactory.Empty.IsEmpty.ShouldBeTrue();
        Read("a = 1").IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void A_system_shows_its_settings()
    {
        var system = ActorSystem.Create("settings", Read("kv.node.name = \"one\"\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF"));
        system.Settings.Config.GetString("kv.node.name").ShouldBe("one");
        ((ExtendedActorSystem)system).Abort();
    }
}
