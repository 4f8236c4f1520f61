namespace KvStore.Core.Replication;

/// <content>
/// The limit of memory, where a client writes. What a peer accepted is applied in any case: a replica that refused it would
/// never be equal to the others again.
/// </content>
public sealed partial class Replica
{
    /// <summary>
    /// Keys that one command may evict: about two milliseconds of the owner's turn. A command that this does not make room for is
    /// refused, and the next goes on.
    /// </summary>
    private const int MaxEvictionsPerCommand = 1_000;

    /// <summary>
    /// An eviction leaves a tombstone until all replicas have it. While these take less than this part of the limit, keys are
    /// evicted that free no more than will be collected; beyond it, only ones that free memory at once. Otherwise a
    /// database of small values would be deleted to the last while collection waits for a replica that is down.
    /// </summary>
    private const int TombstonePart = 8;

    private byte[] _evicted = [];

    /// <summary>Bytes of the data and of what finds and digests it: what the limit is about.</summary>
    public long MemoryBytes => _table.MemoryBytes;

    /// <summary>
    /// Called before a command that may make the data grow: false when there is too little memory, and none could be had by
    /// evicting. Evictions are deletes like a client's.
    /// </summary>
    public bool MakeRoom()
    {
        var limit = _settings.MemoryLimitBytes;
        return limit == 0 || _table.MemoryBytes <= limit || (_settings.Eviction == EvictionPolicy.AllKeysLru && Evict(limit));
    }

    private bool Evict(long limit)
    {
        for (var evictions = 0; evictions < MaxEvictionsPerCommand; evictions++)
        {
            var mustFree = _table.TombstoneBytes > limit / TombstonePart;
            if (!_table.SampleLeastRecentlyUsed(NowMs, mustFree, out var key))
                return false;
            Delete(Copy(key));
            Counters.Evicted++;
            if (_table.MemoryBytes <= limit)
                return true;
        }
        return false;
    }

    /// <summary>A copy of a key that lies in the table: a delete moves the record, and queues the key after that.</summary>
    private ReadOnlySpan<byte> Copy(ReadOnlySpan<byte> key)
    {
        if (_evicted.Length < key.Length)
            _evicted = new byte[key.Length];
        key.CopyTo(_evicted);
        return _evicted.AsSpan(0, key.Length);
    }
}
