namespace KvStore.Node.Healing;

/// <summary>
/// What a node knows of other clusters of its database, from what their nodes say, and when that is proof enough to give way to one. Pure:
/// pictures and the time go in. It is conservative, since two sides that both gave way would chase each other: only what both have said of
/// each other, unchanged for <see cref="StableMs"/>, moves a node.
/// </summary>
internal sealed class SplitWatch
{
    /// <summary>How often those outside are asked. A split that is found some seconds later has lasted for half a minute anyway.</summary>
    public const long ProbeIntervalMs = 5000;

    /// <summary>Three rounds of probes: what is about to change in one of the clusters has changed by then.</summary>
    public const long StableMs = 15_000;

    /// <summary>Two rounds and a half: one lost answer is no silence.</summary>
    public const long SilentMs = 12_500;

    /// <summary>Others remembered at once. A split leaves one, or two; more would be as many nodes alone.</summary>
    public const int MaxOthers = 16;

    private readonly List<OtherCluster> _others = [];
    private ulong _mine;

    /// <summary>The other clusters that were heard lately.</summary>
    public IReadOnlyList<OtherCluster> Others => _others;

    /// <summary>The identities of those that this node recognises: what its own picture says that it sees.</summary>
    public IReadOnlyList<ulong> Seen => [.. _others.Where(static o => o.IsRecognised).Select(static o => o.Picture.Id)];

    /// <summary>A node outside has described its cluster.</summary>
    /// <param name="mine">This node's own, as it is now.</param>
    /// <param name="theirs">What it said.</param>
    /// <param name="isRecognised">A replica of it is registered here.</param>
    /// <param name="nowMs">The time, on a clock that does not run backwards.</param>
    public void OnPicture(ClusterPicture mine, ClusterPicture theirs, bool isRecognised, long nowMs)
    {
        Compare(mine);
        // One that still has this node, or one of its members, as a member of its own: they are about to find that out.
        if (theirs.Members.Count == 0 || theirs.Overlaps(mine))
            return;
        var known = _others.Find(o => o.Picture.Id == theirs.Id);
        // The same cluster in another state, or one that has taken in a part of it.
        _others.RemoveAll(o => o != known && o.Picture.Overlaps(theirs));
        if (known is null)
        {
            if (_others.Count == MaxOthers)
                return;
            _others.Add(known = new OtherCluster(theirs));
        }
        var isAgreed = Sides.Agree(mine, theirs, isRecognised);
        known.AgreedSinceMs = isAgreed ? known.AgreedSinceMs ?? nowMs : null;
        known.Picture = theirs;
        known.IsRecognised = isRecognised;
        known.HeardMs = nowMs;
    }

    /// <summary>Time has passed: forgets those that are silent.</summary>
    public void Tick(ClusterPicture mine, long nowMs)
    {
        Compare(mine);
        _others.RemoveAll(o => nowMs - o.HeardMs > SilentMs);
    }

    /// <summary>The cluster to which this one provably gives way, the greatest of them; null while there is none.</summary>
    public ClusterPicture? GivesWayTo(ClusterPicture mine, long nowMs)
    {
        ClusterPicture[] greater =
            [.. _others.Where(o => nowMs - o.AgreedSinceMs >= StableMs && Sides.IsLesser(mine, o.Picture) == true).Select(static o => o.Picture)];
        return greater.Length == 0 ? null : Sides.Greatest(greater);
    }

    // What the others agreed to was another picture than this, or of another cluster.
    private void Compare(ClusterPicture mine)
    {
        if (mine.Id == _mine)
            return;
        _mine = mine.Id;
        foreach (var other in _others)
            other.AgreedSinceMs = null;
        _others.RemoveAll(o => o.Picture.Overlaps(mine));
    }
}

/// <summary>Another cluster of the database, as it was heard last.</summary>
internal sealed class OtherCluster(ClusterPicture picture)
{
    public ClusterPicture Picture { get; set; } = picture;

    /// <summary>A replica of it is registered here.</summary>
    public bool IsRecognised { get; set; }

    public long HeardMs { get; set; }

    /// <summary>Since when all that it said proves that it and this node hold the same two pictures; null while something did not.</summary>
    public long? AgreedSinceMs { get; set; }
}
