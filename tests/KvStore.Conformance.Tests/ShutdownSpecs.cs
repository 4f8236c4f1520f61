using System.Collections.Concurrent;
using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "shutdown")]
public sealed class ShutdownSpecs() : Spec("akka.coordinated-shutdown.phases.before-service-unbind.timeout = 200ms")
{
    private static readonly string[] s_phases =
    [
        CoordinatedShutdown.PhaseBeforeServiceUnbind,
        CoordinatedShutdown.PhaseServiceUnbind,
        CoordinatedShutdown.PhaseServiceRequestsDone,
        CoordinatedShutdown.PhaseServiceStop,
        CoordinatedShutdown.PhaseBeforeClusterShutdown,
        CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
        CoordinatedShutdown.PhaseClusterLeave,
        CoordinatedShutdown.PhaseClusterExiting,
        CoordinatedShutdown.PhaseClusterExitingDone,
        CoordinatedShutdown.PhaseClusterShutdown,
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
        CoordinatedShutdown.PhaseActorSystemTerminate,
    ];

    private readonly ConcurrentQueue<string> _ran = new();

    private CoordinatedShutdown Ending => CoordinatedShutdown.Get(Sys);

    [Fact]
    public async Task The_phases_run_in_their_order()
    {
        foreach (var phase in s_phases.Reverse())
            Note(phase, phase);
        await Run();
        _ran.ShouldBe(s_phases);
    }

    [Fact]
    public async Task The_tasks_of_a_phase_run_together_and_the_next_phase_waits_for_all()
    {
        var gate = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
        Ending.AddTask(CoordinatedShutdown.PhaseServiceStop, "waits", async () =>
        {
            await gate.Task;
            _ran.Enqueue("waited");
            return Done.Instance;
        });
        Ending.AddTask(CoordinatedShutdown.PhaseServiceStop, "opens", () =>
        {
            gate.SetResult(Done.Instance);
            return Task.FromResult(Done.Instance);
        });
        Note(CoordinatedShutdown.PhaseBeforeClusterShutdown, "next");
        await Run();
        _ran.ShouldBe(["waited", "next"]);
    }

    [Fact]
    public async Task A_task_that_fails_holds_nothing_up()
    {
        Ending.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "fails", static () => Task.FromException<Done>(new Fault("fault")));
        Note(CoordinatedShutdown.PhaseServiceStop, "next");
        await Run();
        _ran.ShouldBe(["next"]);
    }

    [Fact]
    public async Task A_task_that_hangs_is_given_up_when_its_phase_is_over()
    {
        Ending.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hangs", static () => new TaskCompletionSource<Done>().Task);
        Note(CoordinatedShutdown.PhaseServiceStop, "next");
        await Run();
        _ran.ShouldBe(["next"]);
    }

    [Fact]
    public async Task A_second_run_joins_the_first()
    {
        Note(CoordinatedShutdown.PhaseServiceStop, "once");
        var first = Run();
        await Ending.Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(Long);
        await first;
        _ran.ShouldBe(["once"]);
        Ending.ShutdownReason.ShouldBe(CoordinatedShutdown.UnknownReason.Instance);
    }

    [Fact]
    public async Task A_run_may_begin_at_a_later_phase()
    {
        Note(CoordinatedShutdown.PhaseServiceUnbind, "early");
        Note(CoordinatedShutdown.PhaseClusterExiting, "late");
        await Ending.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceStop).WaitAsync(Long);
        _ran.ShouldBe(["late"]);
    }

    [Fact]
    public void An_unknown_phase_is_refused() =>
        Should.Throw<ConfigurationException>(() => Ending.AddTask("no-such-phase", "task", static () => Task.FromResult(Done.Instance)));

    [Fact]
    public async Task Terminating_the_system_runs_the_phases_and_stops_every_actor()
    {
        Note(CoordinatedShutdown.PhaseServiceStop, "phase");
        Sys.RegisterOnTermination(() => _ran.Enqueue("terminated"));
        Sys.ActorOf(Props.Create(() => new Stopping(_ran)));
        await Sys.Terminate().WaitAsync(Long);
        await Sys.WhenTerminated.WaitAsync(Long);
        Ending.ShutdownReason.ShouldBe(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        AwaitAssert(() => _ran.ShouldBe(["phase", "actor", "terminated"]));
    }

    private Task<Done> Run() => Ending.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Long);

    private void Note(string phase, string text) => Ending.AddTask(phase, $"note {text}", () =>
    {
        _ran.Enqueue(text);
        return Task.FromResult(Done.Instance);
    });

    private sealed class Stopping(ConcurrentQueue<string> ran) : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);

        protected override void PostStop() => ran.Enqueue("actor");
    }
}
