namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws what sets, removes and asks for expiries.</summary>
internal static class ExpiryCommands
{
    public static string[] Draw(Ingredients from) => from.Below(20) switch
    {
        < 5 => ["SET", from.Key(), from.Value(), "PX", from.Milliseconds()],
        < 9 => Expire(from),
        < 13 => ["PERSIST", from.AnyKey()],
        < 15 => ["PTTL", from.AnyKey()],
        < 17 => ["TTL", from.AnyKey()],
        17 => ["EXPIRETIME", from.Key()],
        18 => ["PEXPIRETIME", from.Key()],
        _ => ["GET", from.Key()],
    };

    private static string[] Expire(Ingredients from)
    {
        // Counters and texts keep an expiry where whole values lose it.
        var key = from.Below(8) switch
        {
            < 2 => from.CounterKey(),
            2 => from.TextKey(),
            _ => from.Key(),
        };
        string[] options = from.Below(6) switch
        {
            0 => ["NX"],
            1 => ["XX"],
            2 when !from.IsModelled => ["GT"],
            3 when !from.IsModelled => from.Below(2) == 0 ? ["LT"] : ["XX", "LT"],
            _ => [],
        };
        return from.Below(6) switch
        {
            0 => ["EXPIRE", key, from.Seconds(), .. options],
            1 => ["EXPIREAT", key, from.AtSecond(), .. options],
            2 => ["PEXPIREAT", key, from.AtMillisecond(), .. options],
            // In the past: deletes.
            3 when from.Below(4) == 0 => ["PEXPIRE", key, "-1", .. options],
            _ => ["PEXPIRE", key, from.Milliseconds(), .. options],
        };
    }
}
