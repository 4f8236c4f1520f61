namespace KvStore.Actors.Remoting;

/// <summary>
/// Lets one line of a kind through in a while and counts the others, where a peer or a busy sender could make as many as it likes.
/// Any thread.
/// </summary>
internal sealed class LogGate(TimeProvider time)
{
    /// <summary>Often enough to notice, seldom enough to read.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _last;
    private long _suppressed;

    /// <summary>True when the line may be written; <paramref name="more"/> then says how many were not.</summary>
    internal bool TryPass(out string more)
    {
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(last) < s_interval)
            {
                _suppressed++;
                more = "";
                return false;
            }
            _last = time.GetTimestamp();
            more = _suppressed > 0 ? $" ({_suppressed} more like it were not logged.)" : "";
            _suppressed = 0;
            return true;
        }
    }
}
