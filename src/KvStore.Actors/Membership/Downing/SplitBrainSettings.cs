using KvStore.Actors.Configuration;

namespace KvStore.Actors.Membership.Downing;

/// <summary>What governs the resolver; keys below <c>akka.cluster.split-brain-resolver</c>, with Akka.NET's defaults.</summary>
internal sealed record SplitBrainSettings(DowningStrategy Strategy, long StableAfterMs, long DownAllWhenUnstableMs)
{
    /// <summary>Shorter than this a cluster can hardly be told to be unstable. Akka's bound.</summary>
    private const long MinUnstableMs = 4000;

    private const string ProviderKey = "akka.cluster.downing-provider-class";
    private const string Section = "akka.cluster.split-brain-resolver";

    /// <summary>keep-majority after 20 seconds.</summary>
    public static readonly SplitBrainSettings Default = Create(new KeepMajority(Role: null), 20_000);

    /// <summary>With <c>down-all-when-unstable = on</c>: three quarters of <c>stable-after</c>.</summary>
    public static SplitBrainSettings Create(DowningStrategy strategy, long stableAfterMs) =>
        new(strategy, stableAfterMs, Math.Max(MinUnstableMs, stableAfterMs * 3 / 4));

    /// <summary>Reads and checks them; null where <c>downing-provider-class</c> names none, and then nobody is ever downed.</summary>
    /// <exception cref="ConfigurationException">A provider or strategy that is not there, or a value that makes no sense.</exception>
    public static SplitBrainSettings? Read(Config config)
    {
        var provider = config.GetString(ProviderKey, "")!;
        if (provider.Length == 0)
            return null;
        if (!provider.Contains("SplitBrainResolver", StringComparison.Ordinal))
            throw new ConfigurationException($"{ProviderKey}: '{provider}' is not known; \"Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster\" and \"\" are.");
        var section = config.GetConfig(Section);
        var stableAfterMs = (long)section.GetTimeSpan("stable-after", TimeSpan.FromMilliseconds(Default.StableAfterMs), allowInfinite: false).TotalMilliseconds;
        if (stableAfterMs <= 0)
            throw new ConfigurationException($"{Section}.stable-after must be longer than 0.");
        var settings = Create(ReadStrategy(section), stableAfterMs);
        return section.GetString("down-all-when-unstable", "on")!.ToLowerInvariant() switch
        {
            "on" or "true" or "yes" => settings,
            "off" or "false" or "no" => settings with { DownAllWhenUnstableMs = 0 },
            _ => settings with { DownAllWhenUnstableMs = (long)section.GetTimeSpan("down-all-when-unstable", TimeSpan.Zero, allowInfinite: false).TotalMilliseconds },
        };
    }

    private static DowningStrategy ReadStrategy(Config section)
    {
        var name = section.GetString("active-strategy", "keep-majority")!;
        switch (name)
        {
            case "keep-majority":
                return new KeepMajority(section.GetString("keep-majority.role", ""));
            case "static-quorum":
                var size = section.GetInt("static-quorum.quorum-size", 0);
                if (size <= 0)
                    throw new ConfigurationException($"{Section}.static-quorum.quorum-size must be set, and greater than 0.");
                return new StaticQuorum(size, section.GetString("static-quorum.role", ""));
            case "keep-oldest":
                return new KeepOldest(section.GetBoolean("keep-oldest.down-if-alone", true), section.GetString("keep-oldest.role", ""));
            case "down-all":
                return new DownAllNodes();
            default:
                throw new ConfigurationException($"{Section}.active-strategy: '{name}' is not one of keep-majority, static-quorum, keep-oldest, down-all.");
        }
    }
}
