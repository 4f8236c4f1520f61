namespace KvStore.Simulator.World;

/// <summary>
/// The one queue of everything that will happen, in the order of simulated time, and of submission within one instant. Whoever runs the
/// next event is the only thread there is.
/// </summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Entry, (long Due, long Order)> _queue = new();
    private long _order;

    /// <summary>Simulated time since the beginning.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>How many events have run.</summary>
    public long Executed { get; private set; }

    /// <summary>Runs an action after a delay.</summary>
    /// <param name="delay">Not negative.</param>
    /// <param name="action">What happens.</param>
    /// <param name="owner">With whose end it is dropped; null for the world's own.</param>
    public void After(TimeSpan delay, Action action, Lifetime? owner = null) => Add(delay, action, owner);

    /// <summary>Runs an actor's turn after a delay.</summary>
    public void After(TimeSpan delay, IThreadPoolWorkItem turn, Lifetime owner) => Add(delay, turn, owner);

    /// <summary>Runs the next event; false when there is none, or none before <paramref name="end"/>, where time then stands.</summary>
    public bool RunNext(TimeSpan end)
    {
        if (!_queue.TryPeek(out _, out var next) || next.Due > end.Ticks)
        {
            Now = end;
            return false;
        }
        var entry = _queue.Dequeue();
        Now = TimeSpan.FromTicks(next.Due);
        if (entry.Owner is { } owner)
        {
            if (!owner.IsAlive)
                return true;
            if (owner.PausedUntil > Now)
            {
                _queue.Enqueue(entry, (owner.PausedUntil.Ticks, next.Order));
                return true;
            }
        }
        Executed++;
        if (entry.Work is Action action)
            action();
        else
            ((IThreadPoolWorkItem)entry.Work).Execute();
        return true;
    }

    private void Add(TimeSpan delay, object work, Lifetime? owner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _queue.Enqueue(new Entry(work, owner), ((Now + delay).Ticks, _order++));
    }

    private readonly record struct Entry(object Work, Lifetime? Owner);
}
