namespace KvStore.TestKitTests;

public sealed class ProbeTests : TestKit
{
    [Fact]
    public void A_probe_sends_and_answers_in_its_own_name()
    {
        var asks = CreateTestProbe("asks");
        var answers = CreateTestProbe("answers");
        asks.Ref.Path.Name.ShouldBe("asks");
        asks.Send(answers.Ref, "question");
        answers.ExpectMsg("question");
        answers.Sender.ShouldBe(asks.Ref);
        answers.Reply("answer");
        asks.ExpectMsgFrom(answers.Ref, "answer");
    }

    [Fact]
    public void A_probe_passes_on_with_the_sender_it_got()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("letter");
        probe.ExpectMsg("letter");
        probe.Forward(TestActor);
        ExpectMsg("letter");
        LastSender.ShouldBe(TestActor);
    }

    [Fact]
    public void What_comes_to_a_probe_does_not_come_to_the_test()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("for the probe");
        HasMessages.ShouldBeFalse();
        probe.ExpectMsg("for the probe");
    }

    [Fact]
    public async Task Tests_at_the_same_time_keep_their_own_senders()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await Task.Yield();
            using var kit = new TestKit();
            var probe = kit.CreateTestProbe();
            await Task.Yield();
            probe.Ref.Tell("who");
            await probe.ExpectMsgAsync("who");
            probe.Sender.ShouldBe(kit.TestActor);
        }));
        TestActor.Tell("still me");
        ExpectMsgFrom(TestActor, "still me");
    }

    [Fact]
    public void A_class_without_an_implicit_sender_tells_as_nobody()
    {
        using (var kit = new Nameless())
        {
            kit.TestActor.Tell("hello");
            kit.ExpectMsg("hello");
            kit.LastSender.ShouldBe(kit.Sys.DeadLetters);
        }
        TestActor.Tell("mine again");
        ExpectMsgFrom(TestActor, "mine again");
    }

    [Fact]
    public void A_system_that_is_given_is_the_one_under_test()
    {
        using var kit = new TestKit(Sys);
        kit.Sys.ShouldBe(Sys);
        kit.TestActor.ShouldNotBe(TestActor);
    }

    [Fact]
    public void The_end_of_a_test_is_the_end_of_its_system()
    {
        var kit = new TestKit("akka.loglevel = OFF");
        kit.Dispose();
        kit.Sys.WhenTerminated.IsCompletedSuccessfully.ShouldBeTrue();
        kit.Dispose();
    }

    [Fact]
    public void Times_are_stretched_by_the_machines_factor()
    {
        using var kit = new TestKit("akka.test { timefactor = 2.5, single-expect-default = 2s }");
        kit.Dilated(TimeSpan.FromSeconds(2)).ShouldBe(TimeSpan.FromSeconds(5));
        kit.RemainingOrDefault.ShouldBe(TimeSpan.FromSeconds(5));
        kit.RemainingOrDilated(TimeSpan.FromSeconds(4)).ShouldBe(TimeSpan.FromSeconds(10));
    }

    private sealed class Nameless : TestKit, INoImplicitSender;
}
