namespace KvStore.Protocol.Commands;

/// <summary>
/// Redis's glob, byte by byte, for KEYS, SCAN and CONFIG GET.
/// <code>
/// pattern = { "*" | "?" | class | "\" byte | byte }
/// class   = "[" [ "^" ] { byte "-" byte | "\" byte | byte } "]"    an unclosed class ends with the pattern
/// </code>
/// Time is at most length of pattern × length of text: only the last star is ever retried, so no pattern is exponential.
/// </summary>
public static class GlobPattern
{
    /// <summary>True when <paramref name="pattern"/> matches all of <paramref name="text"/>.</summary>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool ignoreCase = false)
    {
        var p = 0;
        var t = 0;
        var afterStar = -1;
        var retryFrom = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                afterStar = ++p;
                retryFrom = t;
            }
            else if (p < pattern.Length && TakeOne(pattern, ref p, text[t], ignoreCase))
            {
                t++;
            }
            else if (afterStar >= 0)
            {
                p = afterStar;
                t = ++retryFrom;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    // Matches one element against one byte and moves behind the element.
    private static bool TakeOne(ReadOnlySpan<byte> pattern, ref int p, byte b, bool ignoreCase)
    {
        switch (pattern[p])
        {
            case (byte)'?':
                p++;
                return true;
            case (byte)'[':
                return TakeClass(pattern, ref p, b, ignoreCase);
            case (byte)'\\' when p + 1 < pattern.Length:
                p += 2;
                return Fold(pattern[p - 1], ignoreCase) == Fold(b, ignoreCase);
            default:
                return Fold(pattern[p++], ignoreCase) == Fold(b, ignoreCase);
        }
    }

    private static bool TakeClass(ReadOnlySpan<byte> pattern, ref int p, byte b, bool ignoreCase)
    {
        p++;
        var negated = p < pattern.Length && pattern[p] == '^';
        if (negated)
            p++;
        var matched = false;
        var folded = Fold(b, ignoreCase);
        for (; p < pattern.Length && pattern[p] != ']'; p++)
        {
            if (pattern[p] == '\\' && p + 1 < pattern.Length)
            {
                matched |= pattern[++p] == b;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == '-')
            {
                var low = Fold(Math.Min(pattern[p], pattern[p + 2]), ignoreCase);
                var high = Fold(Math.Max(pattern[p], pattern[p + 2]), ignoreCase);
                matched |= folded >= low && folded <= high;
                p += 2;
            }
            else
            {
                matched |= Fold(pattern[p], ignoreCase) == folded;
            }
        }
        if (p < pattern.Length)
            p++;
        return matched != negated;
    }

    private static byte Fold(byte b, bool ignoreCase) => ignoreCase && b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
