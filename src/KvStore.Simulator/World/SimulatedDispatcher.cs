namespace KvStore.Simulator.World;

/// <summary>Runs the actors of one process, each turn a little later than it was asked for, so that every order of turns occurs.</summary>
internal sealed class SimulatedDispatcher(EventQueue queue, Random random, Lifetime process) : MessageDispatcher("simulated", TurnMessages)
{
    /// <summary>Messages in a turn: few, so that other actors, and crashes, come in between.</summary>
    private const int TurnMessages = 5;

    /// <summary>A turn waits for up to 40 µs for its thread, in steps of 100 ns.</summary>
    private const int MaxDelayTicks = 400;

    public override void Schedule(IThreadPoolWorkItem mailbox) => queue.After(TimeSpan.FromTicks(random.Next(MaxDelayTicks)), mailbox, process);
}
