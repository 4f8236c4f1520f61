namespace KvStore.Actors.Membership;

/// <summary>
/// What the membership tells those who subscribe to it. Names and shapes are Akka.NET's: the events are nested here, and the
/// class itself holds nothing.
/// </summary>
public partial class ClusterEvent
{
    /// <summary>A subscriber first receives one <see cref="CurrentClusterState"/>.</summary>
    public static readonly SubscriptionInitialStateMode InitialStateAsSnapshot = SubscriptionInitialStateMode.InitialStateAsSnapshot;

    /// <summary>A subscriber first receives the events that would have led to the current state.</summary>
    public static readonly SubscriptionInitialStateMode InitialStateAsEvents = SubscriptionInitialStateMode.InitialStateAsEvents;

    /// <summary>How a new subscriber learns of what happened before it subscribed.</summary>
    public enum SubscriptionInitialStateMode
    {
        /// <summary>As one <see cref="CurrentClusterState"/>.</summary>
        InitialStateAsSnapshot = 0,

        /// <summary>As the events that would have led there.</summary>
        InitialStateAsEvents = 1,
    }

    /// <summary>Anything that happens in the cluster.</summary>
    public interface IClusterDomainEvent : IDeadLetterSuppression;

    /// <summary>The leader, as this node sees it, is another one now.</summary>
    public sealed class LeaderChanged : IClusterDomainEvent
    {
        /// <summary>Creates the event; null means that there is no leader.</summary>
        public LeaderChanged(Address? leader) => Leader = leader;

        /// <summary>The new leader; null where there is none.</summary>
        public Address? Leader { get; }

        /// <inheritdoc/>
        public override string ToString() => $"LeaderChanged(NewLeader={Leader})";
    }

    /// <summary>The leader among the members with a role is another one now.</summary>
    public sealed class RoleLeaderChanged : IClusterDomainEvent
    {
        /// <summary>Creates the event; a null leader means that nobody leads the role.</summary>
        public RoleLeaderChanged(string role, Address? leader)
        {
            Role = role;
            Leader = leader;
        }

        /// <summary>The new leader; null where there is none.</summary>
        public Address? Leader { get; }

        /// <summary>The role.</summary>
        public string Role { get; }

        /// <inheritdoc/>
        public override string ToString() => $"RoleLeaderChanged(Leader={Leader}, Role={Role})";
    }

    /// <summary>This node's membership ends; no further event follows the removals that come with it.</summary>
    public sealed class ClusterShuttingDown : IClusterDomainEvent
    {
        /// <summary>The only instance.</summary>
        public static readonly IClusterDomainEvent Instance = new ClusterShuttingDown();

        private ClusterShuttingDown()
        {
        }

        /// <inheritdoc/>
        public override string ToString() => "ClusterShuttingDown";
    }

    /// <summary>A member became reachable or unreachable.</summary>
    public interface IReachabilityEvent : IClusterDomainEvent
    {
        /// <summary>The member concerned.</summary>
        Member Member { get; }
    }

    /// <summary>What both reachability events have in common.</summary>
    public abstract class ReachabilityEvent : IReachabilityEvent
    {
        /// <summary>Creates the event.</summary>
        protected ReachabilityEvent(Member member) => Member = member;

        /// <inheritdoc/>
        public Member Member { get; }

        /// <inheritdoc/>
        public override string ToString() => $"{GetType().Name}(Member={Member})";
    }

    /// <summary>Some member no longer hears this one.</summary>
    public sealed class UnreachableMember : ReachabilityEvent
    {
        /// <summary>Creates the event.</summary>
        public UnreachableMember(Member member)
            : base(member)
        {
        }
    }

    /// <summary>Every member hears this one again.</summary>
    public sealed class ReachableMember : ReachabilityEvent
    {
        /// <summary>Creates the event.</summary>
        public ReachableMember(Member member)
            : base(member)
        {
        }
    }
}
