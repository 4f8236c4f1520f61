using KvStore.Actors.Event;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Cells;

public sealed class CellTests : IDisposable
{
    private readonly World _world = new();
    private readonly List<string> _diary = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Stashed_messages_come_back_in_order_and_before_the_mailbox()
    {
        var actor = _world.Start(ScriptActor.Props(_diary));
        actor.Tell(new Do(me => me.OnOther = message =>
        {
            if (message is "open")
            {
                me.OnOther = null;
                me.Stash.UnstashAll();
            }
            else
            {
                me.Stash.Stash();
            }
        }));
        foreach (var message in new[] { "1", "1", "2", "open", "3" })
            actor.Tell(message);
        _world.Run();
        _diary.ShouldBe(["new", "PreStart", "1", "1", "2", "3"]);
    }

    [Fact]
    public void Unstash_brings_back_the_oldest_and_a_message_can_be_stashed_once_a_turn()
    {
        var actor = _world.Start(ScriptActor.Props(_diary));
        _world.Tell(actor, new Do(me => me.OnOther = _ => me.Stash.Stash()));
        _world.Tell(actor, "1");
        _world.Tell(actor, "2");
        _world.Tell(actor, new Do(me =>
        {
            me.OnOther = null;
            me.Stash.Count.ShouldBe(2);
            me.Stash.Unstash();
        }));
        _diary[^1].ShouldBe("1");
        Exception? second = null;
        _world.Tell(actor, new Do(me =>
        {
            me.Stash.Stash();
            second = Record.Exception(me.Stash.Stash);
            me.Stash.ClearStash();
        }));
        second.ShouldBeOfType<IllegalActorStateException>();
    }

    [Fact]
    public void A_restart_brings_the_stash_back()
    {
        var actor = _world.Start(ScriptActor.Props(_diary));
        _world.Tell(actor, new Do(me => me.OnOther = _ => me.Stash.Stash()));
        _world.Tell(actor, "kept");
        _world.Tell(actor, new Do(_ => throw new InvalidOperationException("boom")));
        _diary[^1].ShouldBe("kept");
    }

    [Fact]
    public void Become_replaces_stacks_and_unstacks()
    {
        var probe = new List<string>();
        var actor = _world.Start(Props.Create(() => new Traffic(probe)));
        foreach (var message in new object[] { "a", "stack", "b", "pop", "c", "replace", "d", 7 })
            _world.Tell(actor, message);
        probe.ShouldBe(["first a", "stacked b", "first c", "replaced d", "replaced 7"]);
    }

    [Fact]
    public void A_handler_that_answers_false_passes_the_message_on_and_at_last_it_is_unhandled()
    {
        var probe = _world.Probe();
        _world.System.EventStream.Subscribe<UnhandledMessage>(probe.Ref);
        var seen = new List<string>();
        var actor = _world.Start(Props.Create(() => new Chooser(seen)));
        foreach (var message in new object[] { 1, 2, 30, "x", 4.5 })
            _world.Tell(actor, message);
        seen.ShouldBe(["odd 1", "int 2", "large 30", "text x"]);
        probe.Single<UnhandledMessage>().Message.ShouldBe(4.5);
    }

    [Fact]
    public void An_actor_made_with_new_is_refused() =>
        Record.Exception(() => new ScriptActor([], null)).ShouldBeOfType<ActorInitializationException>();

    [Fact]
    public void Names_are_unique_and_checked_and_made_up_where_there_is_none()
    {
        _world.Start(ScriptActor.Props(_diary), "taken");
        Record.Exception(() => _world.System.ActorOf(ScriptActor.Props(_diary), "taken")).ShouldBeOfType<InvalidActorNameException>();
        Record.Exception(() => _world.System.ActorOf(ScriptActor.Props(_diary), "a/b")).ShouldBeOfType<InvalidActorNameException>();
        Record.Exception(() => _world.System.ActorOf(ScriptActor.Props(_diary), "$x")).ShouldBeOfType<InvalidActorNameException>();
        _world.Start(ScriptActor.Props(_diary)).Path.Name.ShouldBe("$a");
        _world.Start(ScriptActor.Props(_diary)).Path.Name.ShouldBe("$b");
    }

    [Fact]
    public void Messages_to_a_stopped_actor_are_dead_letters_and_the_first_ones_are_logged()
    {
        var probe = _world.Probe();
        _world.System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var actor = _world.Start(ScriptActor.Props(_diary));
        actor.Tell(PoisonPill.Instance);
        for (var i = 0; i < 12; i++)
            actor.Tell($"late {i}");
        _world.Run();
        probe.Received.Cast<DeadLetter>().Select(letter => letter.Message).ShouldBe(Enumerable.Range(0, 12).Select(i => $"late {i}"));
        _world.Log.Events.Count(each => each.ToString().Contains("was not delivered", StringComparison.Ordinal)).ShouldBe(10);
    }

    [Fact]
    public void A_stopped_subscriber_of_dead_letters_does_not_feed_on_itself()
    {
        var stopped = _world.Probe();
        _world.Tell(stopped.Ref, PoisonPill.Instance);
        _world.System.EventStream.Subscribe<AllDeadLetters>(stopped.Ref);
        _world.System.EventStream.Subscribe<LogEvent>(stopped.Ref);
        _world.Tell(stopped.Ref, "lost");
        _world.Log.Events.Count.ShouldBe(1);
    }

    [Fact]
    public void The_sender_is_dead_letters_where_there_is_none_and_forward_keeps_it()
    {
        IActorRef? sender = null;
        var actor = _world.Start(ScriptActor.Props(_diary));
        _world.Tell(actor, new Do(me => sender = me.From));
        sender.ShouldBe(_world.System.DeadLetters);
        var origin = _world.Probe("origin");
        var last = _world.Probe("last");
        _world.Tell(actor, new Do(me => last.Ref.Forward("on")), origin.Ref);
        last.LastSender.ShouldBe(origin.Ref);
        _world.Tell(actor, new Do(me => last.Ref.Tell("mine")));
        last.LastSender.ShouldBe(actor);
    }

    [Fact]
    public void Arguments_of_props_are_evaluated_once()
    {
        var evaluations = 0;
        Func<int> next = () => ++evaluations;
        var diary = _diary;
        var props = Props.Create(() => new Counted(Add(diary, next())));
        var actor = _world.Start(props);
        _world.Tell(actor, "fail");
        evaluations.ShouldBe(1);
        Record.Exception(() => Props.Create(() => MakeCounted())).ShouldBeOfType<ArgumentException>();
    }

    private static Counted MakeCounted() => new([]);

    private static List<string> Add(List<string> diary, int number)
    {
        diary.Add($"{number}");
        return diary;
    }

    private sealed class Counted(List<string> diary) : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException(diary.Count.ToString());
    }

    private sealed class Traffic : ReceiveActor
    {
        private readonly List<string> _seen;

        public Traffic(List<string> seen)
        {
            _seen = seen;
            Become(First);
        }

        private void First()
        {
            Receive<string>(_ => BecomeStacked(Stacked), message => message == "stack");
            Receive<string>(message => message == "replace", _ => Become(message => _seen.Add($"replaced {message}")));
            Receive<string>(message => _seen.Add($"first {message}"));
        }

        private void Stacked()
        {
            Receive<string>(message => message == "pop", _ => UnbecomeStacked());
            ReceiveAny(message => _seen.Add($"stacked {message}"));
        }
    }

    private sealed class Chooser : ReceiveActor
    {
        public Chooser(List<string> seen)
        {
            Receive<int>(message => message > 20, message => seen.Add($"large {message}"));
            Receive<int>(message =>
            {
                if (message % 2 == 1)
                    seen.Add($"odd {message}");
                return message % 2 == 1;
            });
            Receive<int>(message => seen.Add($"int {message}"));
            Receive(typeof(string), message => seen.Add($"text {message}"));
        }
    }
}
