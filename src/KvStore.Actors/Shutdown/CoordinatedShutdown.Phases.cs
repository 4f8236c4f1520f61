namespace KvStore.Actors;

/// <summary>The phases in their order, and the reasons.</summary>
public sealed partial class CoordinatedShutdown
{
    /// <summary>Before the outer doors close.</summary>
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";

    /// <summary>No new connections.</summary>
    public const string PhaseServiceUnbind = "service-unbind";

    /// <summary>Requests that have begun are finished.</summary>
    public const string PhaseServiceRequestsDone = "service-requests-done";

    /// <summary>Connections are closed.</summary>
    public const string PhaseServiceStop = "service-stop";

    /// <summary>Before the node leaves the cluster.</summary>
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";

    /// <summary>Shards are handed over.</summary>
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";

    /// <summary>The node says that it leaves.</summary>
    public const string PhaseClusterLeave = "cluster-leave";

    /// <summary>The node waits until the others let it exit.</summary>
    public const string PhaseClusterExiting = "cluster-exiting";

    /// <summary>The node says that it has exited.</summary>
    public const string PhaseClusterExitingDone = "cluster-exiting-done";

    /// <summary>The membership actors stop.</summary>
    public const string PhaseClusterShutdown = "cluster-shutdown";

    /// <summary>Before the actors stop.</summary>
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>The actors stop.</summary>
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    // Akka's reference configuration: 5 s a phase, 10 s for those that wait for other nodes or for all actors.
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longTimeout = TimeSpan.FromSeconds(10);

    private static readonly string[] s_phases =
    [
        PhaseBeforeServiceUnbind,
        PhaseServiceUnbind,
        PhaseServiceRequestsDone,
        PhaseServiceStop,
        PhaseBeforeClusterShutdown,
        PhaseClusterShardingShutdownRegion,
        PhaseClusterLeave,
        PhaseClusterExiting,
        PhaseClusterExitingDone,
        PhaseClusterShutdown,
        PhaseBeforeActorSystemTerminate,
        PhaseActorSystemTerminate,
    ];

    /// <summary>Why a system ends.</summary>
    public class Reason
    {
        /// <summary>Creates a reason.</summary>
        protected Reason()
        {
        }

        /// <inheritdoc/>
        public override string ToString() => GetType().Name;
    }

    /// <summary>Nobody said.</summary>
    public sealed class UnknownReason : Reason
    {
        /// <summary>The only value.</summary>
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    /// <summary>Somebody called <see cref="ActorSystem.Terminate"/>.</summary>
    public sealed class ActorSystemTerminateReason : Reason
    {
        /// <summary>The only value.</summary>
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    /// <summary>The process is exiting.</summary>
    public sealed class ClrExitReason : Reason
    {
        /// <summary>The only value.</summary>
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }

    /// <summary>The node was downed.</summary>
    public sealed class ClusterDowningReason : Reason
    {
        /// <summary>The only value.</summary>
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason()
        {
        }
    }

    /// <summary>The node left the cluster.</summary>
    public sealed class ClusterLeavingReason : Reason
    {
        /// <summary>The only value.</summary>
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason()
        {
        }
    }

    /// <summary>The node could not join the cluster.</summary>
    public sealed class ClusterJoinUnsuccessfulReason : Reason
    {
        /// <summary>The only value.</summary>
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason()
        {
        }
    }
}
