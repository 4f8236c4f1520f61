namespace KvStore.Core.Replication;

/// <summary>Where a registered replica stands, for people.</summary>
public enum ReplicaState
{
    /// <summary>Its process is in the cluster, and is heard.</summary>
    Live,

    /// <summary>It may hold data and is not heard: nothing that it has not seen deleted is collected meanwhile.</summary>
    Away,

    /// <summary>It was given up: when it comes back it discards what it has.</summary>
    Forgotten,
}

/// <summary>A registered replica as this one sees it, for people.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Store">The identity of its data.</param>
/// <param name="StartId">Its last known process.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Lag">How many known mutations, of any origin, it had not applied when it was last heard; −1 where it never was.</param>
/// <param name="Synced">The number of this replica's mutations up to which it had synced them; −1 as above.</param>
/// <param name="AwayMs">For how long it has been away; 0 for one that is live.</param>
public sealed record RegisteredView(string Name, ulong Store, ulong StartId, ReplicaState State, long Lag, long Synced, long AwayMs);
