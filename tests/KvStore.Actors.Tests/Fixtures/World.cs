using System.Collections.Concurrent;
using KvStore.Actors.Configuration;
using KvStore.Actors.Event;

namespace KvStore.Actors.Tests.Fixtures;

/// <summary>A system whose actors run only when told to, on one thread and in virtual time: nothing to wait for.</summary>
internal sealed class World : IDisposable
{
    internal World(string hocon = "", int throughput = 5)
    {
        Dispatcher = new QueueDispatcher(throughput);
        var setup = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(hocon))
            .And(EngineSetup.Create().WithDispatcher(Dispatcher).WithTime(Time).WithSeed(1).WithLogSink(Log));
        System = (ActorSystemImpl)ActorSystem.Create("world", setup);
        Run();
    }

    internal VirtualTime Time { get; } = new();

    internal QueueDispatcher Dispatcher { get; }

    internal RecordingSink Log { get; } = new();

    internal ActorSystemImpl System { get; }

    internal Probe Probe(string? name = null)
    {
        var probe = new Probe();
        probe.Ref = System.ActorOf(Props.Create(() => new ProbeActor(probe)), name);
        Run();
        return probe;
    }

    internal IActorRef Start(Props props, string? name = null)
    {
        var actor = System.ActorOf(props, name);
        Run();
        return actor;
    }

    internal void Run() => Dispatcher.RunAll();

    internal void Tell(IActorRef actor, object message, IActorRef? sender = null)
    {
        actor.Tell(message, sender);
        Run();
    }

    internal void Advance(TimeSpan span)
    {
        Time.Advance(span);
        Run();
    }

    public void Dispose()
    {
        System.Abort();
        Run();
        System.WhenTerminated.IsCompleted.ShouldBeTrue();
    }
}

/// <summary>Keeps mailboxes in a queue until somebody runs them.</summary>
internal sealed class QueueDispatcher(int throughput) : MessageDispatcher("queue", throughput)
{
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _due = new();

    /// <summary>The threads that had something to run.</summary>
    internal ConcurrentDictionary<int, bool> Callers { get; } = new();

    public override void Schedule(IThreadPoolWorkItem mailbox)
    {
        Callers[Environment.CurrentManagedThreadId] = true;
        _due.Enqueue(mailbox);
    }

    internal bool RunOne()
    {
        if (!_due.TryDequeue(out var mailbox))
            return false;
        mailbox.Execute();
        return true;
    }

    internal void RunAll()
    {
        while (RunOne())
        {
        }
    }
}

internal sealed class RecordingSink : LogSink
{
    internal ConcurrentQueue<LogEvent> Events { get; } = new();

    public override void Write(LogEvent logEvent) => Events.Enqueue(logEvent);
}

/// <summary>What an actor received, and from whom.</summary>
internal sealed class Probe
{
    internal IActorRef Ref { get; set; } = ActorRefs.Nobody;

    internal List<object> Received { get; } = [];

    internal IActorRef? LastSender { get; set; }

    internal T Single<T>() => Received.OfType<T>().Single();
}

internal sealed class ProbeActor(Probe probe) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        probe.Received.Add(message);
        probe.LastSender = Sender;
    }
}

/// <summary>Tells an actor to do something on its own turn.</summary>
internal sealed record Do(Action<ScriptActor> Action);

/// <summary>An actor that does what it is told and writes down what happens to it.</summary>
internal sealed class ScriptActor : UntypedActor, IWithTimers, IWithStash
{
    private readonly List<string> _diary;
    private readonly SupervisorStrategy? _strategy;

    public ScriptActor(List<string> diary, SupervisorStrategy? strategy)
    {
        _diary = diary;
        _strategy = strategy;
        diary.Add("new");
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    internal IUntypedActorContext Ctx => Context;

    internal IActorRef From => Sender;

    internal Action<object>? OnOther { get; set; }

    internal static Props Props(List<string> diary, SupervisorStrategy? strategy = null) => KvStore.Actors.Props.Create(() => new ScriptActor(diary, strategy));

    internal void Refuse(object message) => Unhandled(message);

    internal void Turn(UntypedReceive behavior) => Become(behavior);

    protected override void OnReceive(object message)
    {
        if (message is Do act)
            act.Action(this);
        else if (OnOther is not null)
            OnOther(message);
        else
            _diary.Add(message.ToString()!);
    }

    protected override void PreStart() => _diary.Add("PreStart");

    protected override void PostStop() => _diary.Add("PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        _diary.Add($"PreRestart {reason.Message}");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _diary.Add($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy ?? base.SupervisorStrategy();
}
