using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>INCR and its kin: the value is a decimal integer, an absent one counts as 0, and its time to live stays.</summary>
internal static class CounterCommands
{
    public static void Increment(ref CommandContext context) => Add(ref context, 1);

    public static void Decrement(ref CommandContext context) => Add(ref context, -1);

    public static void IncrementBy(ref CommandContext context)
    {
        if (context.TryInteger(2, out var delta))
            Add(ref context, delta);
    }

    public static void DecrementBy(ref CommandContext context)
    {
        if (!context.TryInteger(2, out var delta))
            return;
        if (delta == long.MinValue)
            context.Reply.Error("ERR decrement would overflow"u8);
        else
            Add(ref context, -delta);
    }

    private static void Add(ref CommandContext context, long delta)
    {
        var value = 0L;
        if (!context.Replica.TryGet(context[1], out var entry))
        {
            entry = default;
        }
        else if (!AsciiInteger.TryParse(entry.Value, out value))
        {
            context.Reply.Error(Errors.NotAnInteger);
            return;
        }
        var sum = unchecked(value + delta);
        // Overflow: both operands have one sign, and the sum the other.
        if (((value ^ sum) & (delta ^ sum)) < 0)
        {
            context.Reply.Error(Errors.Overflow);
            return;
        }
        Span<byte> digits = stackalloc byte[AsciiInteger.MaxLength];
        var length = AsciiInteger.Write(digits, sum);
        context.Replica.Set(context[1], digits[..length], entry.ExpiresAtMs);
        context.Reply.Integer(sum);
    }
}
