namespace KvStore.Simulator.World;

/// <summary>
/// What events belong to that end with a process: once it is over, they are dropped where they wait, as the timers, threads and
/// sockets of a killed process are. While it is paused they wait.
/// </summary>
internal sealed class Lifetime
{
    /// <summary>False from the kill on: nothing that belongs to it runs any more.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Until when its events wait, in simulated time; in the past for a process that runs.</summary>
    public TimeSpan PausedUntil { get; set; }

    /// <summary>Called once when it ends.</summary>
    public event Action? Ended;

    /// <summary>Ends it, at any point, the middle of one of its own events included.</summary>
    public void End()
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        Ended?.Invoke();
    }
}
