using System.Collections.Immutable;

namespace KvStore.Actors.Membership;

public partial class ClusterEvent
{
    /// <summary>The whole cluster at a moment, as one node sees it.</summary>
    public sealed class CurrentClusterState : INoSerializationVerificationNeeded
    {
        private readonly ImmutableDictionary<string, Address?> _roleLeaders;

        /// <summary>Creates the state of a node that is in no cluster.</summary>
        public CurrentClusterState()
            : this([], [], [], null, ImmutableDictionary<string, Address?>.Empty)
        {
        }

        /// <summary>Creates a state.</summary>
        public CurrentClusterState(
            ImmutableSortedSet<Member> members,
            ImmutableHashSet<Member> unreachable,
            ImmutableHashSet<Address> seenBy,
            Address? leader,
            ImmutableDictionary<string, Address?> roleLeaderMap)
        {
            Members = members;
            Unreachable = unreachable;
            SeenBy = seenBy;
            Leader = leader;
            _roleLeaders = roleLeaderMap;
        }

        /// <summary>Every member, by host and port.</summary>
        public ImmutableSortedSet<Member> Members { get; }

        /// <summary>Those that some member does not hear.</summary>
        public ImmutableHashSet<Member> Unreachable { get; }

        /// <summary>Those that are known to have seen this very state.</summary>
        public ImmutableHashSet<Address> SeenBy { get; }

        /// <summary>Who leads; null where nobody can.</summary>
        public Address? Leader { get; }

        /// <summary>The roles of all members together.</summary>
        public ImmutableHashSet<string> AllRoles => [.. _roleLeaders.Keys];

        /// <summary>Who leads among the members with that role; null where nobody does.</summary>
        public Address? RoleLeader(string role) => _roleLeaders.GetValueOrDefault(role);

        /// <summary>This state with some parts replaced.</summary>
        public CurrentClusterState Copy(
            ImmutableSortedSet<Member>? members = null,
            ImmutableHashSet<Member>? unreachable = null,
            ImmutableHashSet<Address>? seenBy = null,
            Address? leader = null,
            ImmutableDictionary<string, Address?>? roleLeaderMap = null) =>
            new(members ?? Members, unreachable ?? Unreachable, seenBy ?? SeenBy, leader ?? Leader, roleLeaderMap ?? _roleLeaders);
    }
}
