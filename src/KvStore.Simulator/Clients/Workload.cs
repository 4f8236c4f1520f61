using System.Globalization;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Clients;

/// <summary>Draws commands: every value that is written is written once, so that whoever reads it says which write it saw.</summary>
internal sealed class Workload(WorkloadPlan plan, Random random)
{
    private long _values;

    /// <summary>The next command of a client.</summary>
    public string[] Draw(int client)
    {
        var key = Key();
        if (plan.FlushRarity > 0 && random.Next(plan.FlushRarity * 2) == 0)
            return ["FLUSHALL"];
        return random.Next(100) switch
        {
            < 30 => ["GET", key],
            < 55 => ["SET", key, Value(client)],
            < 63 => ["SET", key, Value(client), "PX", Number(random.Next(1, 5_000))],
            < 73 => ["DEL", key],
            < 78 => ["INCR", "counter:" + key],
            < 82 => ["APPEND", "text:" + key, Value(client)],
            < 86 => ["PEXPIRE", key, Number(random.Next(1, 5_000))],
            < 89 => ["PERSIST", key],
            < 92 => ["MGET", key, Key()],
            < 95 => ["MSET", key, Value(client), Key(), Value(client)],
            < 97 => ["SET", key, Value(client), "NX"],
            < 98 => ["GETDEL", key],
            _ => ["PTTL", key],
        };
    }

    private string Key() => "key:" + Number(random.Next(plan.Keys));

    private string Value(int client) => $"v{client}.{++_values}".PadRight(random.Next(plan.MaxValueBytes), '.');

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
