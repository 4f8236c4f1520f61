namespace KvStore.Simulator.World;

/// <summary>
/// Brings what the few tasks of a process, those of its shutdown, go on with back to the queue: without it that would run on the
/// thread pool, beside the simulation.
/// </summary>
internal sealed class QueueContext(EventQueue queue) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => queue.After(TimeSpan.Zero, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
