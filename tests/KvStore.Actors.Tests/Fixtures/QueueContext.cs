namespace KvStore.Actors.Tests.Fixtures;

/// <summary>Has what comes after an await take its turn among the mailboxes, on the thread that runs those.</summary>
internal sealed class QueueContext(QueueDispatcher dispatcher) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => dispatcher.Schedule(new Posted(d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody here may wait for his turn.");

    public override SynchronizationContext CreateCopy() => this;

    private sealed class Posted(SendOrPostCallback callback, object? state) : IThreadPoolWorkItem
    {
        public void Execute() => callback(state);
    }
}
