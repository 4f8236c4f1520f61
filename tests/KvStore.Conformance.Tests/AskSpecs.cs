using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "ask")]
public sealed class AskSpecs : Spec
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task An_ask_gets_the_reply() => (await Sys.ActorOf<Echo>().Ask<string>("hello", Long)).ShouldBe("hello");

    [Fact]
    public async Task An_ask_without_a_time_waits() => (await Sys.ActorOf<Echo>().Ask("hello")).ShouldBe("hello");

    [Fact]
    public async Task An_ask_that_nobody_answers_times_out() =>
        await Should.ThrowAsync<AskTimeoutException>(async () => await TestActor.Ask<string>("silence", s_short));

    [Fact]
    public async Task An_ask_of_an_actor_that_has_stopped_times_out()
    {
        var actor = Start();
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        await Should.ThrowAsync<AskTimeoutException>(async () => await actor.Ask<string>("late", s_short));
    }

    [Fact]
    public async Task A_failure_faults_the_ask_with_its_cause()
    {
        var asked = TestActor.Ask<string>("question", Long);
        ExpectMsg("question");
        LastSender.Tell(new Status.Failure(new Fault("no")));
        (await Should.ThrowAsync<Fault>(async () => await asked)).Message.ShouldBe("no");
    }

    [Fact]
    public async Task A_reply_of_another_type_faults_the_ask()
    {
        var asked = TestActor.Ask<string>("question", Long);
        ExpectMsg("question");
        LastSender.Tell(42);
        await Should.ThrowAsync<ArgumentException>(async () => await asked);
    }

    [Fact]
    public async Task Only_the_first_reply_counts()
    {
        var asked = TestActor.Ask<string>("question", Long);
        ExpectMsg("question");
        LastSender.Tell("first");
        LastSender.Tell("second");
        (await asked).ShouldBe("first");
    }

    [Fact]
    public async Task A_cancelled_ask_is_a_cancelled_task()
    {
        using var cancellation = new CancellationTokenSource();
        var asked = TestActor.Ask<string>("question", cancellation.Token);
        ExpectMsg("question");
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await asked);
    }

    [Fact]
    public async Task An_ask_of_a_selection_finds_whoever_is_there()
    {
        Sys.ActorOf<Echo>("echo");
        (await Sys.ActorSelection("/user/echo").Ask<string>("hello", Long)).ShouldBe("hello");
    }

    [Fact]
    public void The_end_of_a_task_is_piped_as_a_message()
    {
        var done = new TaskCompletionSource<string>();
        _ = done.Task.PipeTo(TestActor, success: static text => $"done {text}");
        done.SetResult("it");
        ExpectMsg("done it");
    }

    [Fact]
    public void The_failure_of_a_task_is_piped_as_a_failure()
    {
        _ = Task.FromException<string>(new Fault("broken")).PipeTo(TestActor);
        ExpectMsg<Status.Failure>().Cause.GetBaseException().Message.ShouldBe("broken");
    }
}
