using System.Globalization;
using KvStore.Hocon.Parsing;

namespace KvStore.Hocon;

/// <summary>Environment variables as settings, by the convention of Akka.Bootstrap.Docker.</summary>
public static partial class HoconOverrides
{
    /// <summary>The prefixes that are read when no others are named.</summary>
    public static IReadOnlyList<string> DefaultPrefixes { get; } = ["KV__", "AKKA__"];

    private const string ElementSeparator = "__";

    /// <summary>
    /// Reads variables whose name begins with one of the prefixes: <c>__</c> separates path elements, <c>_</c> is a hyphen,
    /// letters become small. <c>KV__GATEWAY__PORT=6200</c> is <c>kv.gateway.port = 6200</c>, and elements that are all numbers
    /// make a list: <c>AKKA__CLUSTER__SEED_NODES__0</c> is the first of <c>akka.cluster.seed-nodes</c>. A value that begins with
    /// <c>[</c> or <c>{</c> is HOCON, any other is taken as it is.
    /// </summary>
    /// <param name="variables">Names and values; order does not matter.</param>
    /// <param name="prefixes">What names must begin with, compared exactly; none for <see cref="DefaultPrefixes"/>.</param>
    /// <exception cref="HoconException">
    /// A name has an empty element, two variables contradict each other, or a list or object in a value is not HOCON. Its source is
    /// the variable's name.
    /// </exception>
    public static HoconObject FromEnvironment(IEnumerable<KeyValuePair<string, string>> variables, params string[] prefixes)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(prefixes);
        IReadOnlyList<string> wanted = prefixes.Length > 0 ? prefixes : DefaultPrefixes;
        var root = new Branch();
        var chosen = variables.Where(v => wanted.Any(prefix => v.Key.StartsWith(prefix, StringComparison.Ordinal)));
        foreach (var (name, value) in chosen.OrderBy(static v => v.Key, StringComparer.Ordinal))
            root.Add(name, value);
        return root.Children.Count == 0 ? HoconObject.Empty : root.ToObject();
    }

    /// <summary>The variables whose names share a beginning.</summary>
    private sealed class Branch
    {
        public OrderedDictionary<string, Branch> Children { get; } = new(StringComparer.Ordinal);

        private HoconNode? _value;
        private SourcePosition _position;

        public void Add(string name, string value)
        {
            var position = new SourcePosition(name, 1, 1);
            var elements = name.Split(ElementSeparator);
            if (elements.Length > HoconLimits.MaxNesting / 2)
                throw new HoconException(position, $"the name has more than {HoconLimits.MaxNesting / 2} path elements");
            var branch = this;
            foreach (var element in elements)
            {
                if (element.Length == 0)
                    throw new HoconException(position, "the name has an empty path element; two underscores separate elements");
                var key = element.Replace('_', '-').ToLowerInvariant();
                if (!branch.Children.TryGetValue(key, out var child))
                    branch.Children.Add(key, child = new Branch { _position = position });
                if (child._value is not null)
                    throw new HoconException(position, $"{child._position.Source} sets the same path, or a part of it");
                branch = child;
            }
            if (branch.Children.Count > 0)
                throw new HoconException(position, $"{branch._position.Source} sets a part of the same path");
            branch._value = ReadValue(name, value);
            branch._position = position;
        }

        public HoconObject ToObject()
        {
            var entries = new OrderedDictionary<string, HoconObject.Entry>(StringComparer.Ordinal);
            foreach (var (key, child) in Children)
                entries.Add(key, new HoconObject.Entry(child.ToNode(), child._position));
            return new HoconObject(entries, Children.GetAt(0).Value._position);
        }

        private HoconNode ToNode()
        {
            if (_value is not null)
                return _value;
            if (!Children.Keys.All(static key => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                return ToObject();
            var items = Children.OrderBy(static child => int.Parse(child.Key)).Select(static child => child.Value.ToNode());
            return new HoconArray(items.ToList(), _position);
        }

        private static HoconNode ReadValue(string name, string value)
        {
            if (!value.StartsWith('[') && !value.StartsWith('{'))
                return HoconScalar.FromUnquoted(value, new SourcePosition(name, 1, 1));
            const string key = "value";
            var options = HoconOptions.Default;
            var tree = new HoconParser(new HoconSource(name, value), options).ParseValueOf(key);
            return new Resolver(tree, options.Environment).Resolve().FindKey(key)!;
        }
    }
}
