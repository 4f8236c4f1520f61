namespace KvStore.Hocon;

/// <summary>What a scalar was written as.</summary>
public enum HoconScalarKind
{
    /// <summary>A quoted string, an unquoted word, or several of them side by side.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>: the key is there and says that there is no value.</summary>
    Null,
}

/// <summary>A string, number, boolean or null. The text is kept as written, so that <c>1.0</c> and <c>64k</c> survive.</summary>
public sealed class HoconScalar : HoconNode
{
    internal HoconScalar(string text, HoconScalarKind kind, SourcePosition position)
        : base(position)
    {
        Text = text;
        Kind = kind;
    }

    /// <summary>The value without quotes and escapes.</summary>
    public string Text { get; }

    /// <summary>What it was written as. A quoted <c>"5"</c> is text, and still reads as a number when one is asked for.</summary>
    public HoconScalarKind Kind { get; }

    internal override int Depth => 0;

    internal override long Weight => Text.Length + 4L;

    internal override string Noun => Kind == HoconScalarKind.Null ? "null" : $"'{Text}'";

    /// <inheritdoc/>
    public override bool Equals(HoconNode? other) => other is HoconScalar scalar && scalar.Kind == Kind && scalar.Text == Text;

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Text, StringComparison.Ordinal);

    /// <summary>The text.</summary>
    public override string ToString() => Text;

    /// <summary>An unquoted word as the scalar it means.</summary>
    internal static HoconScalar FromUnquoted(string text, SourcePosition position)
    {
        var kind = text switch
        {
            "true" or "false" => HoconScalarKind.Boolean,
            "null" => HoconScalarKind.Null,
            _ => IsNumber(text) ? HoconScalarKind.Number : HoconScalarKind.Text,
        };
        return new HoconScalar(text, kind, position);
    }

    /// <summary>JSON's grammar: <c>-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?</c>.</summary>
    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("-"))
            text = text[1..];
        var whole = CountDigits(text);
        if (whole == 0 || (whole > 1 && text[0] == '0'))
            return false;
        text = text[whole..];
        if (text.StartsWith("."))
        {
            var fraction = CountDigits(text[1..]);
            if (fraction == 0)
                return false;
            text = text[(1 + fraction)..];
        }
        if (text.IsEmpty)
            return true;
        if (text[0] is not ('e' or 'E'))
            return false;
        text = text[1..];
        if (!text.IsEmpty && text[0] is ('+' or '-'))
            text = text[1..];
        return !text.IsEmpty && CountDigits(text) == text.Length;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var rest = text.IndexOfAnyExceptInRange('0', '9');
        return rest < 0 ? text.Length : rest;
    }
}
