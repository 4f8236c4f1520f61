using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>CONFIG: settings are read here and written in HOCON.</summary>
internal static class ConfigCommands
{
    public static string Value(IServerFacts facts, string name) =>
        facts.Configuration.TryGetValue(name, out var value) ? value : ConfigDefaults.All.GetValueOrDefault(name, "");

    public static void Get(ref CommandContext context)
    {
        var facts = context.Facts;
        var names = ConfigDefaults.All.Keys.Union(facts.Configuration.Keys, StringComparer.Ordinal).ToList();
        // By name, and how it is shown: one asked for without a pattern comes back as it was spelled.
        var found = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 2; i < context.Count; i++)
        {
            var isPattern = context[i].IndexOfAny("*?["u8) >= 0;
            foreach (var name in names)
            {
                if (IsMatch(context[i], name, isPattern))
                    found.TryAdd(name, isPattern ? name : context.Text(i));
            }
        }
        context.Reply.Map(found.Count);
        foreach (var (name, shown) in found)
        {
            context.Reply.Bulk(shown);
            context.Reply.Bulk(Value(facts, name));
        }
    }

    public static void Set(ref CommandContext context)
    {
        var name = context.Text(2);
        var isKnown = ConfigDefaults.All.ContainsKey(name.ToLowerInvariant())
            || context.Facts.Configuration.ContainsKey(name.ToLowerInvariant());
        context.Reply.Error(isKnown
            ? $"ERR CONFIG SET failed (possibly related to argument '{name}') - can't set immutable config"
            : $"ERR Unknown option or number of arguments for CONFIG SET - '{name}'");
    }

    public static void ResetStat(ref CommandContext context)
    {
        context.Counters.Reset();
        context.Reply.Ok();
    }

    public static void Rewrite(ref CommandContext context) => context.Reply.Error("ERR The server is running without a config file"u8);

    private static bool IsMatch(ReadOnlySpan<byte> asked, string name, bool isPattern)
    {
        Span<byte> bytes = stackalloc byte[Math.Min(name.Length, 256)];
        Encoding.Latin1.GetBytes(name.AsSpan(0, bytes.Length), bytes);
        return isPattern ? GlobPattern.IsMatch(asked, bytes, ignoreCase: true) : Ascii.EqualsIgnoreCase(asked, bytes);
    }
}
