namespace KvStore.TestKitTests;

public sealed class VirtualTimeTests() : TestKit("akka.scheduler.implementation = \"KvStore.Actors.TestKit.TestScheduler, KvStore.Actors.TestKit\"")
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_day_passes_at_once()
    {
        var before = Time.Now;
        Sys.Scheduler.ScheduleTellOnce(s_day, TestActor, "a day later", TestActor);
        Time.Advance(s_day - TimeSpan.FromMilliseconds(1));
        TestActor.Tell("not yet");
        ExpectMsg("not yet");
        Time.AdvanceTo(before + s_day);
        ExpectMsg("a day later");
        Time.Now.ShouldBe(before + s_day);
    }

    [Fact]
    public void What_is_due_at_different_times_comes_in_the_order_of_the_times()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(3), TestActor, 3, TestActor);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TestActor, "tick", TestActor);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1.5), TestActor, 1.5, TestActor);
        Time.Advance(TimeSpan.FromSeconds(3));
        ReceiveN(5).ShouldBe(["tick", 1.5, "tick", 3, "tick"]);
    }

    [Fact]
    public async Task An_ask_times_out_when_the_time_has_come()
    {
        var asked = TestActor.Ask<string>("question", s_day);
        await ExpectMsgAsync("question");
        asked.IsCompleted.ShouldBeFalse();
        Time.Advance(s_day);
        await Should.ThrowAsync<AskTimeoutException>(async () => await asked);
    }

    [Fact]
    public void Time_does_not_go_back() =>
        Should.Throw<InvalidOperationException>(() => Time.AdvanceTo(Time.Now - s_day));

    [Fact]
    public void A_periodic_timer_of_the_clock_itself_fires_at_its_own_times()
    {
        var time = new VirtualTime();
        var fired = new List<DateTimeOffset>();
        var start = time.GetUtcNow();
        using (time.CreateTimer(_ => fired.Add(time.GetUtcNow()), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)))
            time.Advance(TimeSpan.FromSeconds(9));
        time.Advance(TimeSpan.FromSeconds(9));
        fired.ShouldBe([start.AddSeconds(2), start.AddSeconds(5), start.AddSeconds(8)]);
    }
}
