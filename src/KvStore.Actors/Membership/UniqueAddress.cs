namespace KvStore.Actors.Membership;

/// <summary>
/// One incarnation of a node: its address, and a number drawn anew whenever it starts, so that a restarted node on the
/// same host and port is told from the one that died.
/// </summary>
public sealed class UniqueAddress : IComparable<UniqueAddress>, IEquatable<UniqueAddress>, IComparable
{
    /// <summary>Creates the identity of an incarnation.</summary>
    public UniqueAddress(Address address, int uid)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        Uid = uid;
    }

    /// <summary>Where the node is.</summary>
    public Address Address { get; }

    /// <summary>Which of the incarnations at that address.</summary>
    public int Uid { get; }

    /// <inheritdoc/>
    public int CompareTo(UniqueAddress? other)
    {
        if (other is null)
            return 1;
        var order = Address.CompareTo(other.Address);
        return order != 0 ? order : Uid.CompareTo(other.Uid);
    }

    int IComparable.CompareTo(object? obj) =>
        obj is UniqueAddress other
            ? CompareTo(other)
            : throw new ArgumentException("A UniqueAddress can be compared with another UniqueAddress only.", nameof(obj));

    /// <inheritdoc/>
    public bool Equals(UniqueAddress? other) =>
        other is not null && (ReferenceEquals(this, other) || (Uid == other.Uid && Address.Equals(other.Address)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UniqueAddress);

    /// <inheritdoc/>
    /// <remarks>The uid alone: string hashes differ from process to process, and a simulated run must replay exactly.</remarks>
    public override int GetHashCode() => Uid;

    /// <inheritdoc/>
    public override string ToString() => $"UniqueAddress: ({Address}, {Uid})";

    /// <summary>The same incarnation.</summary>
    public static bool operator ==(UniqueAddress? left, UniqueAddress? right) => Equals(left, right);

    /// <summary>Another address, or another incarnation at it.</summary>
    public static bool operator !=(UniqueAddress? left, UniqueAddress? right) => !Equals(left, right);
}
