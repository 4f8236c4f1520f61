using KvStore.Actors.Remoting;

namespace KvStore.MultiNode.Tests;

/// <summary>The embedded engine's adapter: a transport around the TCP transport that drops or delays what a rule says.</summary>
internal sealed class NetworkFaults : INetworkFaults, ITransport, ITransportHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Address, Rule> _rules = [];
    private readonly Dictionary<Address, FaultyAssociation> _associations = [];
    private ITransport _inner = null!;
    private ITransportHandler _handler = null!;

    /// <summary>HOCON that a node with faults needs on this engine.</summary>
    public const string Configuration = "";

    /// <summary>The protocol in the addresses of nodes with faults.</summary>
    public const string Protocol = "akka.tcp";

    public PeerIdentity Self => _inner.Self;

    public TransportCounters Counters => _inner.Counters;

    public static (ActorSystem System, INetworkFaults Faults) Create(string name, Config config)
    {
        var faults = new NetworkFaults();
        var setup = EngineSetup.Create().WithTransport(settings =>
        {
            faults._inner = new TcpTransport(settings, TimeProvider.System);
            return faults;
        });
        return (ActorSystem.Create(name, BootstrapSetup.Create().WithConfig(config).And(setup)), faults);
    }

    public void Blackhole(Address remote, FaultDirection direction) => Change(remote, direction, dropped: true);

    public void PassThrough(Address remote, FaultDirection direction)
    {
        Change(remote, direction, dropped: false);
        RuleFor(remote).BytesPerSecond = 0;
    }

    public void Throttle(Address remote, int bytesPerSecond) => RuleFor(remote).BytesPerSecond = bytesPerSecond;

    public Address Listen(ITransportHandler handler)
    {
        _handler = handler;
        return _inner.Listen(this);
    }

    public IAssociation Associate(Address remote)
    {
        lock (_gate)
        {
            if (!_associations.TryGetValue(remote, out var association))
                _associations.Add(remote, association = new FaultyAssociation(_inner.Associate(remote), RuleFor(remote)));
            return association;
        }
    }

    public void Close(Action closed) => _inner.Close(closed);

    public void OnConnected(PeerIdentity peer, Lane lane, bool inbound) => _handler.OnConnected(peer, lane, inbound);

    public void OnFrame(PeerIdentity from, scoped in InboundFrame frame)
    {
        if (!RuleFor(from.Address).DropsReceived)
            _handler.OnFrame(from, frame);
    }

    public void OnDisconnected(PeerIdentity peer, Lane lane, bool inbound, string reason) => _handler.OnDisconnected(peer, lane, inbound, reason);

    public string? Objection(PeerIdentity peer) => _handler.Objection(peer);

    public void OnFailed(Address? remote, bool inbound, string reason) => _handler.OnFailed(remote, inbound, reason);

    private void Change(Address remote, FaultDirection direction, bool dropped)
    {
        var rule = RuleFor(remote);
        if (direction != FaultDirection.Receive)
            rule.DropsSent = dropped;
        if (direction != FaultDirection.Send)
            rule.DropsReceived = dropped;
    }

    private Rule RuleFor(Address remote)
    {
        lock (_gate)
        {
            if (!_rules.TryGetValue(remote, out var rule))
                _rules.Add(remote, rule = new Rule());
            return rule;
        }
    }

    /// <summary>Written by the spec, read by whoever sends or receives.</summary>
    private sealed class Rule
    {
        public volatile bool DropsSent;
        public volatile bool DropsReceived;
        public volatile int BytesPerSecond;
    }

    private sealed class FaultyAssociation(IAssociation inner, Rule rule) : IAssociation
    {
        private readonly Lock _gate = new();
        private readonly Queue<(byte[] Payload, Func<byte[], WriteResult> Write)> _delayed = new();
        private bool _isDraining;

        public Address Remote => inner.Remote;

        public PeerIdentity? Peer => inner.Peer;

        public WriteResult Write(Lane lane, string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload)
        {
            if (rule.DropsSent)
                return WriteResult.Queued;
            lock (_gate)
            {
                if (rule.BytesPerSecond == 0 && _delayed.Count == 0)
                    return inner.Write(lane, recipient, sender, serializerId, manifest, payload);
                _delayed.Enqueue((payload.ToArray(), bytes => inner.Write(lane, recipient, sender, serializerId, manifest, bytes)));
                if (!_isDraining)
                {
                    _isDraining = true;
                    _ = DrainAsync();
                }
                return WriteResult.Queued;
            }
        }

        public void Disconnect(string reason) => inner.Disconnect(reason);

        private async Task DrainAsync()
        {
            const int stepsPerSecond = 20;
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / stepsPerSecond));
            double allowance = 0;
            while (await timer.WaitForNextTickAsync())
            {
                var rate = rule.BytesPerSecond;
                allowance = rate == 0 ? double.MaxValue : Math.Min(allowance + ((double)rate / stepsPerSecond), rate);
                lock (_gate)
                {
                    while (allowance > 0 && _delayed.TryDequeue(out var frame))
                    {
                        allowance -= frame.Payload.Length;
                        frame.Write(frame.Payload);
                    }
                    if (_delayed.Count > 0)
                        continue;
                    _isDraining = false;
                    return;
                }
            }
        }
    }
}
