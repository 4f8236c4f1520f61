using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using KvStore.Actors.Configuration;
using KvStore.Actors.Event;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>A test actor and what a test says about the messages that come to it. One thread at a time.</summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private const string SchedulerPath = "akka.scheduler.implementation";

    private static int s_testActors;

    private readonly Inbox _inbox;
    private readonly IActorRef? _outerSender;
    private Envelope _last;

    private protected TestKitBase(ActorSystem? system, ActorSystemSetup setup, string? systemName, ITestOutputHelper? output)
        : this(system ?? CreateSystem(systemName ?? "test", setup, output), null)
    {
        _outerSender = ImplicitSender.Current;
        ImplicitSender.Current = this is INoImplicitSender ? null : TestActor;
    }

    private protected TestKitBase(ActorSystem system, string? actorName)
    {
        Sys = system;
        TestKitSettings = new TestKitSettings(system.Settings.Config);
        EventFilter = new EventFilterFactory(this, system);
        var inbox = _inbox = new Inbox();
        var name = $"{actorName ?? "testActor"}{(actorName is null ? Interlocked.Increment(ref s_testActors) : "")}";
        TestActor = ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new TestActor(inbox)), name);
    }

    /// <summary>What the TestKit adds where a test's configuration says nothing.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString(
        "akka.test { timefactor = 1.0, filter-leeway = 3s, single-expect-default = 3s, default-timeout = 5s }");

    /// <summary>The system under test.</summary>
    public ActorSystem Sys { get; }

    /// <summary>What stands below <c>akka.test</c>.</summary>
    public TestKitSettings TestKitSettings { get; }

    /// <summary>The actor whose messages the expectations are about, and the sender of what the test tells.</summary>
    public IActorRef TestActor { get; }

    /// <summary>Expectations about the log.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>The system's log.</summary>
    public ILoggingAdapter Log => Sys.Log;

    /// <summary>The last message that was taken.</summary>
    public object? LastMessage => _last.Message;

    /// <summary>Who sent it.</summary>
    public IActorRef LastSender => _last.Sender ?? Sys.DeadLetters;

    /// <summary>True when a message waits to be taken.</summary>
    public bool HasMessages => _inbox.HasMessages;

    /// <summary>A time as long as it takes on this machine: times <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration == System.Threading.Timeout.InfiniteTimeSpan ? duration : duration * TestKitSettings.TestTimeFactor;

    /// <summary>Another test actor, with expectations of its own.</summary>
    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    /// <summary>A test actor in another system.</summary>
    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, name);

    /// <summary>Has the test actor watch; returns once it does.</summary>
    public IActorRef Watch(IActorRef actorToWatch) => Tell(done => new TestActor.WatchThis(actorToWatch, done), actorToWatch);

    /// <summary>Has the test actor watch; completes once it does.</summary>
    public Task<IActorRef> WatchAsync(IActorRef actorToWatch) => TellAsync(done => new TestActor.WatchThis(actorToWatch, done), actorToWatch);

    /// <summary>Has the test actor watch no longer; returns once it does not.</summary>
    public IActorRef Unwatch(IActorRef actorToUnwatch) => Tell(done => new TestActor.UnwatchThis(actorToUnwatch, done), actorToUnwatch);

    /// <summary>Has the test actor watch no longer; completes once it does not.</summary>
    public Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch) => TellAsync(done => new TestActor.UnwatchThis(actorToUnwatch, done), actorToUnwatch);

    /// <summary>Starts an actor.</summary>
    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <summary>Starts an actor that needs no arguments.</summary>
    public IActorRef ActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new() => Sys.ActorOf<TActor>(name);

    /// <summary>Starts an actor.</summary>
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string? name = null)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    /// <summary>Ends the system under test.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) => Shutdown(Sys, duration, verifySystemShutdown);

    /// <summary>Ends a system; one that does not end in time fails the test only if <paramref name="verifySystemShutdown"/>.</summary>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "A test has the thread for itself.")]
    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        ArgumentNullException.ThrowIfNull(system);
        var span = duration ?? Dilated(TestKitSettings.DefaultTimeout);
        // Under a test's clock the shutdown's own time-outs stand still, and there is nothing to leave in order.
        if (system.Scheduler is TestScheduler)
            ((ExtendedActorSystem)system).Abort();
        else
            _ = system.Terminate();
        if (!system.WhenTerminated.Wait(span) && verifySystemShutdown)
            throw new XunitException($"The system {system.Name} did not end within {span}.");
    }

    private protected void Leave() => ImplicitSender.Current = _outerSender;

    private static ActorSystem CreateSystem(string name, ActorSystemSetup setup, ITestOutputHelper? output)
    {
        var bootstrap = (setup.Find<BootstrapSetup>() ?? BootstrapSetup.Create()).WithConfigFallback(DefaultConfig);
        var engine = setup.Find<EngineSetup>() ?? EngineSetup.Create();
        if (engine.LogSink is null)
            engine = engine.WithLogSink(new TestOutputSink(output));
        if (bootstrap.ConfigOrNull?.GetString(SchedulerPath, "").StartsWith(typeof(TestScheduler).FullName!, StringComparison.Ordinal) == true)
        {
            var time = new VirtualTime();
            engine = engine.WithTime(time).WithScheduler(scheduler => new TestScheduler(time, scheduler));
        }
        return ActorSystem.Create(name, setup.And(bootstrap).And(engine));
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "A test has the thread for itself.")]
    private IActorRef Tell(Func<TaskCompletionSource, object> command, IActorRef subject) => TellAsync(command, subject).GetAwaiter().GetResult();

    private async Task<IActorRef> TellAsync(Func<TaskCompletionSource, object> command, IActorRef subject)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(command(done), ActorRefs.NoSender);
        await done.Task.WaitAsync(Dilated(TestKitSettings.DefaultTimeout)).ConfigureAwait(false);
        return subject;
    }
}
