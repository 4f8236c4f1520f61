namespace KvStore.Core.Replication;

/// <content>
/// Two replicas grew from one exactly where their registries have the same generation, which a replica gives that begins with nothing to load
/// from. Tables of two generations are never made one: what was deleted in one was never known to the other. Where both are met, the one
/// with fewer entries gives way, replica by replica.
/// </content>
public sealed partial class Replica
{
    // A table may be empty because all was deleted: then there are claims.
    private bool HasContents => _table.Count > 0 || _table.Floor != default || _origins.Values.Any(static p => p.Mark.Number > 0);

    private void BeginGeneration()
    {
        // What is registered in one generation is none of another: its mutations would pass the fence of both.
        if (_hasRegistered || HasContents)
            BecomeAnother();
        _heard.Clear();
        SetRegistry(ReplicaRegistry.Begin(StartId));
    }

    /// <summary>Whether a peer is of another generation: nothing of it is taken, and it is given nothing.</summary>
    private bool IsApart(Peer peer) => _registry.IsApartFrom(peer.Generation);

    /// <summary>
    /// A peer of another generation serves. Which generation gives way depends on what its replicas say alone, so that all of them come to the
    /// same end: the one whose largest table has fewer entries, then the lesser generation.
    /// </summary>
    private void OnApart(Peer peer)
    {
        if (!peer.Ready || IsRecovering)
            return;
        // One that has not loaded adds nothing to its generation.
        var mine = IsComplete ? _entriesTold : -1;
        foreach (var other in _peers.Values.Where(p => p.Ready && p.Generation == _registry.Generation))
            mine = Math.Max(mine, other.Entries);
        if ((mine, _registry.Generation).CompareTo((peer.Entries, peer.Generation)) > 0)
            return;
        if (_hasRegistered || HasContents)
            GiveUpContents($"it and '{peer.Name}' did not grow from one cluster, and that one has more");
        _heard.Clear();
        SetRegistry(ReplicaRegistry.Empty);
    }
}
