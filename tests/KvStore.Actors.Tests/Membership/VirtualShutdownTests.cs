using System.Diagnostics.CodeAnalysis;
using KvStore.Actors.Membership;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Membership;

/// <summary>
/// Nodes of a virtual cluster that end in the phases of the coordinated shutdown. Those are tasks; where the owner of the dispatcher has a
/// synchronization context they too run on his thread, in the same order in every run.
/// </summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "The tasks are the systems' own, and are only looked at.")]
[SuppressMessage("Reliability", "CA2007", Justification = "That it goes on in the context is what is tested.")]
public sealed class VirtualShutdownTests
{
    private static readonly string[] s_phases =
        [.. typeof(CoordinatedShutdown).GetFields().Where(static f => f.IsLiteral).Select(static f => (string)f.GetRawConstantValue()!)];

    public enum Ending
    {
        ByItself,
        ByTheWordOfAnother,
        OnAnActorsTurn,
        OutOfReach,
        WithATaskThatHangs,
    }

    [Theory]
    [InlineData(Ending.ByItself)]
    [InlineData(Ending.ByTheWordOfAnother)]
    [InlineData(Ending.OnAnActorsTurn)]
    [InlineData(Ending.OutOfReach)]
    [InlineData(Ending.WithATaskThatHangs)]
    public void A_node_ends_on_the_one_thread_and_a_seed_replays_exactly(Ending ending)
    {
        var story = Tell(ending);
        story.ShouldContain("its tasks ended");
        story.ShouldContain("its system ended");
        if (ending != Ending.OutOfReach)
            story.ShouldContain("the others know");
        Tell(ending).ShouldBe(story);
    }

    [Fact]
    public void What_waits_for_the_engine_goes_on_in_the_context()
    {
        var story = OnOneThread(3, static (world, story) =>
        {
            var leaver = world.Clusters[2];
            var echo = world.Systems[2].System.ActorOf(Props.Create<EchoActor>(), "echo");
            var probe = world.Systems[0].Probe();
            using var unused = new CancellationTokenSource();
            var all = Wait();
            world.Advance(TimeSpan.FromSeconds(30));
            all.IsCompletedSuccessfully.ShouldBeTrue();
            probe.Received.ShouldBe(["piped"]);

            async Task Wait()
            {
                story.Add($"asked: {await echo.Ask<string>("hello", TimeSpan.FromSeconds(1), unused.Token)}");
                story.Add($"found: {(await world.Systems[2].System.ActorSelection("/user/echo").ResolveOne(TimeSpan.FromSeconds(1))).Path.Name}");
                await echo.Ask<string>("piped").PipeTo(probe.Ref);
                await leaver.LeaveAsync(unused.Token);
                story.Add("left");
            }
        });
        story.ShouldBe(["asked: hello", "found: echo", "left"]);
    }

    private static List<string> Tell(Ending ending) => OnOneThread(7, (world, story) =>
    {
        var (leaver, system) = (world.Clusters[2], world.Systems[2].System);
        var shutdown = CoordinatedShutdown.Get(system);
        foreach (var phase in s_phases)
            shutdown.AddTask(phase, "note", () => Note(story, phase));
        if (ending == Ending.WithATaskThatHangs)
            shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "hang", static () => new TaskCompletionSource<Done>().Task);
        if (ending == Ending.OutOfReach)
            world.Network.Cut(leaver.SelfAddress);
        if (ending == Ending.ByTheWordOfAnother)
            world.Clusters[0].Leave(leaver.SelfAddress);
        else if (ending == Ending.OnAnActorsTurn)
            system.ActorOf(ScriptActor.Props([])).Tell(new Do(_ => Run()));
        else
            Run();
        var end = Await();
        world.Advance(TimeSpan.FromSeconds(30));
        end.IsCompletedSuccessfully.ShouldBeTrue();
        if (world.Clusters[..2].TrueForAll(static c => c.State.Members.Count == 2) && leaver is { IsTerminated: true, SelfMember.Status: MemberStatus.Removed })
            story.Add("the others know");
        story.AddRange(world.Log.Events.Select(static e => $"{e.Timestamp:O} {e.LogSource} {e.Message}"));

        void Run() => _ = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        async Task Await()
        {
            await system.WhenTerminated;
            story.Add("its system ended");
            await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);
            story.Add("its tasks ended");
        }
    });

    private static async Task<Done> Note(List<string> story, string phase)
    {
        await Task.Yield();
        story.Add($"{phase} on thread {Environment.CurrentManagedThreadId}");
        return Done.Instance;
    }

    private static List<string> OnOneThread(int seed, Action<VirtualCluster, List<string>> tell)
    {
        var before = SynchronizationContext.Current;
        var world = new VirtualCluster(3, seed, "akka.loglevel = DEBUG");
        var story = new List<string>();
        SynchronizationContext.SetSynchronizationContext(new QueueContext(world.Dispatcher));
        try
        {
            world.Advance(TimeSpan.FromSeconds(10));
            tell(world, story);
            world.Stop();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
        world.Dispatcher.Callers.Keys.ShouldBe([Environment.CurrentManagedThreadId]);
        return story;
    }
}
