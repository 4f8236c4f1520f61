namespace KvStore.Hocon;

/// <summary>An object: keys in the order in which they first appeared, each with its value.</summary>
public sealed partial class HoconObject : HoconNode
{
    private readonly OrderedDictionary<string, Entry> _entries;

    internal HoconObject(OrderedDictionary<string, Entry> entries, SourcePosition position)
        : base(position)
    {
        _entries = entries;
        var depth = 0;
        var weight = 4L;
        foreach (var (key, entry) in entries)
        {
            depth = Math.Max(depth, entry.Value.Depth);
            weight += key.Length + entry.Value.Weight + 4;
        }
        Depth = depth + 1;
        Weight = weight;
    }

    /// <summary>An object without keys.</summary>
    public static HoconObject Empty { get; } = new(new(StringComparer.Ordinal), new SourcePosition("<empty>", 1, 1));

    /// <summary>The keys in order; each is one path element, unquoted.</summary>
    public IReadOnlyList<string> Keys => _entries.Keys;

    /// <summary>The keys with their values, in order.</summary>
    public IEnumerable<KeyValuePair<string, HoconNode>> Entries =>
        _entries.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.Value));

    internal override int Depth { get; }

    internal override long Weight { get; }

    internal override string Noun => "an object";

    /// <summary>The value of one key, which is not taken apart at dots; null when there is none.</summary>
    public HoconNode? FindKey(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>Where a key of this object was last written; null when it has no such key.</summary>
    public SourcePosition? KeyPosition(string key) => _entries.TryGetValue(key, out var entry) ? entry.KeyPosition : null;

    /// <summary>
    /// The value at a path such as <c>a.b."c.d"</c>, or null when there is none. An explicit <c>null</c> is a value.
    /// </summary>
    /// <exception cref="FormatException">The path is not a path.</exception>
    public HoconNode? Find(string path)
    {
        HoconNode? node = this;
        foreach (var key in HoconPath.Parse(path))
        {
            node = (node as HoconObject)?.FindKey(key);
            if (node is null)
                return null;
        }
        return node;
    }

    /// <summary>
    /// This object with what it lacks taken from another: objects merge, anything else of this one stands. Keys of this one
    /// come first.
    /// </summary>
    public HoconObject WithFallback(HoconObject fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        if (fallback._entries.Count == 0)
            return this;
        if (_entries.Count == 0)
            return fallback;
        var merged = new OrderedDictionary<string, Entry>(_entries, StringComparer.Ordinal);
        foreach (var (key, entry) in fallback._entries)
        {
            if (!merged.TryGetValue(key, out var own))
                merged.Add(key, entry);
            else if (own.Value is HoconObject upper && entry.Value is HoconObject lower)
                merged[key] = own with { Value = upper.WithFallback(lower) };
        }
        return new HoconObject(merged, Position);
    }

    /// <summary>
    /// The object as one text without includes, substitutions or concatenations, which this reader and Akka.NET's read
    /// alike. Text is always quoted, numbers stay as written. Two things Akka.NET's reader does to any text cannot be
    /// written around: it trims strings, and takes the string <c>"null"</c> for null.
    /// </summary>
    public string Render() => HoconRenderer.Render(this);

    /// <inheritdoc/>
    public override bool Equals(HoconNode? other)
    {
        if (other is not HoconObject that || that._entries.Count != _entries.Count)
            return false;
        foreach (var (key, entry) in _entries)
        {
            if (that.FindKey(key) is not { } value || !value.Equals(entry.Value))
                return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = _entries.Count;
        foreach (var key in _entries.Keys)
            hash ^= string.GetHashCode(key, StringComparison.Ordinal);
        return hash;
    }

    internal readonly record struct Entry(HoconNode Value, SourcePosition KeyPosition);
}
