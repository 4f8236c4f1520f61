using KvStore.Actors.Event;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Event;

public sealed class EventTests
{
    [Fact]
    public void A_line_has_time_level_source_and_text()
    {
        using var world = new World();
        Logging.GetLogger(world.System, "gateway").Info("{0} of {1}", 1, 2);
        world.Log.Events.Single().ToString().ShouldBe("2026-01-01 12:00:00.000Z INFO  [gateway] 1 of 2");
    }

    [Fact]
    public void Levels_below_the_threshold_are_neither_written_nor_published()
    {
        using var world = new World("akka.loglevel = WARNING, akka.stdout-loglevel = ERROR");
        var probe = world.Probe();
        world.System.EventStream.Subscribe<LogEvent>(probe.Ref);
        var log = Logging.GetLogger(world.System, this);
        log.IsInfoEnabled.ShouldBeFalse();
        log.Info("no");
        log.Warning("published");
        log.Error(new InvalidOperationException("why"), "written {0}", "too");
        world.Run();
        probe.Received.Cast<LogEvent>().Select(each => each.Message).ShouldBe(["published", "written too"]);
        world.Log.Events.Single().Cause!.Message.ShouldBe("why");
    }

    [Fact]
    public void A_sink_that_throws_and_a_broken_format_stop_nothing()
    {
        using var system = ActorSystem.Create("log", ActorSystemSetup.Empty.And(EngineSetup.Create().WithLogSink(new BrokenSink())));
        system.Log.Error("into the void");
        using var world = new World();
        world.System.Log.Info("{0} {1}", "only one");
        world.Log.Events.Single().Message.ToString().ShouldNotBeNull().ShouldStartWith("{0} {1}");
    }

    [Fact]
    public void An_actor_logs_under_its_path()
    {
        using var world = new World();
        var actor = world.Start(ScriptActor.Props([]), "writer");
        world.Tell(actor, new Do(me => me.Ctx.GetLogger().Warning("careful {braces}")));
        var written = world.Log.Events.Single();
        written.LogSource.ShouldBe("akka://world/user/writer");
        written.Message.ShouldBe("careful {braces}");
    }

    [Fact]
    public void Subscribers_get_derived_events_once_and_are_forgotten_when_they_stop()
    {
        using var world = new World();
        var probe = world.Probe();
        var stream = world.System.EventStream;
        stream.Subscribe(probe.Ref, typeof(KeyNotFoundException)).ShouldBeTrue();
        stream.Subscribe(probe.Ref, typeof(Exception)).ShouldBeTrue();
        stream.Subscribe(probe.Ref, typeof(Exception)).ShouldBeFalse();
        stream.Publish(new KeyNotFoundException());
        stream.Publish("not an exception");
        world.Run();
        probe.Received.Count.ShouldBe(1);
        world.Tell(probe.Ref, PoisonPill.Instance);
        stream.Unsubscribe(probe.Ref).ShouldBeFalse();
    }

    [Fact]
    public void An_extension_is_created_once()
    {
        using var world = new World();
        world.System.HasExtension<Counter>().ShouldBeFalse();
        var first = world.System.WithExtension<Counter, CounterProvider>();
        world.System.WithExtension<Counter, CounterProvider>().ShouldBeSameAs(first);
        world.System.GetExtension<Counter>().ShouldBeSameAs(first);
    }

    private sealed class Counter : IExtension;

    private sealed class CounterProvider : ExtensionIdProvider<Counter>
    {
        public override Counter CreateExtension(ExtendedActorSystem system) => new();
    }

    private sealed class BrokenSink : LogSink
    {
        public override void Write(LogEvent logEvent) => throw new InvalidOperationException("disk full");
    }
}
