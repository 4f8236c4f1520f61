namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws what asks the server about itself, and the harmless of what an operator sends.</summary>
internal static class ServerCommands
{
    public static string[] Draw(Ingredients from) => from.Below(24) switch
    {
        0 => ["INFO"],
        1 => ["INFO", "replication", "keyspace"],
        2 => ["CONFLICTS"],
        3 => ["CONFLICTS", "100"],
        4 => ["KVDATA", "DIGEST"],
        5 => ["KVDATA", "DIGEST", "PARTITIONS"],
        6 => ["KVDATA", "DIGEST", "SLOTS", Ingredients.Text(from.Below(64))],
        7 => ["KVDATA", "DIGEST", "KEYS", Ingredients.Text(from.Below(1 << 14))],
        8 => ["KVDATA", "NODES"],
        9 => ["KVDATA", "REPLICAS"],
        10 => ["KVDATA", "REPAIR"],
        11 => ["KVDATA", "REPAIR", "STATUS"],
        12 => ["KVCLUSTER", "SHOW"],
        13 => ["KVCLUSTER", "STATUS"],
        14 => ["KVCLUSTER", "MEMBERS"],
        15 => ["KVCLUSTER", "EVENTS"],
        16 => ["CLUSTER", "INFO"],
        17 => ["DEBUG", "DIGEST"],
        18 => ["CONFIG", "GET", "maxmemory*"],
        19 => ["LASTSAVE"],
        20 => ["BGSAVE"],
        21 => ["SAVE"],
        22 => ["CLIENT", "INFO"],
        _ => ["COMMAND", "INFO", "get", "set"],
    };
}
