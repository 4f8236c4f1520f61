using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "watch")]
public sealed class WatchSpecs : Spec
{
    [Fact]
    public void A_watcher_hears_that_an_actor_has_stopped()
    {
        var actor = Start();
        Watch(actor);
        Sys.Stop(actor);
        var terminated = ExpectTerminated(actor);
        terminated.ExistenceConfirmed.ShouldBeTrue();
        terminated.AddressTerminated.ShouldBeFalse();
    }

    [Fact]
    public void A_watch_of_an_actor_that_has_stopped_is_answered_at_once()
    {
        var actor = Start();
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        var late = CreateTestProbe();
        late.Watch(actor);
        late.ExpectTerminated(actor).AddressTerminated.ShouldBeFalse();
    }

    [Fact]
    public void A_watch_of_an_actor_that_never_was_is_answered_at_once()
    {
        var nobody = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef("akka://conformance/user/nobody");
        Watch(nobody);
        ExpectTerminated(nobody).ExistenceConfirmed.ShouldBeFalse();
    }

    [Fact]
    public void A_watcher_hears_it_once_however_often_it_asked()
    {
        var actor = Start();
        Watch(actor);
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        ExpectNoMsg(100);
    }

    [Fact]
    public void Every_watcher_hears_it()
    {
        var actor = Start();
        TestProbe[] probes = [CreateTestProbe(), CreateTestProbe(), CreateTestProbe()];
        foreach (var probe in probes)
            probe.Watch(actor);
        Sys.Stop(actor);
        foreach (var probe in probes)
            probe.ExpectTerminated(actor);
    }

    [Fact]
    public void A_watch_that_was_taken_back_is_silent()
    {
        var actor = Start();
        var other = CreateTestProbe();
        Watch(actor);
        other.Watch(actor);
        Unwatch(actor);
        Sys.Stop(actor);
        other.ExpectTerminated(actor);
        ExpectNoMsg(100);
    }

    [Fact]
    public void A_watcher_may_choose_the_message()
    {
        var watcher = Start();
        var actor = Start();
        Have(watcher, self => self.Ctx.WatchWith(actor, "it is gone"));
        Sys.Stop(actor);
        ExpectMsg("it is gone");
    }

    [Fact]
    public void A_death_that_the_watcher_does_not_handle_is_its_own()
    {
        var watcher = Start();
        var actor = Start();
        Have(watcher, self =>
        {
            self.Ctx.Watch(actor);
            self.OnOther = self.Refuse;
        });
        Watch(watcher);
        Sys.Stop(actor);
        ExpectTerminated(watcher);
    }

    [Fact]
    public void A_supervisor_hears_of_its_child_when_the_name_is_free_again()
    {
        var parent = Start();
        Have(parent, static self =>
        {
            var child = self.Ctx.Watch(self.Ctx.ActorOf(Scripted.Of(self.Diary), "child"));
            self.OnOther = message =>
            {
                if (message is not Terminated)
                    return;
                self.Ctx.ActorOf(Scripted.Of(self.Diary), "child");
                self.Diary.Tell("again");
            };
            self.Ctx.Stop(child);
        });
        ExpectMsg("again");
    }

    [Fact]
    public void The_news_comes_behind_what_the_actor_told_the_watcher()
    {
        var actor = Start();
        Watch(actor);
        actor.Tell("last words");
        actor.Tell(PoisonPill.Instance);
        ExpectMsg("last words");
        ExpectTerminated(actor);
    }
}
