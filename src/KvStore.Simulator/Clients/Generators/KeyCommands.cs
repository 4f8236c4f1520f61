namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws what deletes keys, asks for them and walks over them.</summary>
internal static class KeyCommands
{
    // What walks over everything is drawn rarely: it says as much, and costs more.
    public static string[] Draw(Ingredients from) => from.Below(400) switch
    {
        < 240 => ["DEL", from.AnyKey()],
        < 280 => ["DEL", from.Key(), from.AnyKey()],
        < 290 => ["DELETE", from.Key()],
        < 330 => ["EXISTS", from.AnyKey()],
        < 350 => ["EXISTS", from.Key(), from.AnyKey()],
        < 380 => ["TYPE", from.AnyKey()],
        < 395 => ["DBSIZE"],
        < 397 => Scan(from),
        < 399 => ["KVDATA", "EXPORT", "0"],
        _ => ["KEYS", from.Below(2) == 0 ? "*" : "key:*1*"],
    };

    private static string[] Scan(Ingredients from) => from.Below(4) switch
    {
        0 => ["SCAN", "0"],
        1 => ["SCAN", "0", "COUNT", Ingredients.Text(1 + from.Below(100))],
        2 => ["SCAN", Ingredients.Text(from.Below(1 << 20)), "MATCH", "key:*", "TYPE", "string"],
        _ => ["SCAN", "0", "MATCH", "*:1"],
    };
}
