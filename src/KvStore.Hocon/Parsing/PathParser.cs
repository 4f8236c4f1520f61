namespace KvStore.Hocon.Parsing;

/// <summary>
/// A path, as a key or inside <c>${}</c>: <c>element ('.' element)*</c>, each element one unquoted or one quoted string.
/// HOCON's keys with spaces in them (<c>a b = 1</c>) must be quoted here: they are nearly always a forgotten separator.
/// </summary>
internal static class PathParser
{
    public static IReadOnlyList<string> Parse(TextCursor cursor)
    {
        var elements = new List<string> { TakeElement(cursor) };
        while (cursor.Peek() == '.')
        {
            cursor.Take();
            if (elements.Count == HoconLimits.MaxNesting)
                throw cursor.Error($"nested deeper than {HoconLimits.MaxNesting} levels");
            elements.Add(TakeElement(cursor));
        }
        return elements;
    }

    private static string TakeElement(TextCursor cursor)
    {
        if (cursor.Peek() == '"')
            return StringParser.TakeQuoted(cursor);
        if (!StringParser.AtUnquoted(cursor) || cursor.Peek() == '.')
            throw cursor.Error($"expected a key here, found {cursor.Describe()}");
        return StringParser.TakeUnquoted(cursor, stopAtDot: true);
    }
}
