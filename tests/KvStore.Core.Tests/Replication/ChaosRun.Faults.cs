using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <content>What goes wrong.</content>
internal sealed partial class ChaosRun
{
    private void Cut()
    {
        var (one, other) = (Any(static _ => true)!, Any(static _ => true)!);
        if (one == other)
            return;
        _cut.Add((one.StartId, other.StartId));
        if (_random.Next(3) > 0)
            _cut.Add((other.StartId, one.StartId));
        if (_random.Next(2) == 0)
        {
            SetReachable(one.StartId, other.StartId, reachable: false);
            SetReachable(other.StartId, one.StartId, reachable: false);
        }
    }

    private void Mend()
    {
        _cut.Clear();
        ReturnExcluded();
        foreach (var (at, member) in _unreachable.ToList())
            SetReachable(at, member, reachable: true);
    }

    /// <summary>The cluster judges one dead that lives on alone; it comes back as another member.</summary>
    private void Exclude()
    {
        if (_cluster.Replicas.Count < 2 || _excluded.Count > 0)
            return;
        var lost = Any(static _ => true)!;
        _excluded.Add(lost);
        _introductions.RemoveAll(i => i.At == lost.StartId || i.Member == lost.Member);
        foreach (var other in _cluster.Replicas.Where(r => r != lost))
        {
            _cut.Add((lost.StartId, other.StartId));
            _cut.Add((other.StartId, lost.StartId));
            _cluster.Turn(other, r => r.MemberRemoved(lost.Member));
            _cluster.Turn(lost, r => r.MemberRemoved(other.Member));
        }
        _cluster.Turn(lost, static r => r.MemberRemoved(r.Member));
    }

    private void ReturnExcluded()
    {
        foreach (var lost in _excluded)
        {
            _cut.RemoveWhere(c => c.Item1 == lost.StartId || c.Item2 == lost.StartId);
            lost.Rename(lost.Member + "1");
            _cluster.Turn(lost, static r => r.MemberUp(r.Member));
            foreach (var other in _cluster.Replicas)
                _cluster.Introduce(lost, other);
        }
        _excluded.Clear();
    }

    private void Snapshot()
    {
        if (_durable && Any(static r => r.IsComplete && !r.HasUnwritten) is { } replica)
            Snapshot(replica, _random.Next(1, 4));
    }

    private void Snapshot(Replica replica, int slices)
    {
        do
            _cluster.StepSnapshot(replica);
        while (--slices > 0 && _cluster.IsSnapshotting(replica));
    }

    private void SetReachable(ulong at, ulong member, bool reachable)
    {
        if (reachable)
            _unreachable.Remove((at, member));
        else
            _unreachable.Add((at, member));
        var here = _cluster.Replicas.FirstOrDefault(r => r.StartId == at);
        var there = _cluster.Replicas.FirstOrDefault(r => r.StartId == member);
        if (here is null || there is null)
            return;
        _cluster.Turn(here, r =>
        {
            if (reachable)
                r.MemberUp(there.Member);
            else
                r.MemberUnreachable(there.Member);
        });
    }

    private void Crash()
    {
        if (_cluster.Replicas.Count < 2)
            return;
        var victim = Any(static _ => true)!;
        _crashed.Add((victim.StartId, NameOf(victim)));
        _excluded.Remove(victim);
        switch (_random.Next(3))
        {
            case 0:
                _cluster.Kill(victim);
                break;
            case 1:
                _cluster.Crash(victim);
                _cluster.Remove(victim.Member);
                break;
            default:
                _cluster.Crash(victim);
                _unremoved.Add(victim.Member);
                break;
        }
    }

    /// <summary>All at once; those that were there come back one by one, and an emptied one may be the first.</summary>
    private void CutPower()
    {
        foreach (var victim in _cluster.Replicas)
        {
            _crashed.Add((victim.StartId, NameOf(victim)));
            _unremoved.Add(victim.Member);
            _cluster.Crash(victim);
        }
        _introductions.Clear();
        _excluded.Clear();
        _cluster.Join(StartOne());
    }

    private void Restart()
    {
        if (_unremoved.Count > 0)
        {
            _cluster.Remove(_unremoved[0]);
            _unremoved.RemoveAt(0);
        }
        if (_cluster.Replicas.Count >= _wanted || _excluded.Count > 0)
            return;
        if (_random.Next(2) == 0)
        {
            _cluster.Join(StartOne());
            return;
        }
        // It sees the members and then itself; the members see it later, some of them before it does.
        var joiner = StartOne();
        foreach (var other in _cluster.Replicas.Where(r => r != joiner))
        {
            _cluster.Turn(joiner, r => r.MemberUp(other.Member));
            _introductions.Add((other.StartId, joiner.Member));
        }
        _introductions.Insert(_random.Next(_introductions.Count), (joiner.StartId, joiner.Member));
    }

    /// <summary>
    /// With what one that crashed has left on its disk; or with an empty disk, mostly under the name of one that crashed: then
    /// nobody waits for what its last process had.
    /// </summary>
    private Replica StartOne()
    {
        if (_crashed.Count == 0 || _random.Next(4) == 0)
            return Skew(_cluster.StartUnseen($"m{_names++}"));
        var crashed = _random.Next(_crashed.Count);
        var (startId, name) = _crashed[crashed];
        _crashed.RemoveAt(crashed);
        return Skew(_durable && _random.Next(4) > 0 ? _cluster.StartAgain(startId, _losesUnsynced) : _cluster.StartUnseen(name));
    }

    /// <summary>Its wall clock goes ahead of the others, or behind what it was before the restart.</summary>
    private Replica Skew(Replica replica)
    {
        _cluster.AheadMs[replica] = _random.Next(_skewMs + 1);
        return replica;
    }

    private void Introduce()
    {
        if (_introductions.Count == 0)
            return;
        var (at, member) = _introductions[0];
        _introductions.RemoveAt(0);
        if (_cluster.Replicas.FirstOrDefault(r => r.StartId == at) is { } replica && _cluster.Replicas.Any(r => r.Member == member))
            _cluster.Turn(replica, r => r.MemberUp(member));
    }
}
