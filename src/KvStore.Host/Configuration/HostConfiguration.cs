using System.Collections;
using KvStore.Hocon;
using KvStore.Node;

namespace KvStore.Host.Configuration;

/// <summary>
/// Puts a node's configuration together: command line over environment over file over the engine's and the store's defaults. It is
/// resolved here, with <c>KvStore.Hocon</c>, into one flat text that either actor engine reads alike.
/// </summary>
internal static class HostConfiguration
{
    /// <summary>Loads everything and returns the flat text.</summary>
    /// <exception cref="HoconException">A file, variable or argument is wrong: the message says where.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static string Load(NodeArguments arguments, IDictionary environment)
    {
        var reference = HoconDocument.Parse(NodeSettings.Reference, "reference.conf");
        var engine = HoconDocument.Parse(EngineDefaults(), $"engine.{Engine.Name}.conf");
        var file = arguments.ConfigFile is null ? HoconObject.Empty : HoconDocument.Load(arguments.ConfigFile);
        var fromEnvironment = HoconOverrides.FromEnvironment(Variables(environment), [.. HoconOverrides.DefaultPrefixes]);
        var outside = fromEnvironment.WithFallback(file);
        var isTls = HoconOverrides.FromArguments(arguments.Set).WithFallback(outside).GetBoolean("akka.remote.dot-netty.tcp.enable-ssl", false);
        var chosen = HoconOverrides.FromArguments(arguments.Overrides(isTls ? "akka.ssl.tcp" : "akka.tcp")).WithFallback(outside);
        HoconUnknownKeys.ThrowIfAny(chosen, reference, "kv");
        CheckTypes(chosen);
        TlsCheck.ThrowIfWrong(chosen, Engine.HonoursTls, Engine.Title);
        return chosen.WithFallback(engine).WithFallback(reference).Render();
    }

    /// <summary>
    /// Reads what is read by type later, so that a wrong one is an error with file, line and column: the engines know only the
    /// path, or take what they can't read for nothing.
    /// </summary>
    private static void CheckTypes(HoconObject chosen)
    {
        string[] sizes =
        [
            "kv.limits.key", "kv.limits.value", "kv.limits.request", "kv.limits.line", "kv.limits.reply", "kv.replication.backlog",
            "kv.replication.message", "kv.log.segment", "kv.log.snapshot-after", "akka.remote.dot-netty.tcp.maximum-frame-size", "akka.remote.dot-netty.tcp.maximum-message-size",
        ];
        string[] numbers = ["kv.gateway.port", "kv.gateway.max-clients", "kv.conflicts.keep", "akka.remote.dot-netty.tcp.port"];
        string[] durations = ["kv.gateway.idle-timeout", "kv.gateway.write-timeout", "kv.log.fsync-interval", "kv.anti-entropy.interval", "kv.anti-entropy.pause", "kv.clock.max-drift", "akka.cluster.split-brain-resolver.stable-after"];
        string[] texts = ["kv.node.name", "kv.gateway.host", "kv.data-folder", "kv.log.fsync", "akka.remote.dot-netty.tcp.hostname", "akka.loglevel"];
        string[] switches = ["kv.cluster.start-alone", "kv.durability", "kv.log.accept-damage"];
        foreach (var path in switches)
            chosen.GetBoolean(path, defaultValue: true);
        foreach (var path in sizes)
            chosen.GetByteSize(path, 0);
        foreach (var path in numbers)
            chosen.GetInt(path, 0);
        foreach (var path in durations)
            chosen.GetDuration(path, TimeSpan.Zero);
        foreach (var path in texts)
            chosen.GetString(path, "");
        foreach (var seed in chosen.GetStringList("akka.cluster.seed-nodes", []))
        {
            if (!Address.TryParse(seed, out Address? address) || address.Host is null || address.System != NodeArguments.SystemName)
                throw new HoconException(chosen.Find("akka.cluster.seed-nodes")!.Position, $"'{seed}' is no seed node; it looks like akka.tcp://{NodeArguments.SystemName}@127.0.0.1:4053");
        }
    }

    private static string EngineDefaults()
    {
        using var stream = typeof(HostConfiguration).Assembly.GetManifestResourceStream($"engine.{Engine.Name}.conf")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables(IDictionary environment)
    {
        foreach (DictionaryEntry variable in environment)
            yield return new((string)variable.Key, (string?)variable.Value ?? "");
    }
}
