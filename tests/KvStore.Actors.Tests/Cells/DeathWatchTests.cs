using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Cells;

public sealed class DeathWatchTests : IDisposable
{
    private readonly World _world = new();
    private readonly List<string> _diary = [];
    private readonly List<object> _seen = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_watcher_hears_of_the_end_once()
    {
        var watched = _world.Start(ScriptActor.Props(_diary));
        var watcher = Watcher(me => me.Ctx.Watch(me.Ctx.Watch(watched)));
        _world.Tell(watched, PoisonPill.Instance);
        _world.Tell(watcher, "after");
        _seen.Count.ShouldBe(2);
        _seen[0].ShouldBeOfType<Terminated>().ActorRef.ShouldBe(watched);
        ((Terminated)_seen[0]).ExistenceConfirmed.ShouldBeTrue();
    }

    [Fact]
    public void Watching_an_actor_that_is_dead_already_is_answered()
    {
        var watched = _world.Start(ScriptActor.Props(_diary));
        _world.Tell(watched, PoisonPill.Instance);
        Watcher(me => me.Ctx.Watch(watched));
        _seen.OfType<Terminated>().Single().ActorRef.ShouldBe(watched);
    }

    [Fact]
    public void Watching_a_path_where_nobody_ever_was_is_answered_without_confirmation()
    {
        Watcher(me => me.Ctx.Watch(_world.System.Provider.ResolveActorRef("akka://world/user/nobody-here")));
        _seen.OfType<Terminated>().Single().ExistenceConfirmed.ShouldBeFalse();
    }

    [Fact]
    public void An_unwatch_drops_a_terminated_that_waits_in_the_mailbox()
    {
        var watched = _world.Start(ScriptActor.Props(_diary));
        var watcher = Watcher(me => me.Ctx.Watch(watched));
        watched.Tell(PoisonPill.Instance);
        while (_diary[^1] != "PostStop")
            _world.Dispatcher.RunOne();
        watcher.Tell(new Do(me => me.Ctx.Unwatch(watched)));
        _world.Run();
        _seen.ShouldBeEmpty();
    }

    [Fact]
    public void WatchWith_delivers_the_message_in_place_of_terminated()
    {
        var watched = _world.Start(ScriptActor.Props(_diary));
        Watcher(me => me.Ctx.WatchWith(watched, "gone"));
        _world.Tell(watched, PoisonPill.Instance);
        _seen.ShouldBe(["gone"]);
    }

    [Fact]
    public void A_terminated_that_is_left_unhandled_stops_the_watcher()
    {
        var watched = _world.Start(ScriptActor.Props([]));
        var watcher = _world.Start(ScriptActor.Props(_diary));
        _world.Tell(watcher, new Do(me =>
        {
            me.OnOther = me.Refuse;
            me.Ctx.Watch(watched);
        }));
        _world.Tell(watched, PoisonPill.Instance);
        _diary[^1].ShouldBe("PostStop");
        _world.Log.Events.ShouldContain(each => each.Cause is DeathPactException);
    }

    [Fact]
    public void When_a_node_is_gone_everybody_watched_there_counts_as_stopped()
    {
        var there = new Address("akka.tcp", "world", "other", 4053);
        var remote = new SilentRef(new RootActorPath(there) / "user" / "far");
        Watcher(me => me.Ctx.Watch(remote));
        remote.SystemMessages.ShouldHaveSingleItem().ShouldBeOfType<Watch>();
        _world.System.AddressTerminations.Publish(there);
        _world.Run();
        var terminated = _seen.OfType<Terminated>().Single();
        terminated.ActorRef.ShouldBe(remote);
        terminated.AddressTerminated.ShouldBeTrue();
    }

    private IActorRef Watcher(Action<ScriptActor> begin)
    {
        var watcher = _world.Start(ScriptActor.Props([]));
        _world.Tell(watcher, new Do(me =>
        {
            me.OnOther = _seen.Add;
            begin(me);
        }));
        return watcher;
    }
}
