namespace KvStore.Cli.Verify;

/// <summary>
/// Judges by several looks at nodes that go on taking writes. A slot that was the same everywhere once is the same, as far as anyone can
/// tell; one that differs in the same way in two looks in a row was not written meanwhile, and differs.
/// </summary>
internal sealed class SlotComparison
{
    /// <summary>Stands for the floor, which belongs to no slot.</summary>
    public const int Floor = -1;

    private IReadOnlyDictionary<int, string[]> _last = new Dictionary<int, string[]>();
    private HashSet<int>? _open;

    /// <summary>The slots that differ, in order; empty before the second look.</summary>
    public IReadOnlyList<int> Differing { get; private set; } = [];

    /// <summary>True when every slot was seen to be the same.</summary>
    public bool IsIdentical => _open?.Count == 0;

    /// <summary>How many slots were not seen to be the same yet.</summary>
    public int Open => _open?.Count ?? 0;

    /// <summary>Takes in a look: of each slot whose digests are not all the same, the digest on each node.</summary>
    public void Add(IReadOnlyDictionary<int, string[]> unequal)
    {
        Differing = [.. unequal.Where(slot => _last.TryGetValue(slot.Key, out var before) && before.SequenceEqual(slot.Value)).Select(static slot => slot.Key).Order()];
        if (_open is null)
            _open = [.. unequal.Keys];
        else
            _open.IntersectWith(unequal.Keys);
        _last = unequal;
    }
}
