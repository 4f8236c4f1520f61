using KvStore.Simulator.Clients.Generators;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Clients;

/// <summary>
/// Draws commands: all that a client may send, the frequent ones more often. What only an operator sends, and what ends a membership,
/// is left to the faults.
/// </summary>
internal sealed class Workload(WorkloadPlan plan, Random random)
{
    private readonly Ingredients _ingredients = new(plan, random);

    /// <summary>The next command of a client.</summary>
    /// <param name="client">Which client.</param>
    /// <param name="nowMs">The time by the clock of the machine that it is sent to, in Unix milliseconds.</param>
    public string[] Draw(int client, long nowMs)
    {
        _ingredients.Client = client;
        _ingredients.NowMs = nowMs;
        if (plan.FlushRarity > 0 && random.Next(plan.FlushRarity * 2) == 0)
            return [random.Next(4) == 0 ? "FLUSHDB" : "FLUSHALL"];
        return random.Next(1_000) switch
        {
            < 300 => ["GET", _ingredients.Key()],
            < 500 => ["SET", _ingredients.Key(), _ingredients.Value()],
            < 690 => StringCommands.Draw(_ingredients),
            < 740 => CounterCommands.Draw(_ingredients),
            < 890 => ExpiryCommands.Draw(_ingredients),
            < 980 => KeyCommands.Draw(_ingredients),
            < 985 => Mistakes.Draw(_ingredients),
            < 998 => ConnectionCommands.Draw(_ingredients),
            _ => ServerCommands.Draw(_ingredients),
        };
    }
}
