using System.Text;
using KvStore.Hocon.Parsing;

namespace KvStore.Hocon;

/// <summary>Paths: elements joined by dots, an element in quotes when it holds anything but letters, digits, - and _.</summary>
internal static class HoconPath
{
    /// <summary>The elements of a path.</summary>
    /// <exception cref="FormatException">The text is not a path.</exception>
    public static IReadOnlyList<string> Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (IsPlain(path))
            return path.Split('.');
        try
        {
            var cursor = new TextCursor(path, "<path>");
            var elements = PathParser.Parse(cursor);
            return cursor.AtEnd ? elements : throw cursor.Error($"'{path}' is not a path");
        }
        catch (HoconException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public static string Join(IEnumerable<string> elements) => string.Join('.', elements.Select(Quote));

    public static string Quote(string key)
    {
        if (key.Length > 0 && key[0] is not '-' && key != "include" && key.All(IsPlainChar))
            return key;
        var text = new StringBuilder();
        HoconRenderer.AppendQuoted(text, key);
        return text.ToString();
    }

    private static bool IsPlainChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private static bool IsPlain(string path)
    {
        var previous = '.';
        foreach (var c in path)
        {
            if (!IsPlainChar(c) && (c != '.' || previous == '.'))
                return false;
            previous = c;
        }
        return previous != '.';
    }
}
