namespace KvStore.Actors;

/// <summary>One thing the clock is to do: tell a message or run an action, once or again and again.</summary>
internal sealed class ScheduledEntry(SystemClock clock, TimeSpan? interval, ICanTell? receiver, object? message, IActorRef? sender, Action? action)
{
    private int _cancelled;

    internal TimeSpan? Interval { get; } = interval;

    /// <summary>On the clock's time line; guarded by the clock's lock.</summary>
    internal TimeSpan Due { get; set; }

    /// <summary>True while it stands in the heap; guarded by the clock's lock.</summary>
    internal bool IsWaiting { get; set; }

    internal ICancelable? Cancelable { get; init; }

    internal bool IsCancelled => Volatile.Read(ref _cancelled) != 0 || Cancelable is { IsCancellationRequested: true };

    /// <summary>Called from any thread.</summary>
    internal void Cancel()
    {
        if (Interlocked.Exchange(ref _cancelled, 1) == 0)
            clock.OnCancelled(this);
    }

    internal void Fire()
    {
        if (IsCancelled)
            return;
        if (action is not null)
            action();
        else
            receiver!.Tell(message!, sender);
    }
}
