using System.Diagnostics.CodeAnalysis;

namespace KvStore.Actors.Membership;

public partial class ClusterEvent
{
    /// <summary>A member changed its status, or was removed.</summary>
    public interface IMemberEvent : IClusterDomainEvent
    {
        /// <summary>The member, with the status that it has now.</summary>
        Member Member { get; }
    }

    /// <summary>What all status changes have in common.</summary>
    public abstract class MemberStatusChange : IMemberEvent
    {
        /// <summary>The member, for the events derived from this one.</summary>
        [SuppressMessage("Naming", "CA1707", Justification = "Akka.NET's name.")]
        [SuppressMessage("Design", "CA1051", Justification = "Akka.NET's shape.")]
        protected readonly Member _member;

        /// <summary>Creates the event.</summary>
        /// <exception cref="ArgumentException">The member does not have the status that the event is about.</exception>
        protected MemberStatusChange(Member member, MemberStatus validStatus)
        {
            ArgumentNullException.ThrowIfNull(member);
            if (member.Status != validStatus)
                throw new ArgumentException($"Expected {validStatus} state, got: {member}", nameof(member));
            _member = member;
        }

        /// <inheritdoc/>
        public Member Member => _member;

        /// <inheritdoc/>
        public override string ToString() => $"{GetType().Name}(Member={_member})";
    }

    /// <summary>A node asked to join and is known to the cluster.</summary>
    public sealed class MemberJoined : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberJoined(Member member)
            : base(member, MemberStatus.Joining)
        {
        }
    }

    /// <summary>A node became a full member.</summary>
    public sealed class MemberUp : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberUp(Member member)
            : base(member, MemberStatus.Up)
        {
        }
    }

    /// <summary>A node was accepted while the cluster could not agree. This engine never publishes it.</summary>
    public sealed class MemberWeaklyUp : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberWeaklyUp(Member member)
            : base(member, MemberStatus.WeaklyUp)
        {
        }
    }

    /// <summary>A member was asked to leave.</summary>
    public sealed class MemberLeft : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberLeft(Member member)
            : base(member, MemberStatus.Leaving)
        {
        }
    }

    /// <summary>Everybody knows that the member leaves.</summary>
    public sealed class MemberExited : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberExited(Member member)
            : base(member, MemberStatus.Exiting)
        {
        }
    }

    /// <summary>A member was judged dead.</summary>
    public sealed class MemberDowned : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberDowned(Member member)
            : base(member, MemberStatus.Down)
        {
        }
    }

    /// <summary>An incarnation is no longer in the cluster and will not be again.</summary>
    public sealed class MemberRemoved : MemberStatusChange
    {
        /// <summary>Creates the event.</summary>
        public MemberRemoved(Member member, MemberStatus previousStatus)
            : base(member, MemberStatus.Removed) => PreviousStatus = previousStatus;

        /// <summary>The status before: Exiting after a graceful leave, Down after a death.</summary>
        public MemberStatus PreviousStatus { get; }

        /// <inheritdoc/>
        public override string ToString() => $"MemberRemoved(Member={_member}, PreviousStatus={PreviousStatus})";
    }
}
