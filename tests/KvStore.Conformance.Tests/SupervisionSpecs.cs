using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "supervision")]
public sealed class SupervisionSpecs : Spec
{
    private static SupervisorStrategy Always(Directive directive) => new OneForOneStrategy(_ => directive);

    [Fact]
    public void A_restart_goes_on_with_a_new_instance()
    {
        var child = StartChild(Start(), "child");
        Have(child, self => self.Count = 7);
        Fail(child);
        Have(child, self => self.Count.ShouldBe(0));
    }

    [Fact]
    public void A_resume_goes_on_with_the_same_instance()
    {
        var child = StartChild(Start(strategy: Always(Directive.Resume)), "child");
        Have(child, self => self.Count = 7);
        Fail(child);
        var count = 0;
        Have(child, self => count = self.Count);
        count.ShouldBe(7);
    }

    [Fact]
    public void A_stop_ends_the_child_and_leaves_its_sibling_alone()
    {
        var parent = Start(strategy: Always(Directive.Stop));
        var child = StartChild(parent, "child");
        var sibling = StartChild(parent, "sibling");
        Have(sibling, self => self.Count = 7);
        Watch(child);
        Fail(child);
        ExpectTerminated(child);
        var count = 0;
        Have(sibling, self => count = self.Count);
        count.ShouldBe(7);
    }

    [Fact]
    public void An_escalated_failure_is_the_supervisors_own_and_its_children_end_with_its_restart()
    {
        var top = Start(strategy: Always(Directive.Restart));
        var middle = StartChild(top, "middle", Always(Directive.Escalate));
        var bottom = StartChild(middle, "bottom");
        Have(middle, self => self.Count = 7);
        Watch(bottom);
        Fail(bottom);
        ExpectTerminated(bottom);
        var count = -1;
        Have(middle, self => count = self.Count);
        count.ShouldBe(0);
    }

    [Fact]
    public void A_decider_chooses_by_the_exception()
    {
        var parent = Start(strategy: new OneForOneStrategy(static e => e is ArithmeticException ? Directive.Resume : Directive.Stop));
        var child = StartChild(parent, "child");
        Watch(child);
        child.Tell(new Do(static _ => throw new ArithmeticException()));
        Have(child, static self => self.Count++);
        Fail(child);
        ExpectTerminated(child);
    }

    [Fact]
    public void The_hooks_of_a_life_come_in_their_order_with_the_cause_and_the_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Living(TestActor)));
        ExpectInOrder("new", "PreStart");
        actor.Tell("fail");
        actor.Tell("after");
        ExpectInOrder("PreRestart fault fail", "PostStop", "new", "PostRestart fault", "PreStart", "after");
        Sys.Stop(actor);
        ExpectMsg("PostStop");
    }

    [Fact]
    public void A_restart_stops_the_children_unless_the_actor_says_otherwise()
    {
        var parent = StartChild(Start(), "parent");
        var child = StartChild(parent, "child");
        Watch(child);
        Fail(parent);
        ExpectTerminated(child);
        var again = StartChild(parent, "child");
        again.Path.ShouldBe(child.Path);
        again.ShouldNotBe(child);
    }

    [Fact]
    public void What_waits_survives_a_restart_and_the_message_that_failed_does_not()
    {
        var child = StartChild(Start(), "child");
        using var gate = new ManualResetEventSlim();
        child.Tell(new Do(_ =>
        {
            gate.Wait();
            throw new Fault("fault");
        }));
        child.Tell("first");
        child.Tell("second");
        gate.Set();
        ExpectInOrder("first", "second");
    }

    [Fact]
    public void After_the_allowed_restarts_the_child_is_stopped()
    {
        var strategy = new OneForOneStrategy(2, TimeSpan.FromMinutes(1), static _ => Directive.Restart);
        var child = StartChild(Start(strategy: strategy), "child");
        Watch(child);
        Fail(child);
        Fail(child);
        Have(child, static self => self.Count++);
        Fail(child);
        ExpectTerminated(child);
    }

    [Fact]
    public void An_actor_that_cannot_be_created_is_stopped()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StillBorn()));
        Watch(actor);
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_killed_actor_is_stopped_by_the_default_strategy()
    {
        var child = StartChild(Start(), "child");
        Watch(child);
        child.Tell(Kill.Instance);
        ExpectTerminated(child);
    }

    [Fact]
    public void A_supervisor_ends_after_its_children()
    {
        var parent = Start();
        var child = CreateTestProbe();
        Have(parent, self => self.Ctx.ActorOf(Props.Create(() => new Living(child.Ref)), "child"));
        child.ExpectMsg("new");
        child.ExpectMsg("PreStart");
        child.Watch(parent);
        Sys.Stop(parent);
        child.ExpectMsg("PostStop");
        child.ExpectTerminated(parent);
    }

    [Fact]
    public void A_supervisor_knows_its_children_by_name()
    {
        var parent = Start();
        var child = StartChild(parent, "child");
        IActorRef found = ActorRefs.Nobody;
        IActorRef missing = TestActor;
        Have(parent, self =>
        {
            found = self.Ctx.Child("child");
            missing = self.Ctx.Child("nobody");
            self.Ctx.GetChildren().ShouldBe([child]);
        });
        found.ShouldBe(child);
        missing.IsNobody().ShouldBeTrue();
    }

    [Fact]
    public void A_name_is_taken_until_its_actor_has_ended()
    {
        var first = Start("unique");
        Should.Throw<InvalidActorNameException>(() => Start("unique"));
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        AwaitAssert(() => Start("unique").ShouldNotBe(first));
    }

    [Fact]
    public void An_actor_made_outside_a_system_is_refused() =>
        Should.Throw<ActorInitializationException>(static () =>
        {
            using var flow = ExecutionContext.SuppressFlow();
            Exception? thrown = null;
            var thread = new Thread(() => thrown = Record.Exception(static () => new Echo()));
            thread.Start();
            thread.Join();
            throw thrown!;
        });

    [Fact]
    public void The_arguments_of_an_actor_are_evaluated_once_and_used_again_at_a_restart()
    {
        var evaluated = 0;
        int Next() => Interlocked.Increment(ref evaluated);
        Func<int> next = Next;
        var parent = Start();
        IActorRef child = ActorRefs.Nobody;
        Have(parent, self => child = self.Ctx.ActorOf(Props.Create(() => new Numbered(next()))));
        for (var i = 0; i < 2; i++)
        {
            child.Tell("number");
            ExpectMsg(1);
            child.Tell("fail");
        }
        evaluated.ShouldBe(1);
    }

    private static void Fail(IActorRef actor) => actor.Tell(new Do(static _ => throw new Fault("fault")));

    private sealed class Numbered(int number) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new Fault("fault");
            Sender.Tell(number);
        }
    }

    private sealed class StillBorn : UntypedActor
    {
        public StillBorn() => throw new Fault("never born");

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
