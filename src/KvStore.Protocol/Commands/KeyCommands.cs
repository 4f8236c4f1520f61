using KvStore.Core.Storage;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>Commands about keys as such, and the two that walk all of them.</summary>
internal static class KeyCommands
{
    // Entries that one SCAN call visits unless it says otherwise; Redis's default.
    private const int DefaultScanCount = 10;

    public static void Delete(ref CommandContext context)
    {
        var deleted = 0;
        for (var i = 1; i < context.Count; i++)
        {
            if (context.Replica.Delete(context[i]))
                deleted++;
        }
        context.Reply.Integer(deleted);
    }

    public static void Exists(ref CommandContext context)
    {
        var found = 0;
        for (var i = 1; i < context.Count; i++)
        {
            if (context.Replica.TryGet(context[i], out _))
                found++;
        }
        context.Reply.Integer(found);
    }

    public static void Type(ref CommandContext context) =>
        context.Reply.Simple(context.Replica.TryGet(context[1], out _) ? "string"u8 : "none"u8);

    public static void DbSize(ref CommandContext context) => context.Reply.Integer(context.Replica.Count);

    public static void FlushAll(ref CommandContext context)
    {
        if (context.Count > 2 || (context.Count == 2 && !context.Is(1, "SYNC"u8) && !context.Is(1, "ASYNC"u8)))
        {
            context.Reply.Error(Errors.Syntax);
            return;
        }
        context.Replica.FlushAll();
        context.Reply.Ok();
    }

    public static void Keys(ref CommandContext context)
    {
        var keys = new KeyCollector(context.Reply, context[1]);
        var mark = context.Reply.BeginDeferred();
        var cursor = 0UL;
        do
            cursor = context.Replica.Scan(cursor, int.MaxValue, ref keys);
        while (cursor != 0);
        context.Reply.EndDeferredArray(mark, keys.Count);
    }

    public static void Scan(ref CommandContext context)
    {
        if (!TryCursor(context[1], out var cursor))
        {
            context.Reply.Error(Errors.InvalidCursor);
            return;
        }
        if (!TryScanOptions(ref context, out var count, out var pattern, out var isOtherType))
            return;
        var keys = new KeyCollector(context.Reply, pattern) { TakesNone = isOtherType };
        var mark = context.Reply.BeginDeferred();
        cursor = context.Replica.Scan(cursor, count, ref keys);
        context.Reply.EndDeferredScan(mark, cursor, keys.Count);
    }

    private static bool TryScanOptions(
        ref CommandContext context, out int count, out ReadOnlySpan<byte> pattern, out bool isOtherType)
    {
        count = DefaultScanCount;
        pattern = "*"u8;
        isOtherType = false;
        for (var i = 2; i < context.Count; i += 2)
        {
            var hasValue = i + 1 < context.Count;
            if (hasValue && context.Is(i, "COUNT"u8))
            {
                if (!context.TryInteger(i + 1, out var wanted))
                    return false;
                if (wanted < 1)
                {
                    context.Reply.Error(Errors.Syntax);
                    return false;
                }
                count = (int)Math.Min(wanted, int.MaxValue);
            }
            else if (hasValue && context.Is(i, "MATCH"u8))
            {
                pattern = context[i + 1];
            }
            else if (hasValue && context.Is(i, "TYPE"u8))
            {
                isOtherType = !context.Is(i + 1, "string"u8);
            }
            else
            {
                context.Reply.Error(Errors.Syntax);
                return false;
            }
        }
        return true;
    }

    // As C's strtoul reads it, which Redis uses: nothing counts as 0, a sign is allowed, and -1 wraps around.
    public static bool TryCursor(ReadOnlySpan<byte> text, out ulong cursor)
    {
        cursor = 0;
        if (text.IsEmpty)
            return true;
        var digits = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !ulong.TryParse(digits, out cursor))
            return false;
        if (text[0] == '-')
            cursor = unchecked(0 - cursor);
        return true;
    }

    /// <summary>Writes the keys that match as they are visited.</summary>
    private ref struct KeyCollector(ReplyWriter reply, ReadOnlySpan<byte> pattern) : IEntryVisitor
    {
        private readonly ReadOnlySpan<byte> _pattern = pattern;
        private readonly bool _takesAll = pattern is [(byte)'*'];

        public bool TakesNone { get; init; }

        public int Count { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (TakesNone || (!_takesAll && !GlobPattern.IsMatch(_pattern, key)))
                return;
            reply.Bulk(key);
            Count++;
        }
    }
}
