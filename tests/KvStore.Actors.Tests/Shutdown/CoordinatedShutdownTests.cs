using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using KvStore.Actors.Configuration;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Shutdown;

[SuppressMessage("Usage", "VSTHRD003", Justification = "The tasks are the test's own.")]
public sealed class CoordinatedShutdownTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Phases_run_in_order_and_the_last_one_ends_the_system()
    {
        var system = NewSystem();
        var shutdown = CoordinatedShutdown.Get(system);
        var log = new ConcurrentQueue<string>();
        Add(shutdown, CoordinatedShutdown.PhaseBeforeActorSystemTerminate, log);
        Add(shutdown, CoordinatedShutdown.PhaseClusterLeave, log);
        Add(shutdown, CoordinatedShutdown.PhaseBeforeServiceUnbind, log);
        Add(shutdown, CoordinatedShutdown.PhaseServiceStop, log);
        await system.Terminate().WaitAsync(s_patience);
        log.ShouldBe(["before-service-unbind", "service-stop", "cluster-leave", "before-actor-system-terminate"]);
        shutdown.ShutdownReason.ShouldBe(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
    }

    [Fact]
    public async Task Tasks_of_a_phase_run_together_and_a_failing_one_holds_nobody_up()
    {
        var system = NewSystem();
        var shutdown = CoordinatedShutdown.Get(system);
        var first = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "waits for the second", () => first.Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "fails", () => throw new InvalidOperationException("no"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "frees the first", () =>
        {
            first.SetResult(Done.Instance);
            return Task.FromResult(Done.Instance);
        });
        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(s_patience);
        system.WhenTerminated.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_task_that_hangs_is_left_behind_when_its_phase_has_had_its_time()
    {
        var time = new VirtualTime();
        var setup = BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString("akka.coordinated-shutdown.phases.service-stop.timeout = 3s"))
            .And(EngineSetup.Create().WithTime(time).WithLogSink(new RecordingSink()));
        var system = ActorSystem.Create("hanging", setup);
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop).ShouldBe(TimeSpan.FromSeconds(3));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<Done>();
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "hangs", () =>
        {
            started.SetResult();
            return never.Task;
        });
        var run = shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);
        await started.Task.WaitAsync(s_patience);
        run.IsCompleted.ShouldBeFalse();
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }
        await run.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_second_run_joins_the_first_and_unknown_phases_are_refused()
    {
        var system = NewSystem();
        var shutdown = CoordinatedShutdown.Get(system);
        Record.Exception(() => shutdown.AddTask("tea-break", "x", () => Task.FromResult(Done.Instance))).ShouldBeOfType<ConfigurationException>();
        var runs = 0;
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "count", () =>
        {
            runs++;
            return Task.FromResult(Done.Instance);
        });
        await Task.WhenAll(shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance), shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance)).WaitAsync(s_patience);
        runs.ShouldBe(1);
        shutdown.ShutdownReason.ShouldBe(CoordinatedShutdown.ClusterLeavingReason.Instance);
    }

    [Fact]
    public async Task User_actors_stop_before_system_actors_and_callbacks_run_last()
    {
        var system = NewSystem();
        var log = new ConcurrentQueue<string>();
        ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new Stopper("system", log)));
        system.ActorOf(Props.Create(() => new Stopper("user", log)));
        system.RegisterOnTermination(() => log.Enqueue("callback"));
        await system.Terminate().WaitAsync(s_patience);
        log.ShouldBe(["user", "system", "callback"]);
        Record.Exception(() => system.ActorOf(ScriptActor.Props([]))).ShouldBeOfType<InvalidOperationException>();
    }

    private static ActorSystem NewSystem() =>
        ActorSystem.Create("ending", ActorSystemSetup.Empty.And(EngineSetup.Create().WithLogSink(new RecordingSink())));

    private static void Add(CoordinatedShutdown shutdown, string phase, ConcurrentQueue<string> log) => shutdown.AddTask(phase, "log", () =>
    {
        log.Enqueue(phase);
        return Task.FromResult(Done.Instance);
    });

    private sealed class Stopper(string name, ConcurrentQueue<string> log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => log.Enqueue(name);
    }
}
