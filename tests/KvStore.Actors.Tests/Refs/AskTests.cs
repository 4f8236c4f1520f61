using KvStore.Actors.Event;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Refs;

public sealed class AskTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task The_reply_completes_the_task()
    {
        var asked = Answering(_ => "pong").Ask<string>("ping", s_second);
        _world.Run();
        (await asked.WaitAsync(s_patience)).ShouldBe("pong");
    }

    [Fact]
    public async Task Without_a_reply_in_time_it_is_an_ask_timeout_and_a_late_reply_a_dead_letter()
    {
        var letters = _world.Probe();
        _world.System.EventStream.Subscribe<DeadLetter>(letters.Ref);
        IActorRef? asker = null;
        var silent = _world.Start(ScriptActor.Props([]));
        var asked = silent.Ask<string>(new Do(me => asker = me.From), s_second);
        _world.Advance(s_second);
        await Should.ThrowAsync<AskTimeoutException>(asked.WaitAsync(s_patience));
        asker!.Path.Parent.Name.ShouldBe("temp");
        _world.Tell(asker, "late");
        letters.Single<DeadLetter>().Message.ShouldBe("late");
    }

    [Fact]
    public async Task A_failure_faults_the_task_with_its_cause()
    {
        var asked = Answering(_ => new Status.Failure(new InvalidOperationException("no"))).Ask<string>("ping");
        _world.Run();
        (await Should.ThrowAsync<InvalidOperationException>(asked.WaitAsync(s_patience))).Message.ShouldBe("no");
    }

    [Fact]
    public async Task A_reply_of_another_type_is_an_argument_exception()
    {
        var asked = Answering(_ => 5).Ask<string>("ping");
        _world.Run();
        await Should.ThrowAsync<ArgumentException>(asked.WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_cancelled_token_cancels_the_task()
    {
        using var source = new CancellationTokenSource();
        var asked = _world.Start(ScriptActor.Props([])).Ask<string>("ping", source.Token);
        await source.CancelAsync();
        await Should.ThrowAsync<TaskCanceledException>(asked.WaitAsync(s_patience));
    }

    [Fact]
    public async Task The_reference_of_an_ask_is_found_by_its_path_until_it_is_answered()
    {
        IActorRef? asker = null;
        var asked = _world.Start(ScriptActor.Props([])).Ask<string>(new Do(me => asker = me.From));
        _world.Run();
        var resolved = _world.System.Provider.ResolveActorRef(asker!.Path.ToSerializationFormat());
        resolved.ShouldBeSameAs(asker);
        resolved.Tell("found", ActorRefs.NoSender);
        (await asked.WaitAsync(s_patience)).ShouldBe("found");
        _world.System.Provider.ResolveActorRef(asker.Path).ShouldNotBeSameAs(asker);
    }

    [Fact]
    public async Task A_task_can_be_piped_to_an_actor()
    {
        var probe = _world.Probe();
        await Task.FromResult("done").PipeTo(probe.Ref);
        await Task.FromException<string>(new InvalidOperationException("no")).PipeTo(probe.Ref);
        _world.Run();
        probe.Received[0].ShouldBe("done");
        probe.Single<Status.Failure>().Cause.Message.ShouldBe("no");
    }

    private IActorRef Answering(Func<object, object> answer)
    {
        var actor = _world.Start(ScriptActor.Props([]));
        _world.Tell(actor, new Do(me => me.OnOther = message => me.From.Tell(answer(message))));
        return actor;
    }
}
