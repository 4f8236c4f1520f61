namespace KvStore.Cli.Verify;

/// <summary>A slot in which nodes differ, with the first keys that make the difference.</summary>
/// <param name="Slot">Its number.</param>
/// <param name="Keys">The keys, in order, each byte as a character; null where the slot has too many to compare.</param>
/// <param name="Count">How many keys differ.</param>
internal sealed record DifferingSlot(int Slot, IReadOnlyList<DifferingKey>? Keys, int Count)
{
    /// <summary>Keys that are listed of one slot.</summary>
    private const int KeysListed = 10;

    /// <summary>Entries of one slot that are fetched from a node: a slot has a few, but for one whose keys share a hash tag.</summary>
    private const int KeysCompared = 100_000;

    /// <summary>Fetches the slot's keys from each node and compares them.</summary>
    public static async Task<DifferingSlot> FindAsync(int slot, IReadOnlyList<VerifiedNode> nodes)
    {
        var found = await Task.WhenAll(nodes.Select(n => n.KeysAsync(slot, KeysCompared)));
        if (found.Contains(null))
            return new DifferingSlot(slot, null, 0);
        var differing = new List<DifferingKey>();
        foreach (var key in found.SelectMany(static f => f!.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            SlotEntry?[] entries = [.. found.Select(f => f!.TryGetValue(key, out var entry) ? entry : (SlotEntry?)null)];
            if (!entries.All(e => e is { } one && entries[0] is { } first && one.IsSame(first)))
                differing.Add(new DifferingKey(key, [.. nodes.Select(static n => n.Name).Zip(entries)]));
        }
        return new DifferingSlot(slot, [.. differing.Take(KeysListed)], differing.Count);
    }
}

/// <summary>A key, and what each node has under it; null for nothing.</summary>
internal sealed record DifferingKey(string Key, IReadOnlyList<(string Node, SlotEntry? Entry)> Entries);
