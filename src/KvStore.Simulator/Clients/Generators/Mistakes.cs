namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws what no client should send: it gets an error that tells the truth, and changes nothing.</summary>
internal static class Mistakes
{
    /// <summary>Stands before what is sent as it is, and no command.</summary>
    public const string Raw = "raw";

    public static string[] Draw(Ingredients from) => from.Below(16) switch
    {
        0 => ["SET", from.Key()],
        1 => ["SET", from.Key(), from.Value(), "NX", "XX"],
        2 => ["SET", from.Key(), from.Value(), "EX", "0"],
        3 => ["SET", from.Key(), from.Value(), "PX", "soon"],
        4 => ["SET", from.Key(), from.Value(), "KEEPTTL", "PX", "100"],
        5 => ["SET", from.Key(), from.Value(), "EX", "9223372036854775807"],
        6 => ["MSET", from.Key(), from.Value(), from.Key()],
        7 => ["INCR", from.TextKey()],
        8 => ["INCRBY", from.CounterKey(), "1.5"],
        9 => ["INCRBY", from.CounterKey(), "9223372036854775808"],
        10 => ["EXPIRE", from.Key(), "9223372036854775807"],
        11 => ["EXPIRE", from.Key(), "1", "NX", "GT"],
        12 => ["NOSUCH", from.Key(), from.Value()],
        13 => ["SCAN", "nowhere"],
        14 => ["FLUSHALL", "NOW"],
        _ => [Raw, from.Below(2) == 0 ? "*1\r\n$-5\r\n" : "*x\r\n"],
    };
}
