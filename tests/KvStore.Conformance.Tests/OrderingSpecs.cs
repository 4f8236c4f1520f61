using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "ordering")]
public sealed class OrderingSpecs : Spec
{
    [Fact]
    public void Messages_of_one_sender_arrive_in_their_order()
    {
        const int count = 5000;
        var receiver = Start();
        for (var i = 0; i < count; i++)
            receiver.Tell(i);
        for (var i = 0; i < count; i++)
            ExpectMsg(i);
    }

    [Fact]
    public void Messages_of_several_senders_each_keep_their_order()
    {
        const int senders = 4;
        const int count = 1000;
        var receiver = Start();
        Parallel.For(0, senders, sender =>
        {
            for (var i = 0; i < count; i++)
                receiver.Tell((sender, i), ActorRefs.NoSender);
        });
        var next = new int[senders];
        for (var i = 0; i < senders * count; i++)
        {
            var (sender, number) = ExpectMsg<(int, int)>();
            number.ShouldBe(next[sender]++);
        }
    }

    [Fact]
    public void An_actor_handles_one_message_at_a_time()
    {
        const int senders = 8;
        const int count = 2000;
        var actor = Start();
        var inside = 0;
        var overlaps = 0;
        Have(actor, self => self.OnOther = _ =>
        {
            if (Interlocked.Exchange(ref inside, 1) != 0)
                Interlocked.Increment(ref overlaps);
            self.Count++;
            if (self.Count == senders * count)
                self.Diary.Tell(self.Count);
            Volatile.Write(ref inside, 0);
        });
        Parallel.For(0, senders, _ =>
        {
            for (var i = 0; i < count; i++)
                actor.Tell("count", ActorRefs.NoSender);
        });
        ExpectMsg(senders * count);
        overlaps.ShouldBe(0);
    }

    [Fact]
    public void What_an_actor_tells_itself_comes_behind_what_already_waits()
    {
        var actor = Start();
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(self =>
        {
            gate.Wait();
            self.Me.Tell("own");
        }));
        actor.Tell("waiting");
        gate.Set();
        ExpectInOrder("waiting", "own");
    }

    [Fact]
    public void A_test_is_the_sender_of_what_it_tells()
    {
        Sys.ActorOf<Echo>().Tell("hello");
        ExpectMsg("hello");
    }

    [Fact]
    public async Task A_test_is_the_sender_of_what_it_tells_after_it_has_waited_too()
    {
        var echo = Sys.ActorOf<Echo>("echo");
        (await echo.Ask<string>("first", Long)).ShouldBe("first");
        echo.Tell("second");
        await ExpectMsgAsync("second");
        LastSender.ShouldBe(echo);
    }

    [Fact]
    public void Forward_keeps_the_sender()
    {
        var probe = CreateTestProbe();
        var forwarder = Start();
        Have(forwarder, self => self.OnOther = message => self.Diary.Forward(message));
        probe.Send(forwarder, "letter");
        ExpectMsg("letter");
        LastSender.ShouldBe(probe.Ref);
    }

    [Fact]
    public void A_poison_pill_comes_behind_what_was_told_before_it()
    {
        var actor = Start();
        Watch(actor);
        actor.Tell("first");
        actor.Tell("second");
        actor.Tell(PoisonPill.Instance);
        ExpectInOrder("first", "second");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_stop_comes_ahead_of_what_waits()
    {
        var actor = Start();
        Watch(actor);
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(_ => gate.Wait()));
        actor.Tell("never handled");
        Sys.Stop(actor);
        gate.Set();
        ExpectTerminated(actor);
    }
}
