namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws SET with its options, and what else reads and writes values.</summary>
internal static class StringCommands
{
    public static string[] Draw(Ingredients from) => from.Below(20) switch
    {
        < 5 => Set(from),
        < 8 => ["MGET", from.AnyKey(), from.Key(), .. from.Below(2) == 0 ? (string[])[from.TextKey()] : []],
        < 11 => MultiSet(from),
        < 14 => ["APPEND", from.TextKey(), from.Value()],
        14 => ["SET", from.TextKey(), from.Value()],
        15 => ["GETSET", from.Key(), from.Value()],
        16 => ["GETDEL", from.AnyKey()],
        17 => ["STRLEN", from.AnyKey()],
        18 => ["PUT", from.Key(), from.Value()],
        _ => ["GET", from.AnyKey()],
    };

    private static string[] Set(Ingredients from)
    {
        var options = new List<string> { "SET", from.Key(), from.Value() };
        switch (from.Below(4))
        {
            case 0:
                options.Add("NX");
                break;
            case 1:
                options.Add("XX");
                break;
            default:
                break;
        }
        if (from.Below(4) == 0)
            options.Add("GET");
        switch (from.Below(7))
        {
            case 0:
                options.AddRange(["EX", from.Seconds()]);
                break;
            case 1:
                options.AddRange(["EXAT", from.AtSecond()]);
                break;
            case 2:
                options.AddRange(["PXAT", from.AtMillisecond()]);
                break;
            case 3:
                options.Add("KEEPTTL");
                break;
            case 4:
                break;
            default:
                options.AddRange(["PX", from.Milliseconds()]);
                break;
        }
        return [.. options];
    }

    private static string[] MultiSet(Ingredients from)
    {
        var arguments = new List<string> { "MSET" };
        for (var left = 1 + from.Below(4); left > 0; left--)
            arguments.AddRange([from.Key(), from.Value()]);
        return [.. arguments];
    }
}
