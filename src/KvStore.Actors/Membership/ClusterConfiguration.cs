using System.Reflection;
using KvStore.Actors.Configuration;
using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Membership;

/// <summary>What stands below <c>akka.cluster</c>.</summary>
internal sealed record ClusterConfiguration(MembershipSettings Membership, IReadOnlyList<string> Roles, IReadOnlyList<Address> SeedNodes, bool LogsInfo)
{
    private const string Section = "akka.cluster";

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="ConfigurationException">A seed node is no address, there are more roles than can be sent, or the resolver is not configured well.</exception>
    internal static ClusterConfiguration Read(Config config)
    {
        string[] roles = [.. config.GetStringList($"{Section}.roles").Distinct(StringComparer.Ordinal)];
        if (roles.Length > MembershipCodec.MaxRoles)
            throw new ConfigurationException($"{Section}.roles: {roles.Length} roles, where at most {MembershipCodec.MaxRoles} are allowed.");
        return new ClusterConfiguration(
            ReadMembership(config.GetConfig(Section)) with { SplitBrain = SplitBrainSettings.Read(config) },
            roles,
            [.. config.GetStringList($"{Section}.seed-nodes").Select(ReadSeed)],
            config.GetBoolean($"{Section}.log-info", true));
    }

    private static Address ReadSeed(string text) => Address.TryParse(text, out var address) && address.HasGlobalScope
        ? address
        : throw new ConfigurationException($"{Section}.seed-nodes: '{text}' is not of the form akka.tcp://system@host:port.");

    private static MembershipSettings ReadMembership(Config config)
    {
        var defaults = MembershipSettings.Default;
        return new MembershipSettings
        {
            GossipIntervalMs = Ms(config, "gossip-interval", defaults.GossipIntervalMs),
            GossipDifferentViewProbability = config.GetDouble("gossip-different-view-probability", defaults.GossipDifferentViewProbability),
            LeaderActionsIntervalMs = Ms(config, "leader-actions-interval", defaults.LeaderActionsIntervalMs),
            SeedNodeTimeoutMs = Ms(config, "seed-node-timeout", defaults.SeedNodeTimeoutMs),
            RetryUnsuccessfulJoinAfterMs = Ms(config, "retry-unsuccessful-join-after", defaults.RetryUnsuccessfulJoinAfterMs),
            UnreachableReaperIntervalMs = Ms(config, "unreachable-nodes-reaper-interval", defaults.UnreachableReaperIntervalMs),
            TombstoneTimeToLiveMs = Ms(config, "prune-gossip-tombstones-after", defaults.TombstoneTimeToLiveMs),
            MinNrOfMembers = config.GetInt("min-nr-of-members", defaults.MinNrOfMembers),
            HeartbeatIntervalMs = Ms(config, "failure-detector.heartbeat-interval", defaults.HeartbeatIntervalMs),
            FailureThreshold = config.GetDouble("failure-detector.threshold", defaults.FailureThreshold),
            MaxSampleSize = config.GetInt("failure-detector.max-sample-size", defaults.MaxSampleSize),
            MinStdDeviationMs = Ms(config, "failure-detector.min-std-deviation", defaults.MinStdDeviationMs),
            AcceptableHeartbeatPauseMs = Ms(config, "failure-detector.acceptable-heartbeat-pause", defaults.AcceptableHeartbeatPauseMs),
            ExpectedResponseAfterMs = Ms(config, "failure-detector.expected-response-after", defaults.ExpectedResponseAfterMs),
            AppVersion = ReadAppVersion(config.GetString("app-version")),
            MonitoredByNrOfMembers = config.GetInt("failure-detector.monitored-by-nr-of-members", defaults.MonitoredByNrOfMembers),
        };
    }

    /// <summary>As Akka.NET's default, <c>assembly-version</c> and nothing mean the version of the program.</summary>
    private static AppVersion ReadAppVersion(string? configured)
    {
        var version = configured is null or "assembly-version" ? Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) : configured;
        if (version is { Length: > MembershipCodec.MaxAppVersionBytes / 4 })
            throw new ConfigurationException($"{Section}.app-version is longer than {MembershipCodec.MaxAppVersionBytes / 4} characters.");
        return version is null ? AppVersion.Zero : AppVersion.Create(version);
    }

    private static long Ms(Config config, string key, long @default) =>
        (long)config.GetTimeSpan(key, TimeSpan.FromMilliseconds(@default), allowInfinite: false).TotalMilliseconds;
}
