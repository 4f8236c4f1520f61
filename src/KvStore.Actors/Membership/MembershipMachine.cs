using System.Collections.Immutable;
using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Membership;

/// <summary>
/// The membership of one incarnation of one node as a state machine: messages, wishes and the time go in, effects come out in
/// <see cref="Outbox"/>, which the caller drains and clears after each call. It knows no socket, clock or
/// thread, and draws its random choices from a seed, so a run replays exactly. Once it has ended
/// (<see cref="MembershipEffectKind.SelfRemoved"/>) it stays so: to return, a node makes a new machine with a new uid.
/// </summary>
/// <remarks>
/// Not thread-safe. Time is milliseconds on a clock that does not run backwards; nodes' clocks need nothing in common.
/// </remarks>
internal sealed partial class MembershipMachine
{
    private readonly MembershipSettings _settings;
    private readonly ImmutableHashSet<string> _roles;
    private readonly Random _random;
    private readonly HeartbeatMonitor _monitor;
    private readonly SplitBrainResolver? _resolver;
    private readonly Action<ClusterEvent.IClusterDomainEvent> _publish;
    private Phase _phase = Phase.Idle;
    private Gossip _gossip = Gossip.Empty;

    /// <summary>Creates the machine of an incarnation that is in no cluster yet.</summary>
    public MembershipMachine(UniqueAddress self, IEnumerable<string> roles, MembershipSettings settings, int seed)
    {
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(settings);
        Self = self;
        _roles = roles.ToImmutableHashSet(StringComparer.Ordinal);
        _settings = settings;
        _random = new Random(seed);
        _monitor = new HeartbeatMonitor(self, settings);
        _resolver = settings.SplitBrain is { } splitBrain ? new SplitBrainResolver(self, splitBrain) : null;
        _publish = domainEvent => Outbox.Add(new MembershipEffect(MembershipEffectKind.Publish, To: null, domainEvent));
    }

    private enum Phase : byte
    {
        /// <summary>Nobody has told it to join yet.</summary>
        Idle,

        /// <summary>Asking seeds whether they are in a cluster.</summary>
        Seeding,

        /// <summary>Asking one member to be let in.</summary>
        Joining,

        /// <summary>In a cluster.</summary>
        Member,

        /// <summary>Was in a cluster, and is no more.</summary>
        Ended,
    }

    public UniqueAddress Self { get; }

    /// <summary>Drained and cleared by the caller after each input.</summary>
    public List<MembershipEffect> Outbox { get; } = [];

    public Gossip Gossip => _gossip;

    public bool IsMember => _phase == Phase.Member;

    public bool HasEnded => _phase == Phase.Ended;

    /// <summary>
    /// True when it has ended because others, the resolver or an operator judged this node dead, which evidently it is not: a
    /// successor with a new uid may join again. One that was leaving has what it wanted.
    /// </summary>
    public bool MayReturn { get; private set; }

    /// <summary>True once this incarnation has been Up, and so has known a whole cluster.</summary>
    public bool WasUp { get; private set; }

    /// <summary>After its end: the others it knew as members, which a successor asks for the way back.</summary>
    public ImmutableSortedSet<Address> FormerMembers { get; private set; } = ImmutableSortedSet.Create(Member.AddressOrdering);

    /// <summary>This node as the cluster sees it; Removed while it is in none.</summary>
    public Member SelfMember => _gossip.Find(Self) ?? Member.Removed(Self);

    public bool IsConverged => IsMember && _gossip.IsConverged(Self, _exitingConfirmed);

    /// <summary>The cluster as <c>Cluster.State</c> shows it.</summary>
    public ClusterEvent.CurrentClusterState State => new(
        _gossip.Members,
        [.. _gossip.Members.Where(m => m.UniqueAddress != Self && !_gossip.Reachability.IsReachable(m.UniqueAddress))],
        [.. _gossip.Seen.Select(static node => node.Address)],
        _gossip.LeaderOf(Self)?.Address,
        _gossip.Members.SelectMany(static m => m.Roles).Distinct(StringComparer.Ordinal)
            .ToImmutableDictionary(static role => role, role => _gossip.LeaderOf(Self, role)?.Address, StringComparer.Ordinal));

    /// <summary>A message of another node's machine has arrived.</summary>
    public void OnMessage(IMembershipMessage message, long nowMs)
    {
        if (_phase == Phase.Ended)
            return;
        switch (message)
        {
            case Heartbeat heartbeat:
                Send(heartbeat.From.Address, new HeartbeatResponse(Self, heartbeat.SequenceNr));
                return;
            case HeartbeatResponse response:
                _monitor.OnResponse(response.From, nowMs);
                return;
            case InitJoin init:
                OnInitJoin(init);
                break;
            case InitJoinAck ack:
                OnInitJoinAck(ack, nowMs);
                break;
            case InitJoinNack nack:
                OnInitJoinNack(nack, nowMs);
                break;
            case JoinMessage join:
                OnJoin(join, nowMs);
                break;
            case Welcome welcome:
                OnWelcome(welcome, nowMs);
                break;
            case GossipEnvelope envelope:
                OnGossip(envelope, nowMs);
                break;
            case GossipStatus status:
                OnGossipStatus(status, nowMs);
                break;
            case ExitingConfirmed confirmed:
                OnExitingConfirmed(confirmed);
                break;
            case OutsideWord:
                return;
            default:
                throw new ArgumentException($"The machine does not know messages of the type {message.GetType().Name}.", nameof(message));
        }
        Settle(nowMs);
    }

    /// <summary>
    /// Time has passed. Call it about ten times a second; what is due is done, and more frequent calls change nothing.
    /// </summary>
    public void Tick(long nowMs)
    {
        switch (_phase)
        {
            case Phase.Seeding:
            case Phase.Joining:
                TickJoining(nowMs);
                break;
            case Phase.Member:
                TickHeartbeats(nowMs);
                TickGossip(nowMs);
                ResolveSplit(nowMs);
                GiveUpIfStranded(nowMs);
                break;
        }
        Settle(nowMs);
    }

    /// <summary>
    /// Begins the graceful leave of a member, this node or another. A member that is leaving already, or unknown, is left alone.
    /// </summary>
    public void Leave(Address address, long nowMs)
    {
        if (_phase != Phase.Member)
            return;
        var member = _gossip.FindByAddress(address);
        if (member?.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up)
        {
            Note($"Marked address [{address}] as [Leaving]");
            Author(_gossip.Put(member.Copy(MemberStatus.Leaving)));
        }
        else
        {
            Note($"Ignoring leave of [{address}], which is {member?.Status.ToString() ?? "no member"}");
        }
        Settle(nowMs);
    }

    /// <summary>
    /// Judges a member dead: it is removed as soon as those that remain agree. From an operator or a split-brain resolver.
    /// </summary>
    public void Down(Address address, long nowMs)
    {
        if (_phase != Phase.Member)
            return;
        if (_gossip.FindByAddress(address) is { } member)
            MarkAsDown(member);
        else
            Note($"Ignoring down of unknown node [{address}]");
        Settle(nowMs);
    }

    private void MarkAsDown(Member member)
    {
        if (member.Status == MemberStatus.Down)
            return;
        Note($"Marking node [{member.Address}] with uid {member.UniqueAddress.Uid} as [Down]");
        Author(_gossip.MarkAsDown(member));
    }

    private void ResolveSplit(long nowMs)
    {
        if (_resolver?.Decide(_gossip, isLeader: _gossip.LeaderOf(Self)?.UniqueAddress == Self, nowMs) is not { } decision)
            return;
        Warn(decision.Reason);
        // In one version, so that nobody sees half a decision.
        Author(decision.Nodes.Aggregate(_gossip, static (gossip, member) => gossip.MarkAsDown(member)));
    }

    /// <summary>Makes a change of this node's own: a new version, which the others have yet to see.</summary>
    private void Author(Gossip changed)
    {
        Adopt(changed.Authored(Self));
        _authored = true;
    }

    private void Adopt(Gossip gossip)
    {
        var before = _gossip;
        _gossip = gossip;
        if (!ReferenceEquals(before, gossip))
            GossipDiff.Collect(before, gossip, Self, _publish);
    }

    private void End(string reason)
    {
        _phase = Phase.Ended;
        FormerMembers = FormerMembers.Union(_gossip.Members.Select(static m => m.Address).Where(address => address != Self.Address));
        if (!MayReturn)
            _publish(ClusterEvent.ClusterShuttingDown.Instance);
        Adopt(Gossip.Empty);
        Outbox.Add(new MembershipEffect(MembershipEffectKind.SelfRemoved, To: null, reason));
    }

    private void Send(Address to, IMembershipMessage message) => Outbox.Add(new MembershipEffect(MembershipEffectKind.Send, to, message));

    private void Note(string text) => Outbox.Add(new MembershipEffect(MembershipEffectKind.Note, To: null, text));

    private void Warn(string text) => Outbox.Add(new MembershipEffect(MembershipEffectKind.Warning, To: null, text));
}
