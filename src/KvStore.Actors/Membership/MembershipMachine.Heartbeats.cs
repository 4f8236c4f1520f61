namespace KvStore.Actors.Membership;

internal sealed partial class MembershipMachine
{
    private long _heartbeatAtMs;
    private long _reapAtMs;
    private long _sequenceNr;

    private void TickHeartbeats(long nowMs)
    {
        if (nowMs >= _heartbeatAtMs)
        {
            _heartbeatAtMs = nowMs + _settings.HeartbeatIntervalMs;
            _monitor.Refresh(_gossip, nowMs);
            _sequenceNr++;
            foreach (var node in _monitor.Watched)
                Send(node.Address, new Heartbeat(Self, _sequenceNr));
        }
        if (nowMs >= _reapAtMs)
        {
            _reapAtMs = nowMs + _settings.UnreachableReaperIntervalMs;
            Reap(nowMs);
        }
    }

    /// <summary>Turns the failure detectors' suspicions into this node's row of verdicts.</summary>
    private void Reap(long nowMs)
    {
        var reachability = _gossip.Reachability;
        foreach (var node in _monitor.Watched)
        {
            if (!_gossip.HasMember(node))
                continue;
            var verdict = reachability.StatusOf(Self, node);
            var isAvailable = _monitor.IsAvailable(node, nowMs);
            if (verdict is null && !isAvailable)
            {
                Warn($"Marking node [{node.Address}] with uid {node.Uid} as UNREACHABLE");
                reachability = reachability.Unreachable(Self, node);
            }
            else if (verdict is ReachabilityStatus.Unreachable && isAvailable)
            {
                Note($"Marking node [{node.Address}] with uid {node.Uid} as REACHABLE");
                reachability = reachability.Reachable(Self, node);
            }
        }
        if (!ReferenceEquals(reachability, _gossip.Reachability))
            Author(_gossip.WithReachability(reachability));
    }
}
