namespace KvStore.Actors;

/// <summary>Sends messages later.</summary>
public interface ITellScheduler
{
    /// <summary>Sends <paramref name="message"/> once, after <paramref name="delay"/>.</summary>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender);

    /// <summary>As above, until <paramref name="cancelable"/> is cancelled.</summary>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable);

    /// <summary>Sends <paramref name="message"/> after <paramref name="initialDelay"/> and then every <paramref name="interval"/>.</summary>
    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender);

    /// <summary>As above, until <paramref name="cancelable"/> is cancelled.</summary>
    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable);
}

/// <summary>Runs actions later. They run on the clock's thread and must be short.</summary>
public interface IActionScheduler
{
    /// <summary>Runs <paramref name="action"/> once, after <paramref name="delay"/>.</summary>
    void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable);

    /// <summary>Runs <paramref name="action"/> after <paramref name="initialDelay"/> and then every <paramref name="interval"/>.</summary>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable);
}

/// <summary>Both kinds of scheduling.</summary>
public interface IAdvancedScheduler : IActionScheduler, ITellScheduler;

/// <summary>The system's scheduler, driven by its <see cref="TimeProvider"/>.</summary>
public interface IScheduler : ITellScheduler
{
    /// <summary>The current time.</summary>
    DateTimeOffset Now { get; }

    /// <summary>The time since some fixed point; never goes back.</summary>
    TimeSpan MonotonicClock { get; }

    /// <summary>Scheduling of actions.</summary>
    IAdvancedScheduler Advanced { get; }
}

/// <summary>Something that can be called off.</summary>
public interface ICancelable
{
    /// <summary>True once it was called off.</summary>
    bool IsCancellationRequested { get; }

    /// <summary>A token that is cancelled together with it.</summary>
    CancellationToken Token { get; }

    /// <summary>Calls it off.</summary>
    void Cancel();
}

/// <summary>Short forms of the scheduler's methods.</summary>
public static class SchedulerExtensions
{
    /// <summary>Sends once; the result calls it off.</summary>
    public static ICancelable ScheduleTellOnceCancelable(this IScheduler scheduler, TimeSpan delay, ICanTell receiver, object message, IActorRef? sender)
    {
        var cancelable = new Cancelable(scheduler.Advanced);
        scheduler.ScheduleTellOnce(delay, receiver, message, sender, cancelable);
        return cancelable;
    }

    /// <summary>Sends again and again; the result calls it off.</summary>
    public static ICancelable ScheduleTellRepeatedlyCancelable(
        this IScheduler scheduler, TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender)
    {
        var cancelable = new Cancelable(scheduler.Advanced);
        scheduler.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);
        return cancelable;
    }
}

/// <summary>The usual <see cref="ICancelable"/>.</summary>
public sealed class Cancelable : ICancelable
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Creates one that nobody has called off; the scheduler is there for Akka.NET's signature.</summary>
    public Cancelable(IActionScheduler scheduler) => ArgumentNullException.ThrowIfNull(scheduler);

    /// <inheritdoc/>
    public bool IsCancellationRequested => _source.IsCancellationRequested;

    /// <inheritdoc/>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Cancel() => _source.Cancel();
}
