using System.Text;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>One seed: what happens, and the end of it.</summary>
internal sealed partial class ChaosRun : IDisposable
{
    private const int IntervalMs = 4_000;

    private readonly Random _random;
    private readonly TestCluster _cluster;
    private readonly int _wanted;
    private readonly bool _crashes;
    private readonly bool _forgets;
    private int _names;
    private readonly double _loss;
    private readonly int _disorder;
    private readonly int _keys;
    private readonly int _flushRarity;
    private readonly bool _durable;
    private readonly bool _losesUnsynced;
    private readonly List<Replica> _excluded = [];
    private readonly Dictionary<ulong, List<Written>> _published = [];
    private readonly List<(ulong StartId, string Name)> _crashed = [];
    private readonly List<string> _unremoved = [];
    private readonly List<(ulong At, string Member)> _introductions = [];
    private readonly HashSet<(ulong, ulong)> _cut = [];
    private readonly HashSet<(ulong At, ulong Member)> _unreachable = [];

    public ChaosRun(int seed)
    {
        _random = new Random(seed);
        _wanted = _random.Next(3, 6);
        _crashes = _random.Next(3) > 0;
        _loss = _random.Next(3) * 0.1;
        _disorder = _random.Next(4);
        _keys = 20 << _random.Next(5);
        _forgets = _random.Next(2) == 0;
        _flushRarity = 1 << (3 * _random.Next(4));
        _durable = _random.Next(3) > 0;
        _losesUnsynced = _random.Next(2) == 0;
        _cluster = new TestCluster(0, new ReplicaSettings
        {
            MessageBytes = _random.Next(64, 600),
            BacklogBytes = _random.Next(400, 8_000),
            RefillBytes = _random.Next(200, 2_000),
            SilenceMs = 3_000,
            RequestTimeoutMs = _random.Next(100, 2_000),
            AntiEntropyIntervalMs = IntervalMs,
            RepairPauseMs = _random.Next(3) == 0 ? 50 : 0,
            TransferWindow = _random.Next(1, 6),
            Durable = _durable,
        });
        _cluster.Published = Note;
        _cluster.Syncs = _ => _random.Next(4) == 0;
        _cluster.Lags = _ => _random.Next(4) > 0;
        _cluster.Loses = (from, to, _) => from != to && (_cut.Contains((from, to)) || _random.NextDouble() < _loss);
        for (var i = 0; i < _wanted; i++)
            _cluster.Start();
    }

    public void Play()
    {
        if (_random.Next(2) == 0)
            _cluster.Run(2_000);
        for (var step = _random.Next(100, 600); step > 0; step--)
        {
            switch (_random.Next(100))
            {
                case < 45:
                    Write();
                    break;
                case < 80:
                    Deliver();
                    break;
                case < 91:
                    _cluster.Tick();
                    break;
                case < 92:
                    Introduce();
                    break;
                case < 94:
                    Cut();
                    break;
                case < 95:
                    Exclude();
                    break;
                case < 96:
                    Mend();
                    break;
                case < 97 when _crashes:
                    Crash();
                    break;
                case < 98 when _forgets:
                    Forget();
                    break;
                case < 99 when _crashes:
                    Restart();
                    break;
                default:
                    CheckVectors();
                    Snapshot();
                    if (_crashes && _random.Next(8) == 0)
                        CutPower();
                    break;
            }
            while (_cluster.UnderWay.Count > 60)
                Deliver();
        }
    }

    public void Settle()
    {
        _cluster.Loses = static (_, _, _) => false;
        _cluster.Syncs = static _ => true;
        _cluster.Lags = static _ => false;
        foreach (var replica in _cluster.Replicas.Where(_cluster.IsSnapshotting))
            Snapshot(replica, slices: int.MaxValue);
        ReturnExcluded();
        foreach (var member in _unremoved)
            _cluster.Remove(member);
        foreach (var (at, member) in _unreachable.ToList())
            SetReachable(at, member, reachable: true);
        while (_cluster.Replicas.Count < _wanted)
            StartOne();
        foreach (var replica in _cluster.Replicas)
        {
            foreach (var other in _cluster.Replicas)
                _cluster.Introduce(replica, other);
            _cluster.Turn(replica, r => r.MemberUp(r.Member));
        }
        _cluster.Run(20_000);
        CheckReady();
        // A durable store that was lost and came back empty is one that nobody hears of any more, under a name that lives.
        foreach (var name in _cluster.Replicas[0].Replicas.Where(static r => r.State == ReplicaState.Away).Select(static r => r.Name).Distinct(StringComparer.Ordinal))
            _cluster.Turn(_cluster.Replicas[0], r => r.Forget(name).ShouldBeNull());
        _cluster.Run(20_000);
        CheckReady();
        foreach (var replica in _cluster.Replicas)
        {
            replica.Counters.Diverged.ShouldBe(0);
            replica.Counters.BelowCollected.ShouldBe(0);
            replica.Peers.Count.ShouldBe(_wanted - 1);
        }
        CheckVectors();
        CheckContents();
        CheckCollection();
        CheckSilence();
    }

    public void Dispose() => _cluster.Dispose();

    private void CheckReady()
    {
        foreach (var replica in _cluster.Replicas)
            replica.Ready.ShouldBeTrue(Describe());
    }

    private string Describe() => string.Join("; ", _cluster.Replicas.Select(static r =>
        $"{r.StartId:x} {(r.Ready ? "serves" : "loads")} {(r.IsComplete ? "complete" : "")} entries {r.EntryCount} tombstones {r.Tombstones} discards {r.Counters.Discards} {r.DiscardReason} session {r.CurrentSession} gaps {r.OriginsWithGaps} open {string.Join(',', r.OpenOrigins.Select(static o => $"{o:x}"))} W {r.CollectedClock >> 16} vector {Describe(r.Vector())} synced {Describe(r.Synced)} G {Describe(r.Collected)} registry {string.Join(',', r.Registry.Entries.Select(static e => $"{e.Name}/{e.Store:x}/{e.StartId:x}@{e.Clock >> 16}{(e.Forgotten ? "!" : "")}"))} peers {string.Join(',', r.Peers.Select(static p => $"{p.Replica:x} {p.Ready}/{p.Reachable}"))}"));

    private static string Describe(OriginVector vector) =>
        string.Join(',', vector.Select(static e => $"{e.Key:x}:{e.Value.Number}@{(e.Value.Clock == ulong.MaxValue ? "closed" : $"{e.Value.Clock >> 16}")}"));

    private static string NameOf(Replica replica) => replica.NameOf(replica.StartId);

    /// <summary>An operator gives up one that is out of reach, and may come back.</summary>
    private void Forget()
    {
        if (Any(static r => r.Ready) is not { } replica)
            return;
        var away = replica.Replicas.Where(static r => r.State == ReplicaState.Away).ToList();
        if (away.Count > 0)
            _cluster.Turn(replica, r => r.Forget(away[_random.Next(away.Count)].Name));
    }

    private Replica? Any(Func<Replica, bool> which)
    {
        var some = _cluster.Replicas.Where(which).ToList();
        return some.Count == 0 ? null : some[_random.Next(some.Count)];
    }

    private void Write()
    {
        if (Any(static r => r.Ready) is not { } replica)
            return;
        var writes = _random.Next(6) == 0 ? _random.Next(1, 60) : 1;
        _cluster.Turn(replica, r =>
        {
            for (var i = 0; i < writes; i++)
                WriteOne(r);
        });
    }

    private void WriteOne(Replica replica)
    {
        var name = "key:" + _random.Next(_keys);
        var key = Encoding.UTF8.GetBytes(name);
        switch (_random.Next(60))
        {
            case 0 when _random.Next(_flushRarity) == 0:
                replica.FlushAll();
                break;
            case < 12:
                replica.Delete(key);
                break;
            case < 22:
                TestCluster.Set(replica, name, "short-lived", replica.NowMs + _random.Next(4_000));
                break;
            case < 26:
                replica.SetExpiry(key, _random.Next(2) * (replica.NowMs + _random.Next(4_000)));
                break;
            default:
                TestCluster.Set(replica, name, new string('v', _random.Next(_random.Next(150))));
                break;
        }
    }

    private void Deliver()
    {
        if (_cluster.UnderWay.Count == 0)
            return;
        // Mostly in order, as a connection does, so that transfers get somewhere.
        var index = _random.Next(4) >= _disorder ? 0 : _random.Next(Math.Min(_cluster.UnderWay.Count, 12));
        _cluster.Deliver(index, keep: _random.Next(12) == 0);
    }

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
            Snapshot(replica, _random.Next(1, 10));
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
            return _cluster.StartUnseen($"m{_names++}");
        var crashed = _random.Next(_crashed.Count);
        var (startId, name) = _crashed[crashed];
        _crashed.RemoveAt(crashed);
        return _durable && _random.Next(4) > 0 ? _cluster.StartAgain(startId, _losesUnsynced) : _cluster.StartUnseen(name);
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
