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
    private readonly int _skewMs;
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
        _skewMs = _random.Next(3) == 0 ? _random.Next(20_000) : 0;
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
            Skew(_cluster.Start());
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
                    Snapshot();
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
        _cluster.AheadMs.Clear();
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
}
