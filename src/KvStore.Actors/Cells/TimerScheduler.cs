using System.Diagnostics.CodeAnalysis;

namespace KvStore.Actors;

/// <summary>An actor that wants timers; the engine sets <see cref="Timers"/> before the constructor's body runs.</summary>
public interface IWithTimers
{
    /// <summary>The actor's timers.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>Timers by key. A message of a timer that was replaced or cancelled is never received, even if it was due.</summary>
public interface ITimerScheduler
{
    /// <summary>The keys that are running.</summary>
    IReadOnlyCollection<object> ActiveTimers { get; }

    /// <summary>Sends <paramref name="msg"/> to the actor every <paramref name="interval"/>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>As above, with <paramref name="sender"/> as the sender.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

    /// <summary>Sends <paramref name="msg"/> after <paramref name="initialDelay"/> and then every <paramref name="interval"/>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>As above, with <paramref name="sender"/> as the sender.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

    /// <summary>Sends <paramref name="msg"/> once, after <paramref name="timeout"/>.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>As above, with <paramref name="sender"/> as the sender.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

    /// <summary>True when the timer will still fire.</summary>
    bool IsTimerActive(object key);

    /// <summary>Ends a timer.</summary>
    void Cancel(object key);

    /// <summary>Ends every timer; a restart and a stop do so too.</summary>
    void CancelAll();
}

/// <summary>The timers of one actor; used on its turn only.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Running> _running = [];
    private int _generation;

    public IReadOnlyCollection<object> ActiveTimers => [.. _running.Keys];

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) => Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) => Start(key, msg, initialDelay, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) => Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null, cell.Self);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) => Start(key, msg, timeout, null, sender);

    public bool IsTimerActive(object key) => _running.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_running.Remove(key, out var timer))
            timer.Entry.Cancel();
    }

    public void CancelAll()
    {
        foreach (var timer in _running.Values)
            timer.Entry.Cancel();
        _running.Clear();
    }

    /// <summary>The message of a timer that is due, unless the timer was replaced or cancelled since it was sent.</summary>
    internal bool TryTake(TimerDue due, [NotNullWhen(true)] out object? message)
    {
        message = null;
        if (!ReferenceEquals(due.Owner, this) || !_running.TryGetValue(due.Key, out var timer) || timer.Generation != due.Generation)
            return false;
        if (!timer.IsPeriodic)
            _running.Remove(due.Key);
        message = timer.Message;
        return true;
    }

    private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        var due = new TimerDue(this, key, ++_generation);
        var entry = cell.SystemImpl.Clock.Schedule(delay, interval, cell.Self, due, sender);
        _running[key] = new Running(message, _generation, interval is not null, entry);
    }

    private readonly record struct Running(object Message, int Generation, bool IsPeriodic, ScheduledEntry Entry);
}
