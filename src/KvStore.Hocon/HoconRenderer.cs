using System.Text;

namespace KvStore.Hocon;

/// <summary>
/// Writes the subset of HOCON that this reader and Akka.NET 1.5's understand alike: one key a line, <c>key = scalar</c>,
/// <c>key = [a, b]</c>, <c>key {</c> … <c>}</c>. No comma between fields and no space inside an empty list, because
/// Akka.NET's reader stumbles over the one and sees an element in the other.
/// </summary>
internal static class HoconRenderer
{
    private const int IndentWidth = 2;

    public static string Render(HoconObject root)
    {
        var text = new StringBuilder();
        AppendFields(text, root, indent: 0);
        return text.ToString();
    }

    public static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                default:
                    if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF')
                        text.Append("\\u").Append(((int)c).ToString("x4"));
                    else
                        text.Append(c);
                    break;
            }
        }
        text.Append('"');
    }

    private static void AppendFields(StringBuilder text, HoconObject value, int indent)
    {
        foreach (var (key, child) in value.Entries)
        {
            text.Append(' ', indent).Append(HoconPath.Quote(key));
            text.Append(child is HoconObject ? " " : " = ");
            AppendValue(text, child, indent);
            text.Append('\n');
        }
    }

    private static void AppendValue(StringBuilder text, HoconNode value, int indent)
    {
        switch (value)
        {
            case HoconObject { Keys.Count: 0 }:
                text.Append("{}");
                break;
            case HoconObject child:
                text.Append("{\n");
                AppendFields(text, child, indent + IndentWidth);
                text.Append(' ', indent).Append('}');
                break;
            case HoconArray array:
                AppendList(text, array, indent);
                break;
            case HoconScalar { Kind: HoconScalarKind.Text } scalar:
                AppendQuoted(text, scalar.Text);
                break;
            case HoconScalar scalar:
                text.Append(scalar.Text);
                break;
        }
    }

    private static void AppendList(StringBuilder text, HoconArray array, int indent)
    {
        text.Append('[');
        for (var i = 0; i < array.Items.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            AppendValue(text, array.Items[i], indent);
        }
        text.Append(']');
    }
}
