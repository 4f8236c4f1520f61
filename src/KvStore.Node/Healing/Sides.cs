namespace KvStore.Node.Healing;

/// <summary>
/// Which of two clusters of one database gives way. An order without ties, so that both sides come to the same answer from the same two pictures:
/// more live registered replicas first, then the older, then the one with the lowest address.
/// </summary>
internal static class Sides
{
    /// <summary>
    /// Whether the first gives way to the second; null where they overlap, or one is no cluster, and there is nothing to compare.
    /// </summary>
    public static bool? IsLesser(ClusterPicture mine, ClusterPicture theirs)
    {
        if (mine.Members.Count == 0 || theirs.Members.Count == 0 || mine.Overlaps(theirs))
            return null;
        if (mine.Replicas.Count != theirs.Replicas.Count)
            return mine.Replicas.Count < theirs.Replicas.Count;
        if (mine.SinceMs != theirs.SinceMs)
            return mine.SinceMs > theirs.SinceMs;
        return string.CompareOrdinal(mine.Members[0].Address, theirs.Members[0].Address) > 0;
    }

    /// <summary>
    /// Whether what the two have said proves that they agree on both pictures: each is settled, this node has recognised the other as of
    /// its database, and so has the other this one, in the very state that it has now.
    /// </summary>
    public static bool Agree(ClusterPicture mine, ClusterPicture theirs, bool isRecognised) =>
        isRecognised && mine.IsSettled && theirs.IsSettled && theirs.Sees.Contains(mine.Id) && IsLesser(mine, theirs) is not null;

    /// <summary>The one to which all others give way; of those that cannot be compared, the first.</summary>
    public static ClusterPicture Greatest(IEnumerable<ClusterPicture> pictures) =>
        pictures.Aggregate(static (greatest, next) => IsLesser(greatest, next) == true ? next : greatest);
}
