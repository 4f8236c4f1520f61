namespace KvStore.Actors.Membership;

/// <summary>
/// Whom this node watches, and what it thinks of them. The members form a ring, and each watches the next few, so the
/// heartbeats grow with the members and not with their square.
/// </summary>
internal sealed class HeartbeatMonitor
{
    private readonly UniqueAddress _self;
    private readonly MembershipSettings _settings;
    private readonly SortedDictionary<UniqueAddress, Peer> _peers = [];
    private readonly List<UniqueAddress> _gone = [];

    public HeartbeatMonitor(UniqueAddress self, MembershipSettings settings)
    {
        _self = self;
        _settings = settings;
    }

    public IEnumerable<UniqueAddress> Watched => _peers.Keys;

    /// <summary>Adjusts the watched to the gossip, and counts those whose first answer is overdue as heard just now.</summary>
    public void Refresh(Gossip gossip, long nowMs)
    {
        var wanted = Receivers(gossip);
        foreach (var node in wanted)
        {
            if (!_peers.ContainsKey(node))
                _peers[node] = new Peer(new PhiAccrualFailureDetector(_settings), nowMs);
        }
        _gone.Clear();
        foreach (var (node, peer) in _peers)
        {
            if (!wanted.Contains(node))
                _gone.Add(node);
            else if (!peer.Detector.IsMonitoring && nowMs - peer.SinceMs >= _settings.ExpectedResponseAfterMs)
                peer.Detector.Heartbeat(nowMs);
        }
        foreach (var node in _gone)
            _peers.Remove(node);
    }

    public void OnResponse(UniqueAddress node, long nowMs)
    {
        if (_peers.TryGetValue(node, out var peer))
            peer.Detector.Heartbeat(nowMs);
    }

    public bool IsAvailable(UniqueAddress node, long nowMs) => !_peers.TryGetValue(node, out var peer) || peer.Detector.IsAvailable(nowMs);

    private SortedSet<UniqueAddress> Receivers(Gossip gossip)
    {
        var receivers = new SortedSet<UniqueAddress>();
        if (!gossip.HasMember(_self))
            return receivers;
        var ring = gossip.Members.Select(static m => m.UniqueAddress).OrderBy(RingPosition).ThenBy(static n => n).ToArray();
        var own = Array.IndexOf(ring, _self);
        var reachable = 0;
        for (var i = 1; i < ring.Length && reachable < _settings.MonitoredByNrOfMembers; i++)
        {
            var node = ring[(own + i) % ring.Length];
            receivers.Add(node);
            // The unreachable do not count towards the number: those that remain must still be watched by enough.
            if (gossip.Reachability.IsReachable(node))
                reachable++;
        }
        // Whom this node itself calls unreachable it goes on asking, whatever the ring says, or nobody could take that back.
        if (gossip.Reachability.Rows.TryGetValue(_self, out var row))
            receivers.UnionWith(row.Verdicts.Keys);
        receivers.Remove(_self);
        return receivers;
    }

    /// <summary>Neighbours in the ring should not be neighbours in the rack, so the order is not that of the addresses.</summary>
    private static uint RingPosition(UniqueAddress node) => (uint)node.Uid * 2654435769u;

    private sealed record Peer(PhiAccrualFailureDetector Detector, long SinceMs);
}
