using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "log")]
public sealed class LogSpecs() : Spec("akka.loglevel = INFO")
{
    [Fact]
    public void A_filter_finds_what_was_logged_at_its_level_by_text()
    {
        EventFilter.Warning("watch out 7").ExpectOne(() => Sys.Log.Warning("watch out {0}", 7));
        EventFilter.Info(start: "some").ExpectOne(() => Sys.Log.Info("something"));
        EventFilter.Error(contains: "broke").ExpectOne(() => Sys.Log.Error("it broke"));
    }

    [Fact]
    public void A_failing_child_is_logged_with_its_exception()
    {
        var child = StartChild(Start(), "child");
        EventFilter.Exception<Fault>("loud").ExpectOne(() => child.Tell(new Do(static _ => throw new Fault("loud"))));
    }

    [Fact]
    public void Log_events_are_published_on_the_event_stream()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        Logging.GetLogger(Sys, "somebody").Warning("hear");
        var logged = FishForMessage<Warning>(static e => e.Message.ToString() == "hear");
        logged.LogLevel().ShouldBe(LogLevel.WarningLevel);
        logged.LogSource.ShouldStartWith("somebody");
    }

    [Fact]
    public void A_level_that_is_off_is_not_enabled()
    {
        var log = Logging.GetLogger(Sys, "somebody");
        log.IsDebugEnabled.ShouldBeFalse();
        log.IsInfoEnabled.ShouldBeTrue();
        log.IsErrorEnabled.ShouldBeTrue();
    }
}
