namespace KvStore.Hocon;

/// <summary>
/// A resolved value of a configuration: a <see cref="HoconScalar"/>, <see cref="HoconArray"/> or <see cref="HoconObject"/>.
/// Immutable. Equality is by content; positions do not count.
/// </summary>
public abstract class HoconNode : IEquatable<HoconNode>
{
    private protected HoconNode(SourcePosition position) => Position = position;

    /// <summary>Where the value stands that won, after merging and substitution.</summary>
    public SourcePosition Position { get; }

    /// <summary>Objects and lists inside each other below and including this one; 0 for a scalar.</summary>
    internal abstract int Depth { get; }

    /// <summary>Characters this value renders to, roughly, with every shared part counted each time.</summary>
    internal abstract long Weight { get; }

    /// <summary>What the value is, as a noun for error messages.</summary>
    internal abstract string Noun { get; }

    /// <inheritdoc/>
    public abstract bool Equals(HoconNode? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as HoconNode);

    /// <inheritdoc/>
    public abstract override int GetHashCode();
}
