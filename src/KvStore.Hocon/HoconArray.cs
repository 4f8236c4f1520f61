namespace KvStore.Hocon;

/// <summary>A list.</summary>
public sealed class HoconArray : HoconNode
{
    internal HoconArray(IReadOnlyList<HoconNode> items, SourcePosition position)
        : base(position)
    {
        Items = items;
        var depth = 0;
        var weight = 4L;
        foreach (var item in items)
        {
            depth = Math.Max(depth, item.Depth);
            weight += item.Weight + 2;
        }
        Depth = depth + 1;
        Weight = weight;
    }

    /// <summary>The elements in order.</summary>
    public IReadOnlyList<HoconNode> Items { get; }

    internal override int Depth { get; }

    internal override long Weight { get; }

    internal override string Noun => "a list";

    /// <inheritdoc/>
    public override bool Equals(HoconNode? other) => other is HoconArray array && array.Items.SequenceEqual(Items);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Items.Count, Items.Count > 0 ? Items[0] : null);
}
