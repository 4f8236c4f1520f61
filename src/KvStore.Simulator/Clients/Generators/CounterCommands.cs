namespace KvStore.Simulator.Clients.Generators;

/// <summary>Draws INCR and its kin. Keys that are counted with have numbers for values only, so that what they may show is bounded.</summary>
internal static class CounterCommands
{
    private const int MaxAmount = 1_000;

    public static string[] Draw(Ingredients from) => from.Below(9) switch
    {
        < 3 => ["INCR", from.CounterKey()],
        3 => ["DECR", from.CounterKey()],
        4 => ["INCRBY", from.CounterKey(), Ingredients.Text(from.Below(MaxAmount))],
        5 => ["DECRBY", from.CounterKey(), Ingredients.Text(from.Below(MaxAmount))],
        // Whoever counts on from what it remembers, and not from what is there, passes over this.
        6 => ["SET", from.CounterKey(), Ingredients.Text(from.Below(MaxAmount))],
        _ => ["GET", from.CounterKey()],
    };
}
