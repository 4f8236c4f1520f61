namespace KvStore.Core.Replication;

/// <summary>What becomes of a write that finds more memory in use than <see cref="ReplicaSettings.MemoryLimitBytes"/>.</summary>
public enum EvictionPolicy
{
    /// <summary>It is refused; the database keeps what it has.</summary>
    NoEviction = 0,

    /// <summary>Keys that were not used for long are deleted to make room for it; the database is a cache.</summary>
    AllKeysLru = 1,
}
