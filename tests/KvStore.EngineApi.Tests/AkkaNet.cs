using System.Reflection;

namespace KvStore.EngineApi;

/// <summary>
/// The signatures that were checked to be Akka.NET 1.5's: <c>akka-1.5.txt</c>, a line each. A line that is added there must be true of
/// Akka.NET: a build with <c>-p:ActorEngine=Akka</c> checks them all against the packages.
/// </summary>
internal static class AkkaNet
{
    private static readonly HashSet<string> s_lines = [.. ReadLines()];

    public static IReadOnlySet<string> Lines => s_lines;

    /// <summary>True when what is written against that signature compiles on Akka.NET.</summary>
    public static bool Has(string signature) => s_lines.Contains(signature) || s_lines.Any(line => IsLonger(line, signature));

    /// <summary>The signatures of the same name, for the sentence that says that one is missing.</summary>
    public static IEnumerable<string> OverloadsOf(string signature) => s_lines.Where(line => Key(line) == Key(signature)).Order(StringComparer.Ordinal);

    // Parameters that a caller may leave out may be missing here: "(A a)" is as good as "(A a, B b = default)".
    private static bool IsLonger(string line, string signature)
    {
        var common = signature.EndsWith("()", StringComparison.Ordinal) ? signature[..^1] : signature[..^1] + ", ";
        return signature.EndsWith(')') && line.StartsWith(common, StringComparison.Ordinal)
            && line[common.Length..^1].Split(", ").All(static parameter => parameter.Contains(" = ", StringComparison.Ordinal));
    }

    // "Props: static Props Create<T>(…)" is "Props: Create": the last word before what follows the name.
    private static string Key(string line)
    {
        var type = line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)];
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var member = line[type.Length..(open < 0 ? line.Length : open)].Split('{', '=')[0].Trim();
        if (member.EndsWith('>'))
            member = member[..member.LastIndexOf('<')];
        return $"{type} {member.Split(' ')[^1]}";
    }

    private static IEnumerable<string> ReadLines()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("akka-1.5.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                yield return line;
        }
    }
}
