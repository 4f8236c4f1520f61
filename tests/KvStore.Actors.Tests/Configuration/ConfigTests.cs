using KvStore.Actors.Configuration;
using KvStore.Hocon;

namespace KvStore.Actors.Tests.Configuration;

public sealed class ConfigTests
{
    private static readonly Config s_config = ConfigurationFactory.ParseString("""
        a { text = "hello", number = 42, large = 5000000000, ratio = 0.5, yes = on, wait = 5s, bare = 250, size = 64k
            list = ["x", "y"], never = infinite, nothing = null }
        """);

    [Fact]
    public void Values_are_read_by_type()
    {
        s_config.GetString("a.text").ShouldBe("hello");
        s_config.GetInt("a.number").ShouldBe(42);
        s_config.GetLong("a.large").ShouldBe(5_000_000_000);
        s_config.GetDouble("a.ratio").ShouldBe(0.5);
        s_config.GetBoolean("a.yes").ShouldBeTrue();
        s_config.GetTimeSpan("a.wait").ShouldBe(TimeSpan.FromSeconds(5));
        s_config.GetTimeSpan("a.bare").ShouldBe(TimeSpan.FromMilliseconds(250));
        s_config.GetTimeSpan("a.never").ShouldBe(Timeout.InfiniteTimeSpan);
        s_config.GetByteSize("a.size").ShouldBe(65536);
        s_config.GetStringList("a.list").ShouldBe(["x", "y"]);
        s_config.GetConfig("a").GetInt("number").ShouldBe(42);
        s_config.HasPath("a.text").ShouldBeTrue();
    }

    [Fact]
    public void What_is_missing_is_the_default_as_on_akka()
    {
        s_config.GetString("b").ShouldBeNull();
        s_config.GetInt("b").ShouldBe(0);
        s_config.GetInt("b", 7).ShouldBe(7);
        s_config.GetByteSize("b").ShouldBeNull();
        s_config.GetStringList("b").ShouldBeEmpty();
        s_config.GetConfig("b").IsEmpty.ShouldBeTrue();
        s_config.HasPath("a.nothing").ShouldBeFalse();
        Config.Empty.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_wrong_type_names_the_path_and_the_place()
    {
        var error = Record.Exception(() => s_config.GetInt("a.text")).ShouldBeOfType<HoconException>();
        error.Message.ShouldContain("a.text");
        error.Line.ShouldBe(1);
    }

    [Fact]
    public void A_fallback_fills_what_is_missing()
    {
        var merged = s_config.WithFallback(ConfigurationFactory.ParseString("a.number = 1, a.extra = 2"));
        merged.GetInt("a.number").ShouldBe(42);
        merged.GetInt("a.extra").ShouldBe(2);
        ConfigurationFactory.ParseString(merged.ToString()).GetInt("a.extra").ShouldBe(2);
    }

    [Fact]
    public void A_setup_merges_its_fallback()
    {
        using var system = ActorSystem.Create("setup", BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString("akka.loglevel = OFF"))
            .WithConfigFallback(ConfigurationFactory.ParseString("akka.loglevel = DEBUG, x = 1")));
        system.Settings.LogLevel.ShouldBe("OFF");
        system.Settings.Config.GetInt("x").ShouldBe(1);
    }
}
