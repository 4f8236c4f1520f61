using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>
/// The scheduler: a heap ordered by due time, then by order of scheduling, and one timer of the
/// <see cref="TimeProvider"/> for its top, so that a virtual time provider drives every actor's timers in one fixed order.
/// Cancelled entries are left in the heap until they are due or make up half of it.
/// </summary>
internal sealed class SystemClock : IAdvancedScheduler, IScheduler, IDisposable
{
    /// <summary>Below this many, cancelled entries are not worth a rebuild.</summary>
    private const int MinCancelledToRebuild = 256;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ActorSystemImpl _system;
    private readonly ITimer _timer;
    private readonly long _start;
    private PriorityQueue<ScheduledEntry, (TimeSpan Due, long Order)> _heap = new();
    private TimeSpan _armedFor = TimeSpan.MaxValue;
    private long _scheduled;
    private int _cancelled;
    private bool _disposed;

    internal SystemClock(ActorSystemImpl system, TimeProvider time)
    {
        _system = system;
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((SystemClock)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many entries the heap holds, cancelled ones included.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _heap.Count;
            }
        }
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    public TimeSpan MonotonicClock => _time.GetElapsedTime(_start);

    public IAdvancedScheduler Advanced => this;

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(new ScheduledEntry(this, null, receiver, message, sender, null) { Cancelable = cancelable }, delay);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(new ScheduledEntry(this, interval, receiver, message, sender, null) { Cancelable = cancelable }, initialDelay);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Add(new ScheduledEntry(this, null, null, null, null, action) { Cancelable = cancelable }, delay);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Add(new ScheduledEntry(this, interval, null, null, null, action) { Cancelable = cancelable }, initialDelay);

    /// <summary>Tells <paramref name="message"/> after <paramref name="delay"/>, and every <paramref name="interval"/> if there is one.</summary>
    internal ScheduledEntry Schedule(TimeSpan delay, TimeSpan? interval, ICanTell receiver, object message, IActorRef? sender) =>
        Add(new ScheduledEntry(this, interval, receiver, message, sender, null), delay);

    /// <summary>Runs <paramref name="action"/> on the clock's thread.</summary>
    internal ScheduledEntry ScheduleAction(TimeSpan delay, TimeSpan? interval, Action action) =>
        Add(new ScheduledEntry(this, interval, null, null, null, action), delay);

    internal void OnCancelled(ScheduledEntry entry)
    {
        lock (_gate)
        {
            if (!entry.IsWaiting || ++_cancelled < MinCancelledToRebuild || _cancelled * 2 < _heap.Count)
                return;
            var alive = new PriorityQueue<ScheduledEntry, (TimeSpan, long)>();
            foreach (var (each, priority) in _heap.UnorderedItems)
            {
                if (!each.IsCancelled)
                    alive.Enqueue(each, priority);
            }
            _heap = alive;
            _cancelled = 0;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _heap.Clear();
        }
        _timer.Dispose();
    }

    private ScheduledEntry Add(ScheduledEntry entry, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (entry.Interval <= TimeSpan.Zero)
            throw new ArgumentException("The interval must be greater than zero.", nameof(entry));
        lock (_gate)
        {
            entry.Due = MonotonicClock + delay;
            Enqueue(entry);
            Arm();
        }
        return entry;
    }

    private void Enqueue(ScheduledEntry entry)
    {
        if (_disposed)
            return;
        entry.IsWaiting = true;
        _heap.Enqueue(entry, (entry.Due, _scheduled++));
    }

    private void Arm()
    {
        if (_disposed || !_heap.TryPeek(out var next, out _) || next.Due >= _armedFor)
            return;
        _armedFor = next.Due;
        // A timer that rounds down would fire early and be armed again for nothing: round up to the millisecond.
        var wait = next.Due - MonotonicClock;
        _timer.Change(wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        // The next timer is set before anything runs: an actor that runs on this thread and is slow delays only what was due with it.
        var due = new List<ScheduledEntry>();
        lock (_gate)
        {
            _armedFor = TimeSpan.MaxValue;
            TakeDue(MonotonicClock, due);
            Arm();
        }
        foreach (var entry in due)
            Fire(entry);
    }

    private void TakeDue(TimeSpan now, List<ScheduledEntry> due)
    {
        while (_heap.TryPeek(out var entry, out _) && entry.Due <= now)
        {
            _heap.Dequeue();
            entry.IsWaiting = false;
            if (entry.IsCancelled)
            {
                _cancelled = Math.Max(0, _cancelled - 1);
                continue;
            }
            due.Add(entry);
            if (entry.Interval is { } interval)
            {
                // What was missed, say while the machine slept, is not made up for.
                entry.Due = entry.Due + interval > now ? entry.Due + interval : now + interval;
                Enqueue(entry);
            }
        }
    }

    private void Fire(ScheduledEntry entry)
    {
        try
        {
            entry.Fire();
        }
        catch (Exception e)
        {
            _system.WriteLog(LogLevel.ErrorLevel, e, "scheduler", typeof(SystemClock), "A scheduled action failed");
        }
    }
}
