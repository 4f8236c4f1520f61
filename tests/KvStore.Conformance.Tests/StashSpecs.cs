using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "stash")]
public sealed class StashSpecs : Spec
{
    [Fact]
    public void What_was_stashed_comes_back_in_its_order_ahead_of_what_waits()
    {
        var actor = Start();
        Have(actor, static self => self.OnOther = _ => self.Stash.Stash());
        actor.Tell("first");
        actor.Tell("second");
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(self =>
        {
            gate.Wait();
            self.OnOther = null;
            self.Stash.UnstashAll();
        }));
        actor.Tell("third");
        gate.Set();
        ExpectInOrder("first", "second", "third");
        LastSender.ShouldBe(TestActor);
    }

    [Fact]
    public void Unstash_brings_back_one()
    {
        var actor = Start();
        Have(actor, static self => self.OnOther = _ => self.Stash.Stash());
        actor.Tell("first");
        actor.Tell("second");
        Have(actor, static self =>
        {
            self.OnOther = null;
            self.Stash.Unstash();
        });
        ExpectMsg("first");
        actor.Tell("third");
        ExpectMsg("third");
    }

    [Fact]
    public void A_message_is_stashed_once()
    {
        var actor = Start();
        actor.Tell(new Do(static self =>
        {
            self.Stash.Stash();
            var thrown = Record.Exception(self.Stash.Stash);
            self.Diary.Tell(thrown);
        }));
        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void A_restart_brings_back_what_was_stashed()
    {
        var child = StartChild(Start(), "child");
        Have(child, static self => self.OnOther = _ => self.Stash.Stash());
        child.Tell("kept");
        child.Tell(new Do(static _ => throw new Fault("fault")));
        ExpectMsg("kept");
    }
    [Fact]
    public void What_is_stashed_when_the_actor_stops_becomes_dead_letters()
    {
        var actor = Start();
        Have(actor, static self => self.OnOther = _ => self.Stash.Stash());
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell("first");
        actor.Tell("second");
        actor.Tell(PoisonPill.Instance);
        ExpectMsg<DeadLetter>().Message.ShouldBe("first");
        ExpectMsg<DeadLetter>().Message.ShouldBe("second");
    }
}
