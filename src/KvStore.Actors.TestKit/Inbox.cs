namespace KvStore.Actors.TestKit;

/// <summary>What a test actor has received and nobody has taken. The actor writes; the test reads, from one thread at a time.</summary>
internal sealed class Inbox
{
    // Never disposed: the actor may still receive when the test has ended, and without a wait handle there is nothing to free.
    private readonly SemaphoreSlim _count = new(0);
    private readonly Queue<Envelope> _received = new();
    private Func<object, bool>? _isIgnored;

    internal bool HasMessages => _count.CurrentCount > 0;

    internal void Ignore(Func<object, bool>? isIgnored) => Volatile.Write(ref _isIgnored, isIgnored);

    internal void Add(object message, IActorRef sender)
    {
        if (Volatile.Read(ref _isIgnored)?.Invoke(message) == true)
            return;
        lock (_received)
        {
            _received.Enqueue(new Envelope(message, sender));
        }
        _count.Release();
    }

    /// <summary>The next message; null when none came in time.</summary>
    internal Envelope? Take(TimeSpan max, CancellationToken cancellation) => _count.Wait(Bounded(max), cancellation) ? Dequeue() : null;

    /// <summary>The next message; null when none came in time.</summary>
    internal async ValueTask<Envelope?> TakeAsync(TimeSpan max, CancellationToken cancellation) =>
        await _count.WaitAsync(Bounded(max), cancellation).ConfigureAwait(false) ? Dequeue() : null;

    private static TimeSpan Bounded(TimeSpan max) => max < TimeSpan.Zero && max != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : max;

    private Envelope Dequeue()
    {
        lock (_received)
        {
            return _received.Dequeue();
        }
    }
}

/// <summary>The actor behind <see cref="TestKitBase.TestActor"/> and every probe: what it receives goes to the test.</summary>
internal sealed class TestActor(Inbox inbox) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WatchThis watch:
                Context.Watch(watch.Subject);
                watch.Done.TrySetResult();
                break;
            case UnwatchThis unwatch:
                Context.Unwatch(unwatch.Subject);
                unwatch.Done.TrySetResult();
                break;
            default:
                inbox.Add(message, Sender);
                break;
        }
    }

    /// <summary>Has the test actor watch; the test goes on once it does.</summary>
    internal sealed record WatchThis(IActorRef Subject, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    /// <summary>Has the test actor watch no longer; the test goes on once it does not.</summary>
    internal sealed record UnwatchThis(IActorRef Subject, TaskCompletionSource Done) : INoSerializationVerificationNeeded;
}
