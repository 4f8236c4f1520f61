using KvStore.Core.Replication;
using KvStore.Protocol.Peer;
using KvStore.Protocol.Resp;

namespace KvStore.Node;

/// <summary>Where clients connect, and how many. From <c>kv.gateway</c>.</summary>
public sealed record GatewaySettings
{
    /// <summary>The interface: an IP address or <c>localhost</c>. Loopback unless told otherwise, since there is no authentication.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 lets the system choose.</summary>
    public int Port { get; init; } = 6100;

    /// <summary>Connections beyond this are answered with an error and closed, as Redis's <c>maxclients</c>.</summary>
    public int MaxClients { get; init; } = 10_000;

    /// <summary>A connection that sends nothing for this long is closed; zero for never, which is Redis's default.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>A client that does not take its replies for this long is disconnected: it would keep their memory for ever.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Everything that a node is told. The actor engine's own settings are not here.</summary>
public sealed record NodeSettings
{
    /// <summary>The gateway; null for a node without one, as in a simulation.</summary>
    public GatewaySettings? Gateway { get; init; } = new();

    /// <summary>What one request may cost; <c>kv.limits</c>.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>The replica's bounds; <c>kv.node.name</c> and <c>kv.replication</c>.</summary>
    public ReplicaSettings Replica { get; init; } = new();

    /// <summary>The data on disk; null to keep all in memory.</summary>
    public DurabilitySettings? Durability { get; init; } = new();

    /// <summary>The configuration that every node needs: defaults of <c>kv</c>, and the serializer of the replication messages.</summary>
    public static string Reference { get; } = ReadReference();

    /// <summary>Reads the settings.</summary>
    /// <param name="config">A configuration with <see cref="Reference"/> behind it.</param>
    /// <exception cref="NodeSettingsException">A value is out of its range; the message names the setting.</exception>
    public static NodeSettings From(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var limits = new RequestLimits
        {
            MaxKeyBytes = Bytes(config, "kv.limits.key", 1, 1 << 20),
            MaxValueBytes = Bytes(config, "kv.limits.value", 1, (int)RequestLimits.MaxBulkBytes),
            MaxRequestBytes = Bytes(config, "kv.limits.request", 1 << 10, 1 << 30),
            MaxLineBytes = Bytes(config, "kv.limits.line", 64, 1 << 24),
            MaxReplyBytes = Bytes(config, "kv.limits.reply", 1 << 16, 1 << 30),
        };
        var frame = Bytes(config, "akka.remote.dot-netty.tcp.maximum-frame-size", 1 << 15, 1 << 30);
        var needed = (long)limits.MaxKeyBytes + limits.MaxValueBytes + PeerCodec.OverheadBytes;
        if (frame < needed)
        {
            throw new NodeSettingsException(
                $"akka.remote.dot-netty.tcp.maximum-frame-size is {frame} bytes, and a write of kv.limits.key and kv.limits.value needs {needed}: raise the one or lower the others.");
        }
        var durability = config.GetBoolean("kv.durability") ? ReadDurability(config) : null;
        return new NodeSettings
        {
            Durability = durability,
            Gateway = new GatewaySettings
            {
                Host = Text(config, "kv.gateway.host"),
                Port = Number(config, "kv.gateway.port", 0, 65535),
                MaxClients = Number(config, "kv.gateway.max-clients", 1, 1_000_000),
                IdleTimeout = config.GetTimeSpan("kv.gateway.idle-timeout"),
                WriteTimeout = config.GetTimeSpan("kv.gateway.write-timeout"),
            },
            Limits = limits,
            Replica = new ReplicaSettings
            {
                Name = Text(config, "kv.node.name"),
                MemoryLimitBytes = MemoryLimit(config),
                Eviction = Text(config, "kv.limits.eviction") switch
                {
                    "noeviction" => EvictionPolicy.NoEviction,
                    "allkeys-lru" => EvictionPolicy.AllKeysLru,
                    var other => throw new NodeSettingsException($"kv.limits.eviction is \"{other}\"; it may be noeviction or allkeys-lru."),
                },
                AntiEntropyIntervalMs = Milliseconds(config, "kv.anti-entropy.interval", 0),
                RepairPauseMs = Milliseconds(config, "kv.anti-entropy.pause", 0),
                ConflictsKept = Number(config, "kv.conflicts.keep", 1, 1 << 20),
                MaxDriftMs = Milliseconds(config, "kv.clock.max-drift", 100),
                BacklogBytes = Bytes(config, "kv.replication.backlog", 1 << 16, int.MaxValue),
                MessageBytes = Math.Min(Bytes(config, "kv.replication.message", 1 << 10, 1 << 24), frame / 2),
            },
        };
    }

    private static DurabilitySettings ReadDurability(Config config) => new()
    {
        Folder = Path.Combine(Text(config, "kv.data-folder"), FileName(Text(config, "kv.node.name"))),
        Fsync = Text(config, "kv.log.fsync") switch
        {
            "interval" => FsyncPolicy.Interval,
            "always" => FsyncPolicy.Always,
            "never" => FsyncPolicy.Never,
            var other => throw new NodeSettingsException($"kv.log.fsync is '{other}'; it may be interval, always or never."),
        },
        FsyncInterval = TimeSpan.FromMilliseconds(Milliseconds(config, "kv.log.fsync-interval", 10)),
        SegmentBytes = Bytes(config, "kv.log.segment", 1 << 20, 1 << 30),
        SnapshotAfterBytes = Bytes(config, "kv.log.snapshot-after", 1 << 20, int.MaxValue),
        AcceptDamage = config.GetBoolean("kv.log.accept-damage"),
    };

    private static string FileName(string name) =>
        name.Length > 0 && name[0] != '.' && name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) < 0
            ? name
            : throw new NodeSettingsException($"kv.node.name is '{name}', and the data is kept in a folder of that name: it may neither be empty, nor begin with a dot, nor hold a slash.");

    // An empty table is a third of this.
    private static long MemoryLimit(Config config)
    {
        const long min = 1 << 20;
        var limit = config.GetByteSize("kv.limits.memory") ?? -1;
        return limit == 0 || limit >= min
            ? limit
            : throw new NodeSettingsException($"kv.limits.memory is {limit}; it may be 0, which is no limit, or {min} and more.");
    }

    private static string Text(Config config, string path) => config.GetString(path) ?? throw new NodeSettingsException($"{path} is missing.");

    private static int Bytes(Config config, string path, int min, int max) => InRange(path, config.GetByteSize(path) ?? -1, min, max);

    private static int Number(Config config, string path, int min, int max) => InRange(path, config.GetInt(path), min, max);

    // An hour is longer than any of them makes sense.
    private static int Milliseconds(Config config, string path, int min) =>
        InRange(path, (long)config.GetTimeSpan(path).TotalMilliseconds, min, 3_600_000);

    private static int InRange(string path, long value, int min, int max) =>
        value >= min && value <= max ? (int)value : throw new NodeSettingsException($"{path} is {value}; it may be {min} to {max}.");

    private static string ReadReference()
    {
        using var stream = typeof(NodeSettings).Assembly.GetManifestResourceStream("KvStore.Node.reference.conf")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A setting is out of its range, or contradicts another; the message names it.</summary>
public sealed class NodeSettingsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NodeSettingsException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public NodeSettingsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public NodeSettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What must never be used twice, drawn at random for each start of a node.</summary>
/// <param name="StartId">Names this start in versions and mutations; not 0.</param>
/// <param name="HashSeed">Keeps clients from choosing keys that collide.</param>
/// <param name="Store">Names the data, and outlives the process where there is a data folder; without one as the start id.</param>
public readonly record struct NodeIdentity(ulong StartId, ulong HashSeed, ulong Store = 0)
{
    /// <summary>40 hexadecimal digits of both, as Redis's <c>run_id</c>.</summary>
    public string RunId => $"{StartId:x16}{StartId * 0x9e3779b97f4a7c15:x16}{(uint)StartId:x8}";
}
