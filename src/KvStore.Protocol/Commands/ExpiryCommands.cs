namespace KvStore.Protocol.Commands;

/// <summary>EXPIRE and its kin. A time that has passed deletes; the reply is 1 when something changed.</summary>
internal static class ExpiryCommands
{
    private const int WithoutOptions = 3;

    [Flags]
    private enum Conditions
    {
        None = 0,
        WithoutExpiry = 1,
        WithExpiry = 2,
        Greater = 4,
        Less = 8,
    }

    public static void Expire(ref CommandContext context) => Apply(ref context, context.Replica.NowMs, unitMs: 1000);

    public static void PExpire(ref CommandContext context) => Apply(ref context, context.Replica.NowMs, unitMs: 1);

    public static void ExpireAt(ref CommandContext context) => Apply(ref context, baseMs: 0, unitMs: 1000);

    public static void PExpireAt(ref CommandContext context) => Apply(ref context, baseMs: 0, unitMs: 1);

    public static void Ttl(ref CommandContext context) => Remaining(ref context, unitMs: 1000);

    public static void PTtl(ref CommandContext context) => Remaining(ref context, unitMs: 1);

    public static void ExpireTime(ref CommandContext context) => At(ref context, unitMs: 1000);

    public static void PExpireTime(ref CommandContext context) => At(ref context, unitMs: 1);

    public static void Persist(ref CommandContext context)
    {
        var changes = context.Replica.TryGet(context[1], out var entry) && entry.ExpiresAtMs != 0;
        if (changes)
            context.Replica.SetExpiry(context[1], 0);
        context.Reply.Integer(changes ? 1 : 0);
    }

    private static void Remaining(ref CommandContext context, int unitMs)
    {
        var remaining = !context.Replica.TryGet(context[1], out var entry) ? -2
            : entry.ExpiresAtMs == 0 ? -1
            : unitMs == 1 ? entry.ExpiresAtMs - context.Replica.NowMs
            : (entry.ExpiresAtMs - context.Replica.NowMs + (unitMs / 2)) / unitMs;
        context.Reply.Integer(remaining);
    }

    private static void At(ref CommandContext context, int unitMs)
    {
        var at = !context.Replica.TryGet(context[1], out var entry) ? -2
            : entry.ExpiresAtMs == 0 ? -1
            : unitMs == 1 ? entry.ExpiresAtMs
            : (entry.ExpiresAtMs + (unitMs / 2)) / unitMs;
        context.Reply.Integer(at);
    }

    private static void Apply(ref CommandContext context, long baseMs, int unitMs)
    {
        if (!TryConditions(ref context, out var conditions) || !context.TryInteger(2, out var when))
            return;
        if (when > long.MaxValue / unitMs || when < long.MinValue / unitMs || when * unitMs > long.MaxValue - baseMs)
        {
            context.Reply.Error(Errors.InvalidExpireTime(context.Spec));
            return;
        }
        var expiresAtMs = (when * unitMs) + baseMs;
        if (!context.Replica.TryGet(context[1], out var entry) || !Holds(conditions, expiresAtMs, entry.ExpiresAtMs))
        {
            context.Reply.Integer(0);
            return;
        }
        if (expiresAtMs <= context.Replica.NowMs)
            context.Replica.Delete(context[1]);
        else
            context.Replica.SetExpiry(context[1], expiresAtMs);
        context.Reply.Integer(1);
    }

    private static bool TryConditions(ref CommandContext context, out Conditions conditions)
    {
        conditions = Conditions.None;
        for (var i = WithoutOptions; i < context.Count; i++)
        {
            var condition = context.Is(i, "NX"u8) ? Conditions.WithoutExpiry
                : context.Is(i, "XX"u8) ? Conditions.WithExpiry
                : context.Is(i, "GT"u8) ? Conditions.Greater
                : context.Is(i, "LT"u8) ? Conditions.Less
                : Conditions.None;
            if (condition == Conditions.None)
            {
                context.Reply.Error("ERR Unsupported option " + context.Text(i));
                return false;
            }
            conditions |= condition;
        }
        if ((conditions & Conditions.WithoutExpiry) != Conditions.None && conditions != Conditions.WithoutExpiry)
            context.Reply.Error("ERR NX and XX, GT or LT options at the same time are not compatible"u8);
        else if ((conditions & (Conditions.Greater | Conditions.Less)) == (Conditions.Greater | Conditions.Less))
            context.Reply.Error("ERR GT and LT options at the same time are not compatible"u8);
        else
            return true;
        return false;
    }

    // No expiry counts as one infinitely far away.
    private static bool Holds(Conditions conditions, long wanted, long current)
    {
        if ((conditions & Conditions.WithoutExpiry) != Conditions.None && current != 0)
            return false;
        if ((conditions & Conditions.WithExpiry) != Conditions.None && current == 0)
            return false;
        if ((conditions & Conditions.Greater) != Conditions.None && (current == 0 || wanted <= current))
            return false;
        return (conditions & Conditions.Less) == Conditions.None || current == 0 || wanted < current;
    }
}
