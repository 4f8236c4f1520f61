using System.Text;

namespace KvStore.Hocon.Parsing;

/// <summary>
/// The three forms of a string:
/// <code>
/// "JSON's, with its escapes"      one line; \" \\ \/ \b \f \n \r \t \uXXXX
/// """anything, as it stands"""    quotes beyond three at the end belong to the text
/// unquoted                        anything but whitespace, a comment, and $ " { } [ ] : = , + # ` ^ ? ! @ * &amp; \
/// </code>
/// </summary>
internal static class StringParser
{
    private const string NotUnquoted = "$\"{}[]:=,+#`^?!@*&\\";
    private const string NotClosed = "the string that begins here is not closed on its line (use \"\"\" for text of several lines)";
    private const string Triple = "\"\"\"";

    public static bool AtUnquoted(TextCursor cursor) => IsUnquoted(cursor.Peek()) && !cursor.AtComment;

    public static string TakeUnquoted(TextCursor cursor, bool stopAtDot)
    {
        var text = new StringBuilder();
        while ((AtUnquoted(cursor) && !(stopAtDot && cursor.Peek() == '.')) || (!stopAtDot && AtExponentSign(cursor, text)))
            text.Append(cursor.Take());
        return text.ToString();
    }

    /// <summary>Takes a quoted or triple-quoted string; the cursor is at its first quote.</summary>
    public static string TakeQuoted(TextCursor cursor) => cursor.Matches(Triple) ? TakeTriple(cursor) : TakeSingle(cursor);

    private static bool IsUnquoted(int c) =>
        c >= 0 && c != '\n' && !TextCursor.IsSpace(c) && !NotUnquoted.Contains((char)c, StringComparison.Ordinal);

    /// <summary>The plus in <c>1e+5</c> is part of the number; any other is not part of an unquoted string.</summary>
    private static bool AtExponentSign(TextCursor cursor, StringBuilder text) =>
        cursor.Peek() == '+' && cursor.Peek(1) is >= '0' and <= '9' && text.Length > 1
        && text[^1] is ('e' or 'E') && char.IsAsciiDigit(text[^2]) && (char.IsAsciiDigit(text[0]) || text[0] == '-');

    private static string TakeSingle(TextCursor cursor)
    {
        var opened = cursor.Position;
        cursor.Take();
        var text = new StringBuilder();
        while (true)
        {
            if (cursor.AtEnd || cursor.Peek() == '\n' || cursor.Matches("\r\n"))
                throw new HoconException(opened, NotClosed);
            if (cursor.Peek() == '\\')
            {
                text.Append(TakeEscape(cursor));
                continue;
            }
            if (cursor.Peek() < ' ')
                throw cursor.Error($"{cursor.Describe()} must be escaped inside a quoted string");
            var c = cursor.Take();
            if (c == '"')
                return text.ToString();
            text.Append(c);
        }
    }

    private static char TakeEscape(TextCursor cursor)
    {
        var start = cursor.Position;
        cursor.Take();
        if (cursor.AtEnd)
            throw new HoconException(start, "the text ends inside an escape");
        var described = cursor.Describe();
        return cursor.Take() switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => TakeHex(cursor, start),
            _ => throw new HoconException(start, $"unknown escape: {described} after a backslash (a backslash itself is written \\\\)"),
        };
    }

    private static char TakeHex(TextCursor cursor, SourcePosition start)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var c = cursor.Peek();
            if (c < 0 || !char.IsAsciiHexDigit((char)c))
                throw new HoconException(start, "\\u needs four hexadecimal digits");
            value = (value << 4) | Convert.ToInt32(cursor.Take().ToString(), 16);
        }
        return (char)value;
    }

    private static string TakeTriple(TextCursor cursor)
    {
        var opened = cursor.Position;
        cursor.Skip(Triple.Length);
        var text = new StringBuilder();
        while (!cursor.Matches(Triple) || cursor.Peek(Triple.Length) == '"')
        {
            if (cursor.AtEnd)
                throw new HoconException(opened, "the \"\"\" that begins here is never closed");
            text.Append(cursor.Take());
        }
        cursor.Skip(Triple.Length);
        return text.ToString();
    }
}
