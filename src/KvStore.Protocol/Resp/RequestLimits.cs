namespace KvStore.Protocol.Resp;

/// <summary>
/// What one request may cost. Each limit bounds memory that a client could otherwise make the node hold; what
/// exceeds one is skipped as it arrives, and answered with an error that names the setting (<c>kv.limits.*</c>).
/// </summary>
public sealed record RequestLimits
{
    /// <summary>The protocol's own bound on one argument; beyond it the stream cannot be trusted, as in Redis.</summary>
    public const long MaxBulkBytes = 512L * 1024 * 1024;

    /// <summary>Commands in one batch: enough to amortise a turn, few enough that other connections get theirs.</summary>
    public const int MaxCommandsPerBatch = 1024;

    /// <summary>The defaults.</summary>
    public static RequestLimits Default { get; } = new();

    /// <summary><c>kv.limits.key</c>: the longest key.</summary>
    public int MaxKeyBytes { get; init; } = 64 * 1024;

    /// <summary><c>kv.limits.value</c>: the longest value or other argument.</summary>
    public int MaxValueBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary><c>kv.limits.request</c>: the longest request as it stands on the wire, framing included.</summary>
    public int MaxRequestBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Arguments in one request; each costs 8 bytes of bookkeeping, even when it is empty.</summary>
    public int MaxArguments { get; init; } = 1024 * 1024;

    /// <summary><c>kv.limits.line</c>: the longest text line, without its newline.</summary>
    public int MaxLineBytes { get; init; } = 64 * 1024;

    /// <summary><c>kv.limits.reply</c>: the longest reply to one command (KEYS, MGET).</summary>
    public int MaxReplyBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Where a batch pauses so that its output can be flushed; one reply may go beyond it.</summary>
    public int MaxOutputBytes { get; init; } = 1024 * 1024;
}
