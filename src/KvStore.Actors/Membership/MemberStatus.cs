namespace KvStore.Actors.Membership;

/// <summary>Where a member stands in its life. The numbers are Akka.NET's, and the wire carries them.</summary>
public enum MemberStatus
{
    /// <summary>Known to the cluster, not yet accepted by all of it.</summary>
    Joining = 0,

    /// <summary>A full member.</summary>
    Up = 1,

    /// <summary>Asked to leave; still a full member until everybody knows.</summary>
    Leaving = 2,

    /// <summary>Everybody knows that it leaves; it shuts down.</summary>
    Exiting = 3,

    /// <summary>Judged dead. It is removed as soon as those that remain agree, and its incarnation never returns.</summary>
    Down = 4,

    /// <summary>No longer a member. Appears only in events, never in gossip.</summary>
    Removed = 5,

    /// <summary>Accepted while the cluster could not agree. This engine never assigns it; it is here for source compatibility.</summary>
    WeaklyUp = 6,
}
