namespace KvStore.Protocol.Commands;

/// <summary>What an executor counted since the start or <c>CONFIG RESETSTAT</c>. Written on the store's turn; metrics read them racily.</summary>
public sealed class CommandCounters
{
    /// <summary>Commands executed, refused ones included.</summary>
    public long Processed { get; internal set; }

    /// <summary>Lookups that found a key.</summary>
    public long Hits { get; internal set; }

    /// <summary>Lookups that found none.</summary>
    public long Misses { get; internal set; }

    /// <summary>Requests that never became a command: protocol errors, limits, unknown names, wrong arities, too little memory.</summary>
    public long Rejected { get; internal set; }

    /// <summary>Executors that threw.</summary>
    public long Failed { get; internal set; }

    internal void Reset() => (Processed, Hits, Misses, Rejected, Failed) = (0, 0, 0, 0, 0);
}
