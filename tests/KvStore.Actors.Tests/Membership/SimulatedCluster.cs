using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

/// <summary>
/// Membership machines on a simulated network under virtual time. Every message passes through the codec, delays and losses
/// come from a seed, and nothing else decides the order, so a seed replays exactly.
/// </summary>
internal sealed class SimulatedCluster
{
    private const long TickMs = 50;

    private readonly Random _random;
    private readonly int _seed;
    private readonly PriorityQueue<Action, (long AtMs, long Order)> _agenda = new();
    private readonly SortedDictionary<int, SimulatedNode> _nodes = [];
    private readonly HashSet<(int From, int To)> _cut = [];
    private long _order;

    public SimulatedCluster(int seed, MembershipSettings? settings = null)
    {
        _seed = seed;
        _random = new Random(seed);
        Settings = settings ?? MembershipSettings.Default;
    }

    public MembershipSettings Settings { get; }

    public long NowMs { get; private set; }

    /// <summary>Of a thousand messages so many are lost.</summary>
    public int LossPerMille { get; set; }

    /// <summary>A downed node comes back as a new incarnation, as it does under the daemon; a test of one machine's end needs it to stay.</summary>
    public bool Rejoins { get; set; }

    public long MessagesSent { get; private set; }

    public long BytesSent { get; private set; }

    public List<string> Trace { get; } = [];

    public IReadOnlyCollection<SimulatedNode> Running => [.. _nodes.Values];

    public static Address AddressOf(int index) => new("akka.tcp", "kv", $"node{index}", 4053);

    public SimulatedNode this[int index] => _nodes[index];

    /// <summary>So many nodes, all Up, with the first three as seeds.</summary>
    public static SimulatedCluster Up(int seed, int count)
    {
        var cluster = new SimulatedCluster(seed);
        for (var i = 1; i <= count; i++)
            cluster.Start(i, 1, 2, 3);
        cluster.RunUntil(() => cluster.AllUp(count), 5000, "Up");
        return cluster;
    }

    /// <summary>Starts a node, or a new incarnation of one that was killed.</summary>
    public SimulatedNode Start(int index, params int[] seeds)
    {
        var node = StartIdle(index);
        node.Lineage.JoinSeedNodes([.. seeds.Select(AddressOf)], NowMs + node.ClockSkewMs);
        Drain(node);
        return node;
    }

    public SimulatedNode StartIdle(int index)
    {
        var uid = _random.Next();
        // Each machine has a clock of its own that has nothing to do with the others'.
        var lineage = new MembershipLineage(new UniqueAddress(AddressOf(index), uid), ["store"], Settings, _seed + index, _random.Next);
        if (!Rejoins)
            lineage.Retire();
        var node = new SimulatedNode(index, lineage, _random.Next(1_000_000));
        _nodes[index] = node;
        ScheduleTick(node);
        return node;
    }

    /// <summary>As kill -9: nothing more comes from it, and what was under way to it is lost.</summary>
    public void Kill(int index)
    {
        _nodes[index].IsAlive = false;
        _nodes.Remove(index);
    }

    public void Do(int index, Action<MembershipMachine, long> action)
    {
        var node = _nodes[index];
        action(node.Machine, NowMs + node.ClockSkewMs);
        Drain(node);
    }

    public void Cut(int[] left, int[] right)
    {
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                _cut.Add((a, b));
                _cut.Add((b, a));
            }
        }
    }

    public void CutOneWay(int from, int to) => _cut.Add((from, to));

    public void Heal() => _cut.Clear();

    public void RunFor(long ms)
    {
        var endMs = NowMs + ms;
        while (_agenda.TryPeek(out _, out var at) && at.AtMs <= endMs)
            Step();
        NowMs = endMs;
    }

    /// <summary>Runs until the condition holds and returns how long that took in virtual time; fails after the given time.</summary>
    public long RunUntil(Func<bool> condition, long withinMs, string what)
    {
        var startMs = NowMs;
        while (!condition())
        {
            if (NowMs - startMs > withinMs || !Step())
                throw new InvalidOperationException($"seed {_seed}: not within {withinMs} ms: {what}\n{Describe()}");
        }
        return NowMs - startMs;
    }

    public bool AllUp(int count) =>
        _nodes.Count >= count && _nodes.Values.Count(n => n.Sees(MemberStatus.Up, count) && n.Machine.IsConverged) >= count;

    public string Describe() => string.Join('\n', _nodes.Values.Select(n => $"{n.Index}: {n.Machine.Gossip}").Concat(Trace.TakeLast(40)));

    private bool Step()
    {
        if (!_agenda.TryDequeue(out var action, out var at))
            return false;
        NowMs = Math.Max(NowMs, at.AtMs);
        action();
        return true;
    }

    private void ScheduleTick(SimulatedNode node) => Schedule(TickMs, () =>
    {
        if (!node.IsAlive)
            return;
        node.Lineage.Tick(NowMs + node.ClockSkewMs);
        Drain(node);
        ScheduleTick(node);
    });

    private void Schedule(long delayMs, Action action) => _agenda.Enqueue(action, (NowMs + delayMs, _order++));

    private void Drain(SimulatedNode node)
    {
        var effects = node.Machine.Outbox.ToArray();
        node.Machine.Outbox.Clear();
        foreach (var effect in effects)
            Perform(node, effect);
        node.Lineage.TryRenew(NowMs + node.ClockSkewMs);
    }

    private void Perform(SimulatedNode node, MembershipEffect effect)
    {
        switch (effect.Kind)
        {
            case MembershipEffectKind.Send:
                Deliver(node, effect.To!, MembershipCodec.Encode(effect.Message));
                break;
            case MembershipEffectKind.Publish:
                node.Events.Add(effect.Event);
                break;
            case MembershipEffectKind.SelfExiting:
                Schedule(100, () =>
                {
                    node.Machine.CompleteExiting(NowMs + node.ClockSkewMs);
                    Drain(node);
                });
                break;
            case MembershipEffectKind.SelfRemoved:
                node.RemovedBecause = effect.Text;
                break;
            default:
                Trace.Add($"{NowMs} node{node.Index}: {effect.Text}");
                break;
        }
    }

    private void Deliver(SimulatedNode from, Address to, byte[] bytes)
    {
        MessagesSent++;
        BytesSent += bytes.Length;
        if (_random.Next(1000) < LossPerMille)
            return;
        Schedule(1 + _random.Next(20), () =>
        {
            var target = _nodes.Values.FirstOrDefault(n => n.Machine.Self.Address == to);
            if (target is null || _cut.Contains((from.Index, target.Index)))
                return;
            target.Machine.OnMessage(MembershipCodec.Decode(bytes), NowMs + target.ClockSkewMs);
            Drain(target);
        });
    }
}

internal sealed class SimulatedNode(int index, MembershipLineage lineage, long clockSkewMs)
{
    public int Index { get; } = index;

    public MembershipLineage Lineage { get; } = lineage;

    public MembershipMachine Machine => Lineage.Machine;

    public long ClockSkewMs { get; } = clockSkewMs;

    public bool IsAlive { get; set; } = true;

    public string? RemovedBecause { get; set; }

    public List<ClusterEvent.IClusterDomainEvent> Events { get; } = [];

    public UniqueAddress Self => Machine.Self;

    public bool Sees(MemberStatus status, int count) =>
        Machine.Gossip.Members.Count == count && Machine.Gossip.Members.All(m => m.Status == status);

    public bool SeesUnreachable(SimulatedNode other) => !Machine.Gossip.Reachability.IsReachable(other.Self);

    public IEnumerable<string> EventsAbout(SimulatedNode other) =>
        Events.OfType<ClusterEvent.IMemberEvent>().Where(e => e.Member.UniqueAddress == other.Self).Select(e => e.GetType().Name);
}
