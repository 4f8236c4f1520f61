namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// What a node can announce: that it has subscribers of a topic, that a group among them has members here, or that an actor is
/// registered under a path.
/// </summary>
internal readonly record struct RegistryKey(RegistryKeyKind Kind, string Name, string Group) : IComparable<RegistryKey>
{
    /// <summary>Topics and groups are words, paths a few of them.</summary>
    public const int MaxNameBytes = 1024;

    public static RegistryKey Topic(string topic) => new(RegistryKeyKind.Topic, topic, "");

    public static RegistryKey TopicGroup(string topic, string group) => new(RegistryKeyKind.Group, topic, group);

    public static RegistryKey Path(string path) => new(RegistryKeyKind.Path, path, "");

    public int CompareTo(RegistryKey other)
    {
        var order = Kind.CompareTo(other.Kind);
        if (order == 0)
            order = string.CompareOrdinal(Name, other.Name);
        return order != 0 ? order : string.CompareOrdinal(Group, other.Group);
    }
}

internal enum RegistryKeyKind : byte
{
    Topic = 1,
    Group = 2,
    Path = 3,
}
