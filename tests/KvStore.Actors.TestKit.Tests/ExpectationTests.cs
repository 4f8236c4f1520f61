using Xunit.Sdk;

namespace KvStore.TestKitTests;

/// <summary>An expectation that fails has to say what came, or nobody can use it.</summary>
public sealed class ExpectationTests() : TestKit("akka.test.single-expect-default = 20s")
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_message_of_another_type_is_named_with_its_sender()
    {
        TestActor.Tell(42);
        var said = Failure(() => ExpectMsg<string>(hint: "the greeting"));
        said.ShouldContain("System.String");
        said.ShouldContain("<42> (Int32)");
        said.ShouldContain("the greeting");
        said.ShouldContain(TestActor.Path.Name);
    }

    [Fact]
    public async Task The_asynchronous_form_says_the_same()
    {
        TestActor.Tell("other");
        (await FailureOf(async () => await ExpectMsgAsync("expected"))).ShouldContain("Expected <expected> (String), received <other> (String)");
    }

    [Fact]
    public void Silence_is_a_time_out_with_its_length()
    {
        var said = Failure(() => ExpectMsg<string>(s_moment));
        said.ShouldContain("Timeout 00:00:00.05");
        said.ShouldContain("System.String");
    }

    [Fact]
    public void A_message_where_none_should_be_is_named()
    {
        TestActor.Tell("surprise");
        Failure(() => ExpectNoMsg(s_moment)).ShouldContain("<surprise>");
    }

    [Fact]
    public void A_message_that_does_not_match_is_named()
    {
        TestActor.Tell(3);
        Failure(() => ExpectMsg<int>(static n => n > 5)).ShouldContain("<3>");
        TestActor.Tell(4);
        Should.Throw<ShouldAssertException>(() => ExpectMsg<int>(static n => n.ShouldBe(5)));
    }

    [Fact]
    public void A_message_from_another_sender_is_refused()
    {
        var probe = CreateTestProbe();
        probe.Send(TestActor, "hello");
        Failure(() => ExpectMsgFrom<string>(TestActor)).ShouldContain(probe.Ref.Path.Name);
    }

    [Fact]
    public void A_death_of_another_actor_is_refused()
    {
        var actor = Sys.ActorOf(Props.Create<Silent>());
        Watch(actor);
        Sys.Stop(actor);
        Failure(() => ExpectTerminated(TestActor)).ShouldContain("Terminated");
    }

    [Fact]
    public void Too_few_messages_are_listed()
    {
        TestActor.Tell("one");
        TestActor.Tell("two");
        var said = Failure(() => ReceiveN(3, s_moment));
        said.ShouldContain("Expected 3");
        said.ShouldContain("<one> (String), <two> (String)");
    }

    [Fact]
    public void Many_messages_are_expected_in_any_order()
    {
        TestActor.Tell(2);
        TestActor.Tell(1);
        ExpectMsgAllOf(1, 2).ShouldBe([2, 1]);
        TestActor.Tell(1);
        TestActor.Tell(1);
        Failure(() => ExpectMsgAllOf(1, 2)).ShouldContain("<2>");
    }

    [Fact]
    public async Task A_catch_says_what_was_thrown_back()
    {
        TestActor.Tell("small");
        TestActor.Tell(7);
        FishForMessage<int>(static n => n == 7).ShouldBe(7);
        TestActor.Tell("small");
        (await FailureOf(async () => await FishForMessageAsync<int>(static n => n == 7, s_moment))).ShouldContain("<small>");
    }

    [Fact]
    public void What_is_ignored_is_never_seen()
    {
        IgnoreMessages<int>();
        TestActor.Tell(1);
        TestActor.Tell("seen");
        ExpectMsg("seen");
        IgnoreNoMessages();
        TestActor.Tell(2);
        ExpectMsg(2);
    }

    [Fact]
    public void An_assertion_that_never_holds_fails_as_it_failed_last()
    {
        var tries = 0;
        AwaitAssert(() => (++tries).ShouldBe(3));
        Should.Throw<ShouldAssertException>(() => AwaitAssert(static () => 1.ShouldBe(2), s_moment));
    }

    [Fact]
    public async Task A_condition_that_never_holds_fails_with_its_text()
    {
        var tries = 0;
        await AwaitConditionAsync(() => ++tries == 3);
        Failure(() => AwaitCondition(static () => false, s_moment, "never")).ShouldContain("never");
        (await FailureOf(() => AwaitConditionAsync(static () => false, s_moment))).ShouldContain("did not hold");
    }

    [Fact]
    public void A_block_that_is_too_fast_or_waits_too_long_fails()
    {
        Failure(() => Within(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), static () => { })).ShouldContain("at least 00:01:00");
        Failure(() => Within(s_moment, () => ExpectMsg<string>())).ShouldContain("Timeout");
        Within(TimeSpan.FromMinutes(1), () => Remaining).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
        Should.Throw<InvalidOperationException>(() => Remaining);
    }

    [Fact]
    public void An_event_that_does_not_come_or_comes_twice_fails()
    {
        var kit = this;
        EventFilter.Warning(contains: "once").ExpectOne(() => kit.Log.Warning("just once"));
        EventFilter.DeadLetter<int>().Expect(2, () =>
        {
            Sys.DeadLetters.Tell(1);
            Sys.DeadLetters.Tell("not this");
            Sys.DeadLetters.Tell(2);
        });
        using var hasty = new TestKit("akka.test.filter-leeway = 50ms");
        Failure(() => hasty.EventFilter.Error("never").ExpectOne(static () => { })).ShouldContain("0 came");
    }

    internal static string Failure(Action expectation) => Should.Throw<XunitException>(expectation).Message;

    internal static async Task<string> FailureOf(Func<Task> expectation) => (await Should.ThrowAsync<XunitException>(expectation)).Message;

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
