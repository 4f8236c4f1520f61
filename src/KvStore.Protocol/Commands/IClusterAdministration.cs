namespace KvStore.Protocol.Commands;

/// <summary>One member of the cluster, as <c>KVCLUSTER SHOW</c> lists it.</summary>
/// <param name="Address">Its address, <c>akka.tcp://system@host:port</c>.</param>
/// <param name="Roles">The roles it joined with, in order.</param>
/// <param name="Status">Its membership status in lower case: <c>joining</c>, <c>weaklyup</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c>, <c>down</c>, or <c>removed</c> for a node that is in no cluster.</param>
/// <param name="IsReachable">False while a failure detector has given it up.</param>
/// <param name="AppVersion">The version that it joined with; empty where the actor engine carries none.</param>
public sealed record ClusterMember(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, string AppVersion);

/// <summary>One change of the membership, as <c>KVCLUSTER EVENTS</c> lists it.</summary>
/// <param name="Number">Counts the events that this node saw since its start: 1, 2, 3, …</param>
/// <param name="AtMs">When this node saw it, in unix milliseconds.</param>
/// <param name="Event">What happened: <c>joined</c>, <c>weaklyup</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c>, <c>down</c>, <c>removed</c>, <c>unreachable</c> or <c>reachable</c>.</param>
/// <param name="Address">To whom.</param>
public readonly record struct ClusterChange(long Number, long AtMs, string Event, string Address);

/// <summary>The answer to a request whose effect depends on what the node finds.</summary>
/// <param name="Text">What was done or, where it was refused, why; a sentence.</param>
/// <param name="IsRefused">Nothing was done.</param>
public sealed record AdministrationAnswer(string Text, bool IsRefused)
{
    /// <summary>It was done.</summary>
    public static AdministrationAnswer Done(string what) => new(what, IsRefused: false);

    /// <summary>It was not.</summary>
    public static AdministrationAnswer Refused(string why) => new(why, IsRefused: true);
}

/// <summary>
/// The cluster that the node is a member of, for those who run it. Called on the store's turn only. A request answers null
/// when the membership has taken it, which says nothing about whether and when the members agree to it; and otherwise the
/// reason why not, in a sentence that repeats the client's bytes as Latin-1.
/// </summary>
public interface IClusterAdministration
{
    /// <summary>This node; its status is <c>removed</c> before it has joined and after it has left.</summary>
    ClusterMember Self { get; }

    /// <summary>The address of the member that leads, as this node sees it; empty while there is none.</summary>
    string Leader { get; }

    /// <summary>Every member, this node included, ordered by address.</summary>
    IReadOnlyList<ClusterMember> Members { get; }

    /// <summary>The number of the last event; 0 before the first.</summary>
    long LastEvent { get; }

    /// <summary>The events numbered above <paramref name="since"/> that are still kept, in order.</summary>
    IReadOnlyList<ClusterChange> EventsSince(long since);

    /// <summary>Asks a member to leave gracefully.</summary>
    string? Leave(string address);

    /// <summary>Judges a member dead, whether it is or not.</summary>
    string? Down(string address);

    /// <summary>Has this node join the cluster of another.</summary>
    string? Join(string address);

    /// <summary>Where a split has left other clusters: has the nodes of all but the greatest join that one.</summary>
    AdministrationAnswer Heal();
}
