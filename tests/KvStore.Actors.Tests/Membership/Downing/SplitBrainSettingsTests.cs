using KvStore.Actors.Configuration;
using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Tests.Membership.Downing;

public sealed class SplitBrainSettingsTests
{
    private const string Provider = "akka.cluster.downing-provider-class = \"Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster\"\n";
    private const string Section = "akka.cluster.split-brain-resolver.";

    [Theory]
    [InlineData("")]
    [InlineData("akka.cluster.downing-provider-class = \"\"")]
    public void Without_a_provider_there_is_no_resolver(string hocon) => SplitBrainSettings.Read(ConfigurationFactory.ParseString(hocon)).ShouldBeNull();

    [Fact]
    public void The_defaults_are_akkas()
    {
        var settings = Read("");
        settings.ShouldBe(new SplitBrainSettings(new KeepMajority(""), 20_000, 15_000));
        Read(Section + "stable-after = 2s").DownAllWhenUnstableMs.ShouldBe(4000, "never less than four seconds");
    }

    [Theory]
    [InlineData("on", 15_000)]
    [InlineData("off", 0)]
    [InlineData("7s", 7000)]
    public void Down_all_when_unstable_is_on_off_or_a_time(string value, long ms) =>
        Read(Section + "down-all-when-unstable = " + value).DownAllWhenUnstableMs.ShouldBe(ms);

    [Fact]
    public void Each_strategy_has_its_own_settings()
    {
        Read(Section + "active-strategy = keep-majority, " + Section + "keep-majority.role = a").Strategy.ShouldBe(new KeepMajority("a"));
        Read(Section + "active-strategy = static-quorum, " + Section + "static-quorum { quorum-size = 3, role = b }").Strategy.ShouldBe(new StaticQuorum(3, "b"));
        Read(Section + "active-strategy = keep-oldest, " + Section + "keep-oldest { down-if-alone = off, role = c }").Strategy.ShouldBe(new KeepOldest(DownIfAlone: false, "c"));
        Read(Section + "active-strategy = down-all").Strategy.ShouldBe(new DownAllNodes());
    }

    [Theory]
    [InlineData("active-strategy = static-quorum", "quorum-size")]
    [InlineData("active-strategy = lease-majority", "lease-majority")]
    [InlineData("stable-after = 0s", "stable-after")]
    public void What_makes_no_sense_is_refused_by_name(string setting, string named) =>
        Should.Throw<ConfigurationException>(() => Read(Section + setting)).Message.ShouldContain(named);

    [Fact]
    public void An_unknown_provider_is_refused() =>
        Should.Throw<ConfigurationException>(() => SplitBrainSettings.Read(ConfigurationFactory.ParseString("akka.cluster.downing-provider-class = \"Akka.Cluster.AutoDowning\"")))
            .Message.ShouldContain("AutoDowning");

    private static SplitBrainSettings Read(string hocon) => SplitBrainSettings.Read(ConfigurationFactory.ParseString(Provider + hocon))!;
}
