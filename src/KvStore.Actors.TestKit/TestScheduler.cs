namespace KvStore.Actors.TestKit;

/// <summary>
/// The scheduler of a system whose time stands still until the test advances it: scheduled messages, timers, receive time-outs
/// and asks. A test asks for it with <c>akka.scheduler.implementation</c>, by this type's name, and casts <see cref="ActorSystem.Scheduler"/>.
/// </summary>
public sealed class TestScheduler : IScheduler
{
    private readonly IScheduler _inner;

    internal TestScheduler(VirtualTime time, IScheduler inner)
    {
        Time = time;
        _inner = inner;
    }

    /// <summary>The clock behind it.</summary>
    public VirtualTime Time { get; }

    /// <inheritdoc/>
    public DateTimeOffset Now => _inner.Now;

    /// <inheritdoc/>
    public TimeSpan MonotonicClock => _inner.MonotonicClock;

    /// <inheritdoc/>
    public IAdvancedScheduler Advanced => _inner.Advanced;

    /// <summary>Lets so much time pass. What is due is told at once; the actors that receive it run on their own threads.</summary>
    public void Advance(TimeSpan offset) => Time.Advance(offset);

    /// <summary>Lets time pass until <paramref name="when"/>.</summary>
    /// <exception cref="InvalidOperationException">That is past.</exception>
    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < Now)
            throw new InvalidOperationException("You can't reverse time...");
        Advance(when - Now);
    }

    /// <inheritdoc/>
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        _inner.ScheduleTellOnce(delay, receiver, message, sender);

    /// <inheritdoc/>
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        _inner.ScheduleTellOnce(delay, receiver, message, sender, cancelable);

    /// <inheritdoc/>
    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        _inner.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender);

    /// <inheritdoc/>
    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        _inner.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);
}
