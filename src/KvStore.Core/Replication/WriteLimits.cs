using System.Globalization;

namespace KvStore.Core.Replication;

/// <summary>
/// The limits that a node applies where its clients write and that all nodes bear, since what one node has accepted every other takes
/// in. What a request may cost otherwise is the business of its node alone, and is not here.
/// </summary>
/// <param name="MemoryBytes"><c>kv.limits.memory</c>; 0 for none.</param>
/// <param name="Eviction"><c>kv.limits.eviction</c>.</param>
/// <param name="KeyBytes"><c>kv.limits.key</c>.</param>
/// <param name="ValueBytes"><c>kv.limits.value</c>.</param>
public readonly record struct WriteLimits(long MemoryBytes, EvictionPolicy Eviction, int KeyBytes, int ValueBytes)
{
    /// <summary>The first setting that is another in <paramref name="other"/>, with its value here and there; null where all are the same.</summary>
    public (string Setting, string Here, string There)? FirstDifference(WriteLimits other)
    {
        if (MemoryBytes != other.MemoryBytes)
            return ("kv.limits.memory", Text(MemoryBytes), Text(other.MemoryBytes));
        if (Eviction != other.Eviction)
            return ("kv.limits.eviction", Text(Eviction), Text(other.Eviction));
        if (KeyBytes != other.KeyBytes)
            return ("kv.limits.key", Text(KeyBytes), Text(other.KeyBytes));
        return ValueBytes != other.ValueBytes ? ("kv.limits.value", Text(ValueBytes), Text(other.ValueBytes)) : null;
    }

    private static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);

    private static string Text(EvictionPolicy eviction) => eviction == EvictionPolicy.AllKeysLru ? "allkeys-lru" : "noeviction";
}
