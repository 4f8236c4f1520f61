using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "dead letters")]
public sealed class DeadLetterSpecs : Spec
{
    [Fact]
    public void A_message_to_an_actor_that_has_stopped_is_a_dead_letter()
    {
        var actor = Start();
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell("late");
        var letter = ExpectMsg<DeadLetter>();
        letter.Message.ShouldBe("late");
        letter.Sender.ShouldBe(TestActor);
        letter.Recipient.Path.ShouldBe(actor.Path);
    }

    [Fact]
    public void What_waits_for_an_actor_that_stops_becomes_dead_letters()
    {
        var actor = Start();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(self =>
        {
            gate.Wait();
            self.Ctx.Stop(self.Me);
        }));
        actor.Tell("first");
        actor.Tell("second");
        gate.Set();
        ExpectMsg<DeadLetter>().Message.ShouldBe("first");
        ExpectMsg<DeadLetter>().Message.ShouldBe("second");
    }

    [Fact]
    public void A_message_to_a_path_where_nobody_is_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.ActorSelection("/user/nobody").Tell("lost", TestActor);
        ExpectMsg<DeadLetter>().Message.ShouldBe("lost");
    }

    [Fact]
    public void What_is_told_to_dead_letters_is_one()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        Sys.DeadLetters.Tell("returned");
        ExpectMsg<DeadLetter>().Message.ShouldBe("returned");
    }

    [Fact]
    public void A_message_that_may_be_lost_is_no_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.DeadLetters.Tell(new MayBeLost());
        Sys.DeadLetters.Tell("mark");
        ExpectMsg<DeadLetter>().Message.ShouldBe("mark");
    }

    [Fact]
    public void A_subscription_to_the_event_stream_can_be_taken_back()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(string)).ShouldBeTrue();
        Sys.EventStream.Subscribe(probe.Ref, typeof(string)).ShouldBeTrue();
        Sys.EventStream.Publish("both");
        ExpectMsg("both");
        probe.ExpectMsg("both");
        Sys.EventStream.Unsubscribe(TestActor, typeof(string)).ShouldBeTrue();
        Sys.EventStream.Publish("one");
        probe.ExpectMsg("one");
        TestActor.Tell("mark");
        ExpectMsg("mark");
    }

    [Fact]
    public void Dead_letters_are_filtered_by_type() =>
        EventFilter.DeadLetter<string>().ExpectOne(() =>
        {
            Sys.DeadLetters.Tell(1);
            Sys.DeadLetters.Tell("text");
        });

    private sealed class MayBeLost : IDeadLetterSuppression;
}
