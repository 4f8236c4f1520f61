using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Scheduling;

public sealed class TimerTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly World _world = new();
    private readonly List<string> _diary = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_single_timer_fires_once_and_a_periodic_one_again_and_again()
    {
        var actor = Actor(me =>
        {
            me.Timers.StartSingleTimer("once", "once", s_second);
            me.Timers.StartPeriodicTimer("often", "often", s_second, s_second * 2);
        });
        for (var i = 0; i < 5; i++)
            _world.Advance(s_second);
        _diary.ShouldBe(["once", "often", "often", "often"]);
        _world.Tell(actor, new Do(me => me.Timers.ActiveTimers.ShouldBe(["often"])));
    }

    [Fact]
    public void The_message_of_a_replaced_timer_never_arrives_even_if_it_was_due()
    {
        var actor = Actor(me => me.Timers.StartSingleTimer("key", "old", s_second));
        actor.Tell(new Do(me => me.Timers.StartSingleTimer("key", "new", s_second)));
        _world.Time.Advance(s_second);
        _world.Run();
        _diary.ShouldBeEmpty();
        _world.Advance(s_second);
        _diary.ShouldBe(["new"]);
    }

    [Fact]
    public void The_message_of_a_cancelled_timer_never_arrives_even_if_it_was_due()
    {
        var actor = Actor(me => me.Timers.StartSingleTimer("key", "old", s_second));
        actor.Tell(new Do(me => me.Timers.Cancel("key")));
        _world.Time.Advance(s_second);
        _world.Run();
        _world.Advance(s_second * 5);
        _diary.ShouldBeEmpty();
    }

    [Fact]
    public void A_restart_cancels_the_timers()
    {
        var actor = Actor(me => me.Timers.StartPeriodicTimer("key", "tick", s_second));
        _world.Tell(actor, new Do(_ => throw new InvalidOperationException("boom")));
        _diary.Clear();
        _world.Advance(s_second * 5);
        _diary.ShouldBeEmpty();
    }

    [Fact]
    public void A_receive_timeout_comes_after_silence_and_starts_anew_with_every_message()
    {
        var timeouts = 0;
        var actor = Actor(me =>
        {
            me.OnOther = message => timeouts += message is ReceiveTimeout ? 1 : 0;
            me.Ctx.SetReceiveTimeout(s_second * 2);
        });
        for (var i = 0; i < 3; i++)
        {
            _world.Advance(s_second);
            _world.Tell(actor, "noise");
        }
        timeouts.ShouldBe(0);
        _world.Advance(s_second * 2);
        timeouts.ShouldBe(1);
        _world.Tell(actor, new Do(me => me.Ctx.SetReceiveTimeout(null)));
        _world.Advance(s_second * 10);
        timeouts.ShouldBe(1);
    }

    [Fact]
    public void A_timers_message_starts_the_receive_timeout_anew_like_any_other()
    {
        Actor(me =>
        {
            me.OnOther = message => _diary.Add(message.GetType().Name);
            me.Ctx.SetReceiveTimeout(s_second * 2);
            me.Timers.StartPeriodicTimer("key", 1, s_second);
        });
        for (var i = 0; i < 4; i++)
            _world.Advance(s_second);
        _diary.ShouldBe(["Int32", "Int32", "Int32", "Int32"]);
    }

    [Fact]
    public void The_scheduler_tells_in_the_order_of_due_times_and_stops_when_cancelled()
    {
        var probe = _world.Probe();
        var scheduler = _world.System.Scheduler;
        scheduler.ScheduleTellOnce(s_second * 2, probe.Ref, "second", ActorRefs.NoSender);
        scheduler.ScheduleTellOnce(s_second, probe.Ref, "first", ActorRefs.NoSender);
        scheduler.ScheduleTellOnce(s_second, probe.Ref, "first too", ActorRefs.NoSender);
        var repeated = scheduler.ScheduleTellRepeatedlyCancelable(s_second, s_second, probe.Ref, "again", ActorRefs.NoSender);
        _world.Advance(s_second * 3);
        repeated.Cancel();
        _world.Advance(s_second * 3);
        probe.Received.ShouldBe(["first", "first too", "again", "second", "again", "again"]);
    }

    [Fact]
    public void Cancelled_entries_do_not_pile_up()
    {
        var probe = _world.Probe();
        for (var i = 0; i < 100_000; i++)
            _world.System.Clock.Schedule(TimeSpan.FromHours(1), null, probe.Ref, "never", null).Cancel();
        _world.System.Clock.Count.ShouldBeLessThan(1000);
        _world.Advance(TimeSpan.FromHours(2));
        probe.Received.ShouldBeEmpty();
    }

    private IActorRef Actor(Action<ScriptActor> begin)
    {
        var actor = _world.Start(ScriptActor.Props(_diary));
        _world.Tell(actor, new Do(begin));
        _diary.Clear();
        return actor;
    }
}
