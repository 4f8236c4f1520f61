using System.Globalization;
using System.Text;

namespace KvStore.Core.Tests.Replication;

/// <summary>
/// Everything at once, drawn from a seed: writes of all kinds, messages lost, doubled and reordered, partitions that membership
/// notices or not, crashes and restarts. Then it stops, and the replicas must agree, serve and fall silent.
/// </summary>
public sealed class ChaosTests
{
    // KV_CHAOS_SEEDS=10000 takes a minute and a half.
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("KV_CHAOS_SEEDS") ?? "40", CultureInfo.InvariantCulture);
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("KV_CHAOS_FIRST") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public void Once_faults_stop_all_replicas_serve_the_same_and_fall_silent()
    {
        var report = new StringBuilder();
        var failed = 0;
        for (var seed = FirstSeed; seed < FirstSeed + Seeds; seed++)
        {
            using var run = new ChaosRun(seed);
            try
            {
                run.Play();
                run.Settle();
            }
            catch (Exception error)
            {
                if (failed++ < 12)
                    report.Append("seed ").Append(seed).Append(": ").AppendLine(error.Message.ReplaceLineEndings(" ")).AppendLine(error.StackTrace!.Split('\n').Skip(1).FirstOrDefault(static l => l.Contains("Chaos", StringComparison.Ordinal)));
            }
        }
        failed.ShouldBe(0, report.ToString());
    }

    private sealed class ChaosRun : IDisposable
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
            _durable = _random.Next(2) == 0;
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
            _cluster.Replicas.ShouldAllBe(static r => r.Ready);
            foreach (var gone in _cluster.Replicas[0].Replicas.Where(static r => r.State == ReplicaState.Away))
                _cluster.Turn(_cluster.Replicas[0], r => r.Forget(gone.Name).ShouldBeNull());
            _cluster.Run(20_000);
            _cluster.Replicas.ShouldAllBe(static r => r.Ready);
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

        private void CheckContents()
        {
            foreach (var replica in _cluster.Replicas.Skip(1))
                replica.Vector().ToString().ShouldBe(_cluster.Replicas[0].Vector().ToString());
            _cluster.Replicas.ShouldAllBe(static r => r.OriginsWithGaps == 0);
            _cluster.Replicas.Select(static r => r.Digest()).Distinct().Count().ShouldBe(1, "contents differ");
        }

        private void CheckSilence()
        {
            var before = _cluster.Sent;
            _cluster.Run(5_000);
            var statuses = _wanted * (_wanted - 1) * 10;
            // At rest a session is a question and an answer.
            const int sessions = (5_000 / (IntervalMs * 3 / 4)) + 1;
            (_cluster.Sent - before).ShouldBeLessThanOrEqualTo(statuses + (2 * _wanted) + (2 * _wanted * sessions), "messages at rest");
        }

        /// <summary>
        /// A vector covers only what the table has, or has something newer than. A key that is absent was deleted, by the last that the
        /// vector covers, and collected: so that what was deleted everywhere never comes back.
        /// </summary>
        private void CheckVectors()
        {
            // A replica that loads does not show its table.
            foreach (var replica in _cluster.Replicas.Where(static r => r.Ready))
            {
                var (floor, entries) = Dump(replica);
                var newest = new Dictionary<string, Written>(StringComparer.Ordinal);
                foreach (var (origin, applied) in replica.Vector())
                {
                    foreach (var written in _published.GetValueOrDefault(origin, []).Take((int)Math.Min(applied.Number, int.MaxValue)))
                    {
                        if (written.Kind == RecordKind.Floor)
                            (written.Version <= floor).ShouldBeTrue($"{replica.StartId:x} claims {origin:x}:{applied.Number} but its floor is {floor}, and {written.Version} was one");
                        else if (!newest.TryGetValue(written.Key, out var other) || other.Version < written.Version)
                            newest[written.Key] = written;
                    }
                }
                foreach (var (key, written) in newest)
                {
                    var has = entries.GetValueOrDefault(key);
                    var isGone = written.Kind == RecordKind.Deleted || (written.ExpiresAtMs > 0 && written.ExpiresAtMs <= _cluster.NowMs);
                    var isCollected = has == default && isGone && written.Version.Clock <= replica.CollectedClock;
                    if (has < written.Version && floor < written.Version && !isCollected)
                        throw new InvalidOperationException($"{replica.StartId:x} has {has} of {key}, and {written} is covered by {replica.Vector()}; collected {replica.CollectedClock >> 16}; all of it: {string.Join(' ', _published.SelectMany(o => o.Value.Select((w, i) => (w, Id: $"{o.Key:x}:{i + 1}"))).Where(w => w.w.Key == key && w.w.Version > written.Version).Select(static w => $"{w.Id}={w.w.Kind}@{w.w.Version}"))}; {string.Join(' ', replica.Registry.Entries.Select(static e => $"{e.Name}/{e.StartId:x}/{e.Clock >> 16}/{e.Forgotten}"))} open {string.Join(',', replica.OpenOrigins.Select(static o => $"{o:x}"))}");
                }
            }
        }

        private void CheckCollection()
        {
            if (_cluster.Replicas.All(static r => r.OpenOrigins.Count == 0))
                _cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 0, "tombstones stay, though all are back");
        }

        private bool IsDead(ulong startId) => _cluster.Replicas.All(r => r.StartId != startId);

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

        private (VersionStamp Floor, Dictionary<string, VersionStamp> Entries) Dump(Replica replica)
        {
            var entries = new Dictionary<string, VersionStamp>(StringComparer.Ordinal);
            var floor = VersionStamp.None;
            ulong cursor = 0;
            do
            {
                replica.Receive(new TransferRequest(1, 1, cursor, 63, SlotSet.All));
                foreach (var effect in replica.Outbox.Effects)
                {
                    var chunk = effect.Message.ShouldBeOfType<TransferChunk>();
                    var records = chunk.Records.Span;
                    for (var i = 0; i < chunk.Count; i++)
                    {
                        var record = EntryRecord.Read(ref records, 0);
                        entries[Encoding.UTF8.GetString(record.Key)] = record.Version;
                    }
                    floor = chunk.Floor;
                    cursor = chunk.Next;
                }
                replica.Outbox.Clear();
            }
            while (cursor != 0);
            return (floor, entries);
        }

        private void Note(Mutations message)
        {
            if (!_published.TryGetValue(message.Origin, out var written))
                _published.Add(message.Origin, written = []);
            written.Count.ShouldBe((int)message.First - 1);
            var records = message.Records.Span;
            for (var i = 0; i < message.Count; i++)
            {
                var record = EntryRecord.Read(ref records, message.Origin);
                written.Add(new Written(Encoding.UTF8.GetString(record.Key), record.Version, record.Kind, record.ExpiresAtMs));
            }
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
            foreach (var (at, member) in _unreachable.ToList())
                SetReachable(at, member, reachable: true);
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
            _cluster.Join(StartOne());
        }

        private void Restart()
        {
            if (_unremoved.Count > 0)
            {
                _cluster.Remove(_unremoved[0]);
                _unremoved.RemoveAt(0);
            }
            if (_cluster.Replicas.Count >= _wanted)
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
            return _durable && _random.Next(4) > 0 ? _cluster.StartAgain(startId) : _cluster.StartUnseen(name);
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

        private readonly record struct Written(string Key, VersionStamp Version, RecordKind Kind, long ExpiresAtMs);
    }
}
