namespace KvStore.Simulator.World;

/// <summary>The wall clock of a machine: simulated time, ahead or behind by as much as faults say. It outlives the machine's processes.</summary>
internal sealed class MachineClock(EventQueue queue)
{
    /// <summary>What the world's clock shows at the beginning, so that a failing run reads like the last one.</summary>
    public static readonly DateTimeOffset Beginning = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<(TimeSpan At, long NowMs)> _steps = [];
    private TimeSpan _ahead;
    private long _latestMs;

    /// <summary>How far it is ahead; set by a step of the clock, in either direction.</summary>
    public TimeSpan Ahead
    {
        get => _ahead;
        set
        {
            _latestMs = LatestMs;
            _ahead = value;
            _steps.Add((queue.Now, NowMs));
        }
    }

    /// <summary>What it shows.</summary>
    public DateTimeOffset UtcNow => Beginning + queue.Now + Ahead;

    /// <summary>What it shows, in Unix milliseconds.</summary>
    public long NowMs => UtcNow.ToUnixTimeMilliseconds();

    /// <summary>The latest that it has ever shown, in Unix milliseconds.</summary>
    public long LatestMs => Math.Max(_latestMs, NowMs);

    /// <summary>The earliest that it has shown since a moment, in Unix milliseconds.</summary>
    /// <param name="since">The moment, in simulated time.</param>
    /// <param name="shownMs">What it showed then.</param>
    public long EarliestMs(TimeSpan since, long shownMs)
    {
        for (var i = _steps.Count - 1; i >= 0 && _steps[i].At >= since; i--)
            shownMs = Math.Min(shownMs, _steps[i].NowMs);
        return shownMs;
    }

    /// <summary>The clock as a process of the machine sees it, with timers that end with that process.</summary>
    public TimeProvider For(Lifetime process) => new ProcessTime(this, queue, process);

    private sealed class ProcessTime(MachineClock clock, EventQueue queue, Lifetime process) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => clock.UtcNow;

        // Monotonic: steps of the wall clock do not show.
        public override long GetTimestamp() => queue.Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(queue, process, () => callback(state));
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class Timer(EventQueue queue, Lifetime process, Action callback) : ITimer
    {
        // A change makes what is queued void: the queue has no way to take an event back.
        private long _setting;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
                queue.After(dueTime, () => Fire(setting), process);
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(long setting)
        {
            if (setting != _setting)
                return;
            if (_period > TimeSpan.Zero)
                queue.After(_period, () => Fire(setting), process);
            callback();
        }
    }
}
