using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

/// <summary>A system whose time moves only when the spec says so.</summary>
public abstract class TimedSpec()
    : Spec($"akka.scheduler.implementation = \"{typeof(TestScheduler).FullName}, {typeof(TestScheduler).Assembly.GetName().Name}\"")
{
    protected static TimeSpan Second { get; } = TimeSpan.FromSeconds(1);

    protected void Advance(double seconds) => ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Nothing was due: a message told now is the next.</summary>
    protected void ExpectNothingBefore(IActorRef actor)
    {
        actor.Tell(new Mark());
        ExpectMsg<Mark>();
    }

    /// <summary>A message that is no sign of life.</summary>
    protected sealed class Mark : INotInfluenceReceiveTimeout;
}

[Trait("area", "timers")]
public sealed class TimerSpecs : TimedSpec
{
    [Fact]
    public void A_single_timer_fires_once_when_it_is_due()
    {
        var actor = Start();
        Have(actor, static self => self.Timers.StartSingleTimer("key", "due", Second));
        Advance(0.9);
        ExpectNothingBefore(actor);
        Advance(0.2);
        ExpectMsg("due");
        Advance(5);
        ExpectNothingBefore(actor);
    }

    [Fact]
    public void A_periodic_timer_fires_at_every_interval()
    {
        var actor = Start();
        Have(actor, static self => self.Timers.StartPeriodicTimer("key", "tick", Second));
        for (var i = 0; i < 3; i++)
        {
            Advance(1);
            ExpectMsg("tick");
            ExpectNothingBefore(actor);
        }
    }

    [Fact]
    public void A_periodic_timer_may_begin_at_another_time()
    {
        var actor = Start();
        Have(actor, static self => self.Timers.StartPeriodicTimer("key", "tick", TimeSpan.FromSeconds(3), Second));
        Advance(2);
        ExpectNothingBefore(actor);
        Advance(1);
        ExpectMsg("tick");
        Advance(1);
        ExpectMsg("tick");
    }

    [Fact]
    public void A_timer_takes_the_place_of_one_with_the_same_key()
    {
        var actor = Start();
        Have(actor, static self =>
        {
            self.Timers.StartSingleTimer("key", "old", Second);
            self.Timers.StartSingleTimer("key", "new", TimeSpan.FromSeconds(2));
        });
        Advance(1.5);
        ExpectNothingBefore(actor);
        Advance(1);
        ExpectMsg("new");
    }

    [Fact]
    public void A_timer_that_was_replaced_while_its_message_waited_is_not_received()
    {
        var actor = Start();
        Have(actor, static self => self.Timers.StartSingleTimer("key", "old", Second));
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(self =>
        {
            gate.Wait();
            self.Timers.StartSingleTimer("key", "new", Second);
        }));
        Advance(1);
        gate.Set();
        ExpectNothingBefore(actor);
        Advance(1);
        ExpectMsg("new");
    }

    [Fact]
    public void Timers_of_different_keys_run_beside_each_other()
    {
        var actor = Start();
        Have(actor, static self =>
        {
            self.Timers.StartSingleTimer(1, "one", Second);
            self.Timers.StartSingleTimer((2, "x"), "two", TimeSpan.FromSeconds(2));
        });
        Advance(1);
        ExpectMsg("one");
        Advance(1);
        ExpectMsg("two");
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire()
    {
        var actor = Start();
        Have(actor, static self =>
        {
            self.Timers.StartSingleTimer("key", "due", Second);
            self.Timers.StartPeriodicTimer("other", "tick", Second);
            self.Timers.IsTimerActive("key").ShouldBeTrue();
            self.Timers.Cancel("key");
            self.Timers.IsTimerActive("key").ShouldBeFalse();
            self.Timers.CancelAll();
            self.Timers.IsTimerActive("other").ShouldBeFalse();
        });
        Advance(2);
        ExpectNothingBefore(actor);
    }

    [Fact]
    public void A_restart_ends_the_timers()
    {
        var child = StartChild(Start(), "child");
        Have(child, static self => self.Timers.StartPeriodicTimer("key", "tick", Second));
        child.Tell(new Do(static _ => throw new Fault("fault")));
        ExpectNothingBefore(child);
        Advance(2);
        ExpectNothingBefore(child);
    }

    [Fact]
    public void The_scheduler_tells_once_or_again_and_again_until_cancelled()
    {
        Sys.Scheduler.ScheduleTellOnce(Second, TestActor, "once", TestActor);
        var ticks = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(TimeSpan.FromSeconds(2), Second, TestActor, "tick", TestActor);
        Advance(1);
        ExpectMsg("once");
        Advance(1);
        ExpectMsg("tick");
        Advance(1);
        ExpectMsg("tick");
        ticks.Cancel();
        Advance(2);
        ExpectNothingBefore(TestActor);
    }
}

[Trait("area", "receive timeout")]
public sealed class ReceiveTimeoutSpecs : TimedSpec
{
    [Fact]
    public void It_comes_when_nothing_else_came()
    {
        var actor = Idle(Second);
        Advance(1.1);
        ExpectMsg<ReceiveTimeout>();
        ExpectNothingBefore(actor);
    }

    [Fact]
    public void A_message_puts_it_off()
    {
        var actor = Idle(Second);
        Advance(0.7);
        actor.Tell("life");
        ExpectMsg("life");
        ExpectNothingBefore(actor);
        Advance(0.7);
        ExpectNothingBefore(actor);
        Advance(0.7);
        ExpectMsg<ReceiveTimeout>();
    }

    [Fact]
    public void A_message_that_is_no_sign_of_life_does_not()
    {
        var actor = Idle(Second);
        Advance(0.7);
        ExpectNothingBefore(actor);
        Advance(0.7);
        ExpectMsg<ReceiveTimeout>();
    }

    [Fact]
    public void It_can_be_called_off()
    {
        var actor = Idle(Second);
        Have(actor, static self => self.SetIdle(null));
        ExpectNothingBefore(actor);
        Advance(5);
        ExpectNothingBefore(actor);
    }

    // The mark is handled after the turn that set the time-out, so the clock runs by then.
    private IActorRef Idle(TimeSpan timeout)
    {
        var actor = Start();
        Have(actor, self => self.SetIdle(timeout));
        ExpectNothingBefore(actor);
        return actor;
    }
}
