namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws what is about the connection, and now and then ends it.</summary>
internal static class ConnectionCommands
{
    public static string[] Draw(Ingredients from) => from.Below(16) switch
    {
        < 3 => ["PING"],
        3 => ["PING", "hello"],
        4 => ["ECHO", "hello"],
        5 => ["HELLO", "3"],
        6 => ["HELLO", "2"],
        7 => ["RESET"],
        8 => ["QUIT"],
        9 => ["SELECT", "0"],
        10 => ["CLIENT", "ID"],
        11 => ["CLIENT", "SETNAME", $"client{from.Client}"],
        12 => ["CLIENT", "GETNAME"],
        13 => ["CLIENT", "SETINFO", "LIB-NAME", "kv-sim"],
        14 => ["COMMAND", "COUNT"],
        _ => ["TIME"],
    };
}
