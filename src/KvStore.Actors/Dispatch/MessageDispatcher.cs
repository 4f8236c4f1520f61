namespace KvStore.Actors;

/// <summary>
/// Decides where and when a mailbox runs. The engine has two; a simulator supplies its own through
/// <see cref="EngineSetup"/> and calls <see cref="IThreadPoolWorkItem.Execute"/> when it is that actor's turn.
/// </summary>
public abstract class MessageDispatcher
{
    /// <summary>Akka's default for <c>throughput</c>: fair enough between actors, and few enough switches.</summary>
    public const int DefaultThroughput = 30;

    /// <summary>Creates a dispatcher whose mailboxes handle at most <paramref name="throughput"/> messages a turn.</summary>
    protected MessageDispatcher(string id, int throughput = DefaultThroughput)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(throughput, 1);
        Id = id;
        Throughput = throughput;
    }

    /// <summary>The name it has in the configuration.</summary>
    public string Id { get; }

    /// <summary>How many messages a mailbox may handle before others get their turn.</summary>
    public int Throughput { get; }

    /// <summary>True when a Tell to an idle actor runs that actor on the calling thread.</summary>
    public virtual bool RunsOnCaller => false;

    /// <summary>Runs <paramref name="mailbox"/> soon, exactly once per call.</summary>
    public abstract void Schedule(IThreadPoolWorkItem mailbox);
}

/// <summary>Runs mailboxes on the thread pool; <c>type = Dispatcher</c>.</summary>
internal sealed class ThreadPoolDispatcher(string id, int throughput) : MessageDispatcher(id, throughput)
{
    /// <inheritdoc/>
    public override void Schedule(IThreadPoolWorkItem mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
}

/// <summary>
/// Runs an idle actor on the thread that tells it something, and on the thread pool when its turn has used up the
/// throughput; <c>type = CallingThreadDispatcher</c>.
/// </summary>
internal sealed class CallingThreadDispatcher(string id, int throughput) : MessageDispatcher(id, throughput)
{
    /// <inheritdoc/>
    public override bool RunsOnCaller => true;

    /// <inheritdoc/>
    public override void Schedule(IThreadPoolWorkItem mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
}
