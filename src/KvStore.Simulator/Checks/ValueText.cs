using System.Globalization;

namespace KvStore.Simulator.Checks;

/// <summary>
/// A value as clients write it, taken apart: a number that was counted, or none, and behind it the pieces that were set and appended.
/// <code>
/// value = [integer] *piece        piece = "v" client "." number *"."
/// </code>
/// </summary>
internal static class ValueText
{
    /// <summary>The number of the last piece, which is the one that the write of this value brought; null where there is none.</summary>
    public static long? LastNumber(ReadOnlySpan<char> value)
    {
        var at = value.LastIndexOf('v');
        return at < 0 ? null : NumberOf(value[at..]);
    }

    /// <summary>Takes the next piece off the front; false when what is there is none.</summary>
    public static bool TryTake(ref ReadOnlySpan<char> value, out ReadOnlySpan<char> piece, out long number)
    {
        piece = default;
        number = 0;
        if (value.IsEmpty || value[0] != 'v')
            return false;
        var end = value[1..].IndexOf('v');
        piece = end < 0 ? value : value[..(end + 1)];
        value = value[piece.Length..];
        number = NumberOf(piece) ?? 0;
        return true;
    }

    /// <summary>Takes the counted number off the front; 0 when there is none.</summary>
    public static long TakeCount(ref ReadOnlySpan<char> value)
    {
        var length = value.IndexOf('v');
        length = length < 0 ? value.Length : length;
        if (!long.TryParse(value[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count))
            return 0;
        value = value[length..];
        return count;
    }

    private static long? NumberOf(ReadOnlySpan<char> piece)
    {
        var dot = piece.IndexOf('.');
        if (dot < 0)
            return null;
        var digits = piece[(dot + 1)..].TrimEnd('.');
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
