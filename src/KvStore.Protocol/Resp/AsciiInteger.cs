using System.Runtime.CompilerServices;

namespace KvStore.Protocol.Resp;

/// <summary>
/// Decimal integers as the protocol and the commands write them.
/// Grammar: <c>"0" | ["-"] nonzero-digit { digit }</c> within 64 bits. No plus sign, no leading zero, no blanks, no
/// <c>-0</c>: a number has exactly one spelling, so that INCR never rewrites a value that it would print differently.
/// </summary>
public static class AsciiInteger
{
    /// <summary>The longest spelling: <c>-9223372036854775808</c>.</summary>
    public const int MaxLength = 20;

    /// <summary>Reads all of <paramref name="text"/> as one integer; false when it is not one, or does not fit.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > MaxLength)
            return false;
        var negative = text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.IsEmpty)
            return false;
        if (digits[0] == '0')
            return digits.Length == 1 && !negative;
        // 19 digits always fit in 64 unsigned bits, and a 20th is refused, so only the last comparison can overflow.
        if (digits.Length > 19)
            return false;
        var magnitude = 0UL;
        foreach (var b in digits)
        {
            var digit = (uint)(b - '0');
            if (digit > 9)
                return false;
            magnitude = (magnitude * 10) + digit;
        }
        var limit = negative ? (ulong)long.MaxValue + 1 : long.MaxValue;
        if (magnitude > limit)
            return false;
        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        return true;
    }

    /// <summary>Writes <paramref name="value"/> and returns how many bytes it took; <paramref name="destination"/> holds <see cref="MaxLength"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> destination, long value)
    {
        if ((ulong)value < 10)
        {
            destination[0] = (byte)('0' + value);
            return 1;
        }
        if ((ulong)value < 100)
        {
            var tens = (uint)value / 10;
            destination[1] = (byte)('0' + ((uint)value - (tens * 10)));
            destination[0] = (byte)('0' + tens);
            return 2;
        }
        value.TryFormat(destination, out var written);
        return written;
    }
}
