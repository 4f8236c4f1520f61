using System.Buffers;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>GET, MSET and the rest of the string family but SET and the counters.</summary>
internal static class StringCommands
{
    public static void Get(ref CommandContext context)
    {
        if (context.Replica.TryGet(context[1], out var entry))
        {
            context.Counters.Hits++;
            context.Reply.Bulk(entry.Value);
        }
        else
        {
            context.Counters.Misses++;
            context.Reply.Null();
        }
    }

    public static void Put(ref CommandContext context)
    {
        context.Replica.Set(context[1], context[2]);
        context.Reply.Ok();
    }

    public static void GetSet(ref CommandContext context)
    {
        // The old value is written first: it lies in the table, which the Set changes.
        Get(ref context);
        context.Replica.Set(context[1], context[2]);
    }

    public static void GetDel(ref CommandContext context)
    {
        Get(ref context);
        context.Replica.Delete(context[1]);
    }

    public static void MultiGet(ref CommandContext context)
    {
        context.Reply.Array(context.Count - 1);
        for (var i = 1; i < context.Count; i++)
        {
            if (context.Replica.TryGet(context[i], out var entry))
            {
                context.Counters.Hits++;
                context.Reply.Bulk(entry.Value);
            }
            else
            {
                context.Counters.Misses++;
                context.Reply.Null();
            }
        }
    }

    public static void MultiSet(ref CommandContext context)
    {
        if (context.Count % 2 == 0)
        {
            context.Reply.Error(Errors.WrongArity(context.Spec));
            return;
        }
        for (var i = 1; i < context.Count; i += 2)
            context.Replica.Set(context[i], context[i + 1]);
        context.Reply.Ok();
    }

    public static void Append(ref CommandContext context)
    {
        var found = context.Replica.TryGet(context[1], out var entry);
        if (!found)
            entry = default;
        var suffix = context[2];
        var length = entry.Value.Length + suffix.Length;
        if (length > context.Limits.MaxValueBytes)
        {
            context.Reply.Error(RequestError.ValueTooLong(length, context.Limits).Message);
            return;
        }
        if (found && suffix.IsEmpty)
        {
            context.Reply.Integer(length);
            return;
        }
        var joined = ArrayPool<byte>.Shared.Rent(length);
        entry.Value.CopyTo(joined);
        suffix.CopyTo(joined.AsSpan(entry.Value.Length));
        context.Replica.Set(context[1], joined.AsSpan(0, length), entry.ExpiresAtMs);
        ArrayPool<byte>.Shared.Return(joined);
        context.Reply.Integer(length);
    }

    public static void StringLength(ref CommandContext context) =>
        context.Reply.Integer(context.Replica.TryGet(context[1], out var entry) ? entry.Value.Length : 0);
}
