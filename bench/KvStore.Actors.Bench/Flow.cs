using System.Collections.Concurrent;

namespace KvStore.Actors.Bench;

/// <summary>
/// Keeps a bounded number of messages under way, as whoever uses an engine with bounded buffers has to. One thread sends; the
/// receivers' reports arrive at <see cref="FlowInbox"/>.
/// </summary>
internal sealed class Flow(int receivers)
{
    internal const string Topic = "mutations";

    /// <summary>How often a receiver says how far it is.</summary>
    internal const int ReportEvery = 4096;

    /// <summary>A few megabytes of small messages: far from the send buffer's bound, and enough to keep both sides busy.</summary>
    internal const int Window = 16 * ReportEvery;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    // Set by the inbox, waited for by the sender.
    private readonly SemaphoreSlim _moved = new(0);

    internal void OnReport(IActorRef from, long count)
    {
        _seen[from.Path.ToString()] = count;
        if (_moved.CurrentCount == 0)
            _moved.Release();
    }

    /// <summary>Returns when every receiver has <paramref name="count"/>, and how many are missing in all when time is up.</summary>
    internal long WaitFor(long count)
    {
        while (true)
        {
            var missing = Missing(count);
            if (missing == 0)
                return 0;
            if (!_moved.Wait(s_patience))
                return Missing(count);
        }
    }

    /// <summary>As <see cref="WaitFor"/>, asking until the answer is there: a round rarely ends where a report is due.</summary>
    internal long Finish(long count, Action ask)
    {
        ask();
        return WaitFor(count);
    }

    /// <summary>How many receivers have said anything yet.</summary>
    internal int Reports => _seen.Count;

    private long Missing(long count) => Math.Max(0, receivers - _seen.Count) * count + _seen.Values.Sum(seen => Math.Max(0, count - seen));
}

/// <summary>Where reports arrive.</summary>
internal sealed class FlowInbox(Flow flow) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is long count)
            flow.OnReport(Sender, count);
    }
}
