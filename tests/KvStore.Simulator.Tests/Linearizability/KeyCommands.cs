namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Commands on one key, as a client sends them.</summary>
internal static class KeyCommands
{
    private const string Key = "k";

    /// <summary>Any command of the model, with few values, so that they meet.</summary>
    public static string[] Random(Random random)
    {
        var value = random.Next(4) switch { 0 => "a", 1 => "7", 2 => "9223372036854775807", _ => "" };
        return random.Next(21) switch
        {
            0 or 1 => ["GET", Key],
            2 => ["EXISTS", Key],
            3 => ["STRLEN", Key],
            4 => ["TTL", Key],
            5 or 6 => ["SET", Key, value],
            7 => ["SET", Key, value, random.Next(2) == 0 ? "NX" : "xx"],
            8 => ["SET", Key, value, "GET", random.Next(2) == 0 ? "NX" : "XX"],
            9 => ["SET", Key, value, "PX", "5000", "GET"],
            10 => ["SET", Key, value, "KEEPTTL"],
            11 => ["GETSET", Key, value],
            12 => ["APPEND", Key, value],
            13 => [random.Next(2) == 0 ? "INCR" : "DECR", Key],
            14 => [random.Next(2) == 0 ? "INCRBY" : "decrby", Key, $"{random.Next(-3, 4)}"],
            15 or 16 => ["DEL", Key],
            17 => ["GETDEL", Key],
            18 => ["EXPIRE", Key, "100"],
            19 => ["PEXPIRE", Key, "5000", random.Next(2) == 0 ? "NX" : "XX"],
            _ => ["PERSIST", Key],
        };
    }
}
