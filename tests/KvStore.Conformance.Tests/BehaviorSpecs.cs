using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "behavior")]
public sealed class BehaviorSpecs : Spec
{
    [Fact]
    public void Become_replaces_the_behavior()
    {
        var actor = Start();
        Have(actor, static self => self.Turn(message => self.Diary.Tell($"second {message}")));
        actor.Tell("x");
        ExpectMsg("second x");
    }

    [Fact]
    public void A_stacked_behavior_comes_off_again()
    {
        var actor = Start();
        Have(actor, static self => self.TurnStacked(message =>
        {
            self.Diary.Tell($"stacked {message}");
            if (message is "back")
                self.TurnBack();
        }));
        actor.Tell("x");
        actor.Tell("back");
        actor.Tell("y");
        ExpectInOrder("stacked x", "stacked back", "y");
    }

    [Fact]
    public void A_restart_goes_back_to_the_first_behavior()
    {
        var child = StartChild(Start(), "child");
        Have(child, static self => self.Turn(static _ => throw new Fault("fault")));
        child.Tell("fails");
        child.Tell("handled");
        ExpectMsg("handled");
    }

    [Fact]
    public void Handlers_are_tried_in_their_order_and_a_filter_comes_before_its_handler()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Handlers(TestActor)));
        actor.Tell(5);
        actor.Tell(50);
        actor.Tell("text");
        actor.Tell(1.5);
        ExpectInOrder("small 5", "number 50", "text text", "other 1.5");
    }

    [Fact]
    public void A_handler_that_says_false_leaves_the_message_to_the_next()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Handlers(TestActor)));
        actor.Tell("skip");
        ExpectMsg("other skip");
    }

    [Fact]
    public void A_receive_actor_turns_into_another_and_back()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Handlers(TestActor)));
        actor.Tell('t');
        actor.Tell("x");
        actor.Tell('b');
        actor.Tell("x");
        ExpectInOrder("turned x", "text x");
    }

    [Fact]
    public void A_message_that_nobody_handles_is_published()
    {
        var actor = Start();
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        actor.Tell(new Do(static self => self.Refuse("strange")));
        var unhandled = ExpectMsg<UnhandledMessage>();
        unhandled.Message.ShouldBe("strange");
        unhandled.Recipient.ShouldBe(actor);
        unhandled.Sender.ShouldBe(TestActor);
    }

    private sealed class Handlers : ReceiveActor
    {
        private readonly IActorRef _diary;

        public Handlers(IActorRef diary)
        {
            _diary = diary;
            Receive<int>(n => diary.Tell($"small {n}"), static n => n < 10);
            Receive<int>(n => diary.Tell($"number {n}"));
            Receive<string>(text =>
            {
                if (text == "skip")
                    return false;
                diary.Tell($"text {text}");
                return true;
            });
            Receive<char>(_ => BecomeStacked(Turned));
            ReceiveAny(message => diary.Tell(FormattableString.Invariant($"other {message}")));
        }

        private void Turned()
        {
            Receive<string>(text => _diary.Tell($"turned {text}"));
            Receive<char>(_ => UnbecomeStacked());
        }
    }
}
