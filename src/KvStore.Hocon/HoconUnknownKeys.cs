namespace KvStore.Hocon;

/// <summary>A key that nothing reads.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Position">Where the key stands.</param>
/// <param name="Suggestion">The path that was probably meant; null when none is close.</param>
public sealed record HoconUnknownKey(string Path, SourcePosition Position, string? Suggestion)
{
    /// <summary>The finding as a sentence, without its position.</summary>
    public override string ToString() =>
        Suggestion is null ? $"{Path} is not a setting" : $"{Path} is not a setting; did you mean {Suggestion}?";
}

/// <summary>
/// Finds keys that a reference configuration does not have. A misspelt setting is otherwise silently its default. An object
/// that is empty in the reference is open: any keys may stand in it.
/// </summary>
public static class HoconUnknownKeys
{
    /// <summary>Longer keys get no suggestion: the distance costs the product of the lengths.</summary>
    private const int MaxSuggestedLength = 64;

    /// <summary>The keys below <paramref name="prefix"/> that the reference does not have, in the order of the configuration.</summary>
    public static IReadOnlyList<HoconUnknownKey> Find(HoconObject configuration, HoconObject reference, string prefix)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(reference);
        var found = new List<HoconUnknownKey>();
        if (configuration.Find(prefix) is HoconObject actual && reference.Find(prefix) is HoconObject known)
            Compare(actual, known, prefix, found);
        return found;
    }

    /// <summary>Throws for the first unknown key, at its position, and counts the others.</summary>
    /// <exception cref="HoconException">There is one.</exception>
    public static void ThrowIfAny(HoconObject configuration, HoconObject reference, string prefix)
    {
        var found = Find(configuration, reference, prefix);
        if (found.Count == 0)
            return;
        var others = found.Count == 1 ? "" : $" (and {found.Count - 1} more like it)";
        throw new HoconException(found[0].Position, $"{found[0]}{others}");
    }

    private static void Compare(HoconObject actual, HoconObject known, string path, List<HoconUnknownKey> found)
    {
        if (known.Keys.Count == 0)
            return;
        foreach (var (key, value) in actual.Entries)
        {
            var full = $"{path}.{HoconPath.Quote(key)}";
            if (known.FindKey(key) is not { } expected)
            {
                var suggestion = Suggest(key, known.Keys) is { } close ? $"{path}.{HoconPath.Quote(close)}" : null;
                found.Add(new HoconUnknownKey(full, actual.KeyPosition(key)!.Value, suggestion));
            }
            else if (value is HoconObject inner && expected is HoconObject knownInner)
            {
                Compare(inner, knownInner, full, found);
            }
        }
    }

    private static string? Suggest(string key, IReadOnlyList<string> candidates)
    {
        if (key.Length > MaxSuggestedLength)
            return null;
        string? best = null;
        var bestDistance = Math.Max(1, key.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (candidate.Length > MaxSuggestedLength)
                continue;
            var distance = Distance(key, candidate);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) from one word to the other: optimal string alignment.</summary>
    private static int Distance(string from, string to)
    {
        int[] beforePrevious = [];
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var current = new int[to.Length + 1];
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var same = from[i - 1] == to[j - 1];
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
            }
            (beforePrevious, previous) = (previous, current);
        }
        return previous[to.Length];
    }
}
