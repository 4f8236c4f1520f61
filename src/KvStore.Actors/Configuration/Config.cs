using KvStore.Hocon;

namespace KvStore.Actors.Configuration;

/// <summary>
/// Settings read from HOCON. A getter answers its default where the path is missing, and throws a
/// <see cref="HoconException"/> that names path, line and column where the value has another type.
/// </summary>
public class Config
{
    /// <summary>No settings.</summary>
    public static readonly Config Empty = new(HoconObject.Empty);

    private readonly HoconObject _root;

    internal Config(HoconObject root) => _root = root;

    /// <summary>True when there are no settings.</summary>
    public virtual bool IsEmpty => _root.Keys.Count == 0;

    /// <summary>True when there is a value at the path.</summary>
    public virtual bool HasPath(string path) => _root.Has(path);

#nullable disable annotations // Akka.NET does not say whether null comes back, and one source has to compile on both.
    /// <summary>The text at a path; the default, null unless given, where there is none.</summary>
    public virtual string GetString(string path, string @default = null) => _root.GetString(path, @default);
#nullable restore annotations

    /// <summary>The whole number at a path.</summary>
    public virtual int GetInt(string path, int @default = 0) => _root.GetInt(path, @default);

    /// <summary>The whole number at a path.</summary>
    public virtual long GetLong(string path, long @default = 0) => _root.GetLong(path, @default);

    /// <summary>The number at a path.</summary>
    public virtual double GetDouble(string path, double @default = 0) => _root.GetDouble(path, @default);

    /// <summary>The boolean at a path.</summary>
    public virtual bool GetBoolean(string path, bool @default = false) => _root.GetBoolean(path, @default);

    /// <summary>The size in bytes at a path, or null.</summary>
    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    /// <summary>The size in bytes at a path.</summary>
    public virtual long? GetByteSize(string path, long? def = null) => _root.Has(path) ? _root.GetByteSize(path) : def;

    /// <summary>The duration at a path; a bare number is milliseconds.</summary>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true)
    {
        var span = _root.GetDuration(path, @default ?? TimeSpan.Zero);
        return span == Timeout.InfiniteTimeSpan && !allowInfinite ? throw new ConfigurationException($"{path} may not be infinite.") : span;
    }

    /// <summary>The texts at a path; none where there is no list.</summary>
    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    /// <summary>The texts at a path.</summary>
    public virtual IList<string> GetStringList(string path, string[] defaultPaths) => [.. _root.GetStringList(path, defaultPaths)];

    /// <summary>The settings below a path; empty where there are none.</summary>
    public virtual Config GetConfig(string path) => _root.Has(path) ? new Config(_root.GetObject(path)) : Empty;

    /// <summary>These settings, and those of <paramref name="fallback"/> where these say nothing.</summary>
    public virtual Config WithFallback(Config? fallback) => fallback is null || fallback.IsEmpty ? this : new Config(_root.WithFallback(fallback._root));

    /// <summary>Reads HOCON text where a <see cref="Config"/> is wanted.</summary>
    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    /// <summary>The settings as text that reads back the same.</summary>
    public override string ToString() => _root.Render();

    /// <summary>The objects below a path, by key.</summary>
    internal IEnumerable<(string Key, Config Config)> Sections(string path) => _root
        .GetObject(path, HoconObject.Empty).Entries
        .Where(static entry => entry.Value is HoconObject)
        .Select(static entry => (entry.Key, new Config((HoconObject)entry.Value)));

    /// <summary>The scalars below a path, by key.</summary>
    internal IEnumerable<(string Key, string Value)> Texts(string path) => _root
        .GetObject(path, HoconObject.Empty).Entries
        .Where(static entry => entry.Value is HoconScalar)
        .Select(static entry => (entry.Key, ((HoconScalar)entry.Value).Text));
}

/// <summary>Makes <see cref="Config"/>.</summary>
public static class ConfigurationFactory
{
    /// <summary>No settings.</summary>
    public static Config Empty => Config.Empty;

    /// <summary>Reads HOCON text.</summary>
    /// <exception cref="HoconException">The text is not HOCON; the message has line and column.</exception>
    public static Config ParseString(string hocon) => new(HoconDocument.Parse(hocon));
}
