using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Supervision;

public sealed class SupervisionTests : IDisposable
{
    private readonly World _world = new();
    private readonly List<string> _parentDiary = [];
    private readonly List<string> _diary = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_restart_runs_the_hooks_in_akkas_order_and_keeps_reference_and_mailbox()
    {
        var child = ChildOf(Always(Directive.Restart));
        _diary.Clear();
        child.Tell(Fail("boom"));
        child.Tell("next");
        _world.Run();
        _diary.ShouldBe(["PreRestart boom", "PostStop", "new", "PostRestart boom", "PreStart", "next"]);
    }

    [Fact]
    public void A_resume_keeps_the_instance()
    {
        var child = ChildOf(Always(Directive.Resume));
        _diary.Clear();
        child.Tell(Fail("boom"));
        child.Tell("next");
        _world.Run();
        _diary.ShouldBe(["next"]);
    }

    [Fact]
    public void A_stop_stops_the_child_and_its_name_can_be_used_again()
    {
        var child = ChildOf(Always(Directive.Stop), out var parent);
        _diary.Clear();
        child.Tell(Fail("boom"));
        child.Tell("lost");
        _world.Run();
        _diary.ShouldBe(["PostStop"]);
        _world.Tell(parent, new Do(me => me.Ctx.ActorOf(ScriptActor.Props(_diary), "child").Path.Uid.ShouldNotBe(child.Path.Uid)));
        _diary.ShouldBe(["PostStop", "new", "PreStart"]);
    }

    [Fact]
    public void An_escalation_fails_the_parent_whose_restart_stops_the_child()
    {
        var child = ChildOf(Always(Directive.Escalate));
        _diary.Clear();
        _parentDiary.Clear();
        _world.Tell(child, Fail("boom"));
        _parentDiary.ShouldBe(["PreRestart boom", "PostStop", "new", "PostRestart boom", "PreStart"]);
        _diary.ShouldBe(["PostStop"]);
    }

    [Fact]
    public void An_escalation_that_is_resumed_above_resumes_the_child_as_well()
    {
        var top = _world.Start(ScriptActor.Props([], Always(Directive.Resume)), "top");
        IActorRef parent = ActorRefs.Nobody;
        IActorRef child = ActorRefs.Nobody;
        _world.Tell(top, new Do(me => parent = me.Ctx.ActorOf(ScriptActor.Props(_parentDiary, Always(Directive.Escalate)), "parent")));
        _world.Tell(parent, new Do(me => child = me.Ctx.ActorOf(ScriptActor.Props(_diary), "child")));
        _world.Tell(child, Fail("boom"));
        _world.Tell(child, "alive");
        _world.Tell(parent, "alive too");
        _diary.ShouldBe(["new", "PreStart", "alive"]);
        _parentDiary.ShouldBe(["new", "PreStart", "alive too"]);
    }

    [Fact]
    public void A_child_may_be_restarted_only_so_often_within_the_window()
    {
        var child = ChildOf(new OneForOneStrategy(2, TimeSpan.FromSeconds(10), _ => Directive.Restart));
        for (var i = 0; i < 2; i++)
            _world.Tell(child, Fail("boom"));
        _world.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 2; i++)
            _world.Tell(child, Fail("boom"));
        _diary.Count(line => line == "new").ShouldBe(5);
        _diary.Clear();
        _world.Tell(child, Fail("boom"));
        _diary.ShouldBe(["PostStop"]);
    }

    [Fact]
    public void An_actor_that_cannot_be_constructed_is_stopped_and_its_watcher_told()
    {
        var probe = _world.Probe();
        _world.Tell(probe.Ref, "warm");
        var watcher = _world.Start(ScriptActor.Props(_parentDiary));
        _world.Tell(watcher, new Do(me =>
        {
            me.OnOther = message => probe.Received.Add(message);
            me.Ctx.Watch(me.Ctx.ActorOf(Props.Create<Unborn>(), "unborn"));
        }));
        probe.Single<Terminated>().ActorRef.Path.Name.ShouldBe("unborn");
    }

    [Fact]
    public void A_restart_waits_for_the_children_that_are_stopping()
    {
        var child = ChildOf(Always(Directive.Restart));
        var grandchildDiary = new List<string>();
        _world.Tell(child, new Do(me => me.Ctx.ActorOf(ScriptActor.Props(grandchildDiary), "grandchild")));
        _diary.Clear();
        _world.Tell(child, Fail("boom"));
        grandchildDiary.ShouldBe(["new", "PreStart", "PostStop"]);
        _world.Tell(child, new Do(me => me.Ctx.ActorOf(ScriptActor.Props(grandchildDiary), "grandchild")));
        grandchildDiary.Count(line => line == "new").ShouldBe(2);
    }

    [Fact]
    public void Kill_stops_by_default_and_a_poison_pill_comes_after_what_was_sent_before()
    {
        var killed = ChildOf(null);
        _diary.Clear();
        _world.Tell(killed, Kill.Instance);
        _diary.ShouldBe(["PostStop"]);
        var poisoned = _world.Start(ScriptActor.Props(_parentDiary));
        _parentDiary.Clear();
        poisoned.Tell("first");
        poisoned.Tell(PoisonPill.Instance);
        poisoned.Tell("never");
        _world.Run();
        _parentDiary.ShouldBe(["first", "PostStop"]);
    }

    [Fact]
    public void A_parent_stops_after_its_children()
    {
        var child = ChildOf(null, out var parent);
        _world.Tell(child, "x");
        var order = new List<string>();
        _world.Tell(child, new Do(me => me.Ctx.ActorOf(Props.Create(() => new LastWords("grandchild", order)))));
        _world.Tell(parent, new Do(me => me.Ctx.ActorOf(Props.Create(() => new LastWords("sibling", order)))));
        _world.System.Stop(parent);
        _world.Run();
        order.Count.ShouldBe(2);
        _diary[^1].ShouldBe("PostStop");
        _parentDiary[^1].ShouldBe("PostStop");
    }

    private static OneForOneStrategy Always(Directive directive) => new(_ => directive);

    private static Do Fail(string reason) => new(_ => throw new InvalidOperationException(reason));

    private IActorRef ChildOf(SupervisorStrategy? strategy) => ChildOf(strategy, out _);

    private IActorRef ChildOf(SupervisorStrategy? strategy, out IActorRef parent)
    {
        parent = _world.Start(ScriptActor.Props(_parentDiary, strategy));
        IActorRef child = ActorRefs.Nobody;
        _world.Tell(parent, new Do(me => child = me.Ctx.ActorOf(ScriptActor.Props(_diary), "child")));
        return child;
    }

    private sealed class Unborn : UntypedActor
    {
        public Unborn() => throw new InvalidOperationException("no");

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class LastWords(string name, List<string> order) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => order.Add(name);
    }
}
