namespace KvStore.Protocol.Text;

/// <summary>Cuts whole lines of the text protocol into arguments of their own, for the client side.</summary>
public static class TextLine
{
    /// <summary>
    /// Splits <paramref name="line"/>, which carries no newline; false when its quotes are unbalanced. An empty line
    /// gives no arguments.
    /// </summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, out IReadOnlyList<byte[]> arguments)
    {
        var copy = line.TrimEnd((byte)'\r').ToArray();
        var tokens = new TextTokenizer(copy);
        var split = new List<byte[]>();
        while (tokens.MoveNext())
            split.Add(copy.AsSpan(tokens.Offset, tokens.Length).ToArray());
        arguments = split;
        return !tokens.IsUnbalanced;
    }
}
