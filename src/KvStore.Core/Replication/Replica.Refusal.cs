namespace KvStore.Core.Replication;

/// <content>
/// When this node must not accept writes: its clock is wrong, another live node has its name or its data, or more nodes have other limits.
/// A mutation that others have accepted is never refused, since that would be a gap for ever.
/// </content>
public sealed partial class Replica
{
    /// <summary>A majority against one needs two others: of two nodes nobody can say whose clock is wrong.</summary>
    private const int MinWitnesses = 2;

    /// <summary>A peer that was not heard for this many intervals bears no witness.</summary>
    private const int WitnessIntervals = 4;

    /// <summary>Why client writes are refused, in a sentence; null while they are not. As of the last tick.</summary>
    public string? Refusal { get; private set; }

    private bool HasTwin => _peers.Values.Any(p => p.IsTwin && IsWitness(p));

    private void NoteClocks(Peer peer, ReplicaStatus status)
    {
        peer.AheadMs = status.NowMs - NowMs;
        peer.StartedMs = status.StartedMs;
        NoteTwin(peer, status);
        peer.ClockMs = status.NowMs;
    }

    /// <summary>
    /// A status of a process that is gone may be late. So a twin is one that is heard twice, an interval apart and with its clock
    /// moving on, while its member is up; of the two the one that came later has to go.
    /// </summary>
    private void NoteTwin(Peer peer, ReplicaStatus status)
    {
        if (status.Name != _settings.Name && status.Store != Store)
        {
            (peer.TwinSinceMs, peer.IsTwin) = (0, false);
            return;
        }
        if (peer.TwinSinceMs == 0)
            peer.TwinSinceMs = Math.Max(_elapsedMs, 1);
        else if (status.NowMs > peer.ClockMs && _elapsedMs - peer.TwinSinceMs >= _settings.StatusIntervalMs / 2)
            peer.IsTwin = (!status.Ready, status.StartedMs, status.Replica).CompareTo((!Ready, _startedMs, StartId)) < 0;
    }

    private void CheckRefusal()
    {
        if (_peers.Values.FirstOrDefault(p => p.IsTwin && IsWitness(p)) is { } twin)
        {
            Refusal = twin.Store == Store
                ? $"This node and {twin.Member} hold copies of one data folder: stop one of them and empty its folder."
                : $"This node and {twin.Member} are both named '{_settings.Name}': give each a kv.node.name of its own.";
            return;
        }
        if (_registry.IsFull && !IsRegistered)
        {
            Refusal = $"{ReplicaRegistry.MaxEntries} replicas are registered, the most there can be: 'kv replicas' lists them, and 'kv forget NAME' removes one that is gone for good.";
            return;
        }
        if (Ready && !IsRegistered)
        {
            Refusal = "This node is not registered as a replica, and is about to be.";
            return;
        }
        Refusal = ClockRefusal() ?? LimitsRefusal();
    }

    private string? ClockRefusal()
    {
        var witnesses = _peers.Values.Where(p => p.ClockMs != 0 && IsWitness(p)).ToList();
        var against = witnesses.Count(p => Math.Abs(p.AheadMs) > _settings.MaxDriftMs);
        return witnesses.Count >= MinWitnesses && against * 2 > witnesses.Count
            ? $"The clock of this node differs by more than {_settings.MaxDriftMs} ms from those of {against} of {witnesses.Count} peers: writes are refused until it is set."
            : null;
    }

    /// <summary>
    /// Of the nodes that serve, those accept writes whose limits most of them have; of as many, those with the process that started first. All
    /// nodes rank by the same numbers, so that in a rolling change, as at any time, some accept. One that loads accepts nothing yet, and
    /// so stands for nothing.
    /// </summary>
    private string? LimitsRefusal()
    {
        var mine = _settings.Limits;
        var peers = _peers.Values.Where(p => p.Ready && IsWitness(p)).ToList();
        if (peers.TrueForAll(p => p.Limits == mine))
            return null;
        var prevailing = peers
            .Select(static p => (p.Limits, p.StartedMs, p.Replica, p.Name))
            .Append((Limits: mine, StartedMs: _startedMs, Replica: StartId, _settings.Name))
            .OrderBy(static n => n.StartedMs)
            .ThenBy(static n => n.Replica)
            .GroupBy(static n => n.Limits)
            .MaxBy(static g => g.Count())!;
        if (mine.FirstDifference(prevailing.Key) is not var (setting, here, there))
            return null;
        var more = prevailing.Count() > 1 ? $" and {prevailing.Count() - 1} more" : "";
        return $"{setting} is {here} on this node, and {there} on '{prevailing.First().Name}'{more}: writes are refused here until all nodes have the same.";
    }

    private bool IsWitness(Peer peer) => IsReachable(peer) && _elapsedMs - peer.HeardMs < WitnessIntervals * _settings.StatusIntervalMs;
}
