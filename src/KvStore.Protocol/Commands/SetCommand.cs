namespace KvStore.Protocol.Commands;

/// <summary>
/// <c>SET key value [NX | XX] [GET] [EX seconds | PX ms | EXAT seconds | PXAT ms | KEEPTTL]</c>. Options may stand in
/// any order and be repeated; the last of a kind counts, two of exclusive kinds are a syntax error.
/// </summary>
internal static class SetCommand
{
    private const int WithoutOptions = 3;

    public static void Set(ref CommandContext context)
    {
        if (context.Count == WithoutOptions)
        {
            context.Replica.Set(context[1], context[2]);
            context.Reply.Ok();
        }
        else
        {
            SetWithOptions(ref context);
        }
    }

    private static void SetWithOptions(ref CommandContext context)
    {
        if (!Options.TryRead(in context, out var options))
        {
            context.Reply.Error(Errors.Syntax);
            return;
        }
        var expiresAtMs = 0L;
        if (options.ExpiryArgument > 0 && !TryExpiry(in context, options, out expiresAtMs))
            return;
        var found = context.Replica.TryGet(context[1], out var entry);
        if (options.Get)
            StringCommands.Get(ref context);
        if ((options.IfAbsent && found) || (options.IfPresent && !found))
        {
            if (!options.Get)
                context.Reply.Null();
            return;
        }
        if (options.KeepTtl && found)
            expiresAtMs = entry.ExpiresAtMs;
        if (expiresAtMs != 0 && expiresAtMs <= context.Replica.NowMs)
            context.Replica.Delete(context[1]);
        else
            context.Replica.Set(context[1], context[2], expiresAtMs);
        if (!options.Get)
            context.Reply.Ok();
    }

    private static bool TryExpiry(ref readonly CommandContext context, Options options, out long expiresAtMs)
    {
        if (!context.TryInteger(options.ExpiryArgument, out expiresAtMs))
            return false;
        var isSeconds = options.Expiry is Expiry.Seconds or Expiry.AtSecond;
        var baseMs = options.Expiry is Expiry.Seconds or Expiry.Milliseconds ? context.Replica.NowMs : 0;
        if (expiresAtMs > 0 && (!isSeconds || expiresAtMs <= long.MaxValue / 1000))
        {
            expiresAtMs *= isSeconds ? 1000 : 1;
            if (expiresAtMs <= long.MaxValue - baseMs)
            {
                expiresAtMs += baseMs;
                return true;
            }
        }
        context.Reply.Error(Errors.InvalidExpireTime(context.Spec));
        return false;
    }

    private enum Expiry
    {
        None,
        Seconds,
        Milliseconds,
        AtSecond,
        AtMillisecond,
    }

    private struct Options
    {
        public bool IfAbsent;
        public bool IfPresent;
        public bool Get;
        public bool KeepTtl;
        public Expiry Expiry;
        public int ExpiryArgument;

        public static bool TryRead(ref readonly CommandContext context, out Options options)
        {
            options = default;
            for (var i = WithoutOptions; i < context.Count; i++)
            {
                if (context.Is(i, "NX"u8) && !options.IfPresent)
                    options.IfAbsent = true;
                else if (context.Is(i, "XX"u8) && !options.IfAbsent)
                    options.IfPresent = true;
                else if (context.Is(i, "GET"u8))
                    options.Get = true;
                else if (context.Is(i, "KEEPTTL"u8) && options.Expiry == Expiry.None)
                    options.KeepTtl = true;
                else if (!options.TryReadExpiry(in context, ref i))
                    return false;
            }
            return true;
        }

        private bool TryReadExpiry(ref readonly CommandContext context, ref int index)
        {
            var kind = context.Is(index, "EX"u8) ? Expiry.Seconds
                : context.Is(index, "PX"u8) ? Expiry.Milliseconds
                : context.Is(index, "EXAT"u8) ? Expiry.AtSecond
                : context.Is(index, "PXAT"u8) ? Expiry.AtMillisecond
                : Expiry.None;
            if (kind == Expiry.None || KeepTtl || (Expiry != Expiry.None && Expiry != kind) || index + 1 == context.Count)
                return false;
            Expiry = kind;
            ExpiryArgument = ++index;
            return true;
        }
    }
}
