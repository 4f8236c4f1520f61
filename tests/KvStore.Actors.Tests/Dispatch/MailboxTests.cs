using KvStore.Actors.Configuration;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Dispatch;

public sealed class MailboxTests : IDisposable
{
    private const string Hocon = """
        on-caller { type = CallingThreadDispatcher, throughput = 64 }
        two-a-turn { type = CallingThreadDispatcher, throughput = 2 }
        pooled { type = Dispatcher, throughput = 7 }
        akka.loglevel = OFF
        akka.actor.deployment { "/deployed" { dispatcher = on-caller }, "/parent/child" { dispatcher = on-caller } }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create("mailboxes", ConfigurationFactory.ParseString(Hocon));

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData("pooled")]
    [InlineData("on-caller")]
    [InlineData("two-a-turn")]
    public async Task Eight_producers_keep_their_order_and_the_actor_handles_one_message_at_a_time(string dispatcher)
    {
        const int producers = 8;
        const int perProducer = 20_000;
        var done = NewSource<string>();
        var actor = _system.ActorOf(Props.Create(() => new OrderChecker(producers, perProducer, done)).WithDispatcher(dispatcher));
        using var start = new Barrier(producers);
        var threads = Enumerable.Range(0, producers).Select(producer => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < perProducer; i++)
                actor.Tell(new Numbered(producer, i));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        (await done.Task.WaitAsync(s_patience)).ShouldBe("in order, one at a time");
        threads.ForEach(thread => thread.Join());
    }

    [Theory]
    [InlineData("pooled")]
    [InlineData("on-caller")]
    public void Two_tells_that_meet_at_an_idle_actor_neither_overlap_nor_get_lost(string dispatcher)
    {
        const int rounds = 15_000;
        var overlaps = 0;
        var inside = 0;
        var handled = 0;
        var actor = Warm(dispatcher, (_, _) =>
        {
            if (Interlocked.Increment(ref inside) != 1)
                Interlocked.Increment(ref overlaps);
            Thread.SpinWait(handled % 7 * 5);
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref handled);
        });
        var told = 0;
        var stuck = false;
        var threads = Enumerable.Range(0, 2).Select(producer => new Thread(() =>
        {
            for (var round = 1; round <= rounds && !Volatile.Read(ref stuck); round++)
            {
                // Both leave this line at nearly the same moment, now one ahead, now the other.
                Interlocked.Increment(ref told);
                Spin(() => Volatile.Read(ref told) >= 2 * round);
                Thread.SpinWait(producer * (round % 40));
                actor.Tell(round, ActorRefs.NoSender);
                Spin(() => Volatile.Read(ref handled) >= 2 * round || Volatile.Read(ref overlaps) > 0);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        overlaps.ShouldBe(0);
        handled.ShouldBe(2 * rounds);

        void Spin(Func<bool> condition)
        {
            var spinner = default(SpinWait);
            for (var i = 0; !condition(); i++)
            {
                // About ten seconds of yielding: the message is lost.
                if (i > 20_000_000 || Volatile.Read(ref stuck))
                {
                    Volatile.Write(ref stuck, true);
                    return;
                }
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    [Fact]
    public void A_tell_to_an_idle_actor_runs_on_the_calling_thread_and_is_done_when_it_returns()
    {
        var handledOn = 0;
        var actor = Warm("on-caller", (_, _) => handledOn = Environment.CurrentManagedThreadId);
        actor.Tell("now");
        handledOn.ShouldBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void A_tell_to_an_idle_actor_allocates_nothing()
    {
        var actor = Warm("on-caller", static (_, _) => { });
        const string message = "m";
        for (var i = 0; i < 1000; i++)
            actor.Tell(message, ActorRefs.NoSender);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            actor.Tell(message, ActorRefs.NoSender);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_running_actor_that_tells_itself_something_finishes_its_message_first()
    {
        var order = new List<string>();
        var actor = Warm("on-caller", (context, message) =>
        {
            order.Add($"begin {message}");
            if (message is "a")
                context.Self.Tell("b");
            order.Add($"end {message}");
        });
        actor.Tell("a");
        order.ShouldBe(["begin a", "end a", "begin b", "end b"]);
    }

    [Fact]
    public void An_answer_to_an_actor_further_up_the_stack_waits_until_that_one_is_done()
    {
        var order = new List<string>();
        var selves = new List<IActorRef>();
        var b = Warm("on-caller", (context, message) =>
        {
            order.Add($"b begin {message}");
            context.Sender.Tell("answer");
            order.Add($"b end {message}");
            selves.Add(context.Self);
        });
        var a = Warm("on-caller", (context, message) =>
        {
            order.Add($"a begin {message}");
            if (message is "question")
            {
                b.Tell("question", context.Self);
                ActorCell.Current!.Self.ShouldBe(context.Self);
            }
            order.Add($"a end {message}");
        });
        a.Tell("question");
        order.ShouldBe(["a begin question", "b begin question", "b end question", "a end question", "a begin answer", "a end answer"]);
        selves.ShouldBe([b]);
        ActorCell.Current.ShouldBeNull();
    }

    [Fact]
    public async Task What_exceeds_the_throughput_is_handed_to_the_pool()
    {
        var threads = new List<int>();
        var done = NewSource<bool>();
        var actor = Warm("two-a-turn", (context, message) =>
        {
            if (message is "begin")
            {
                for (var i = 0; i < 5; i++)
                    context.Self.Tell(i);
                return;
            }
            lock (threads)
                threads.Add(Environment.CurrentManagedThreadId);
            if (message is 4)
                done.SetResult(true);
        });
        var caller = 0;
        var teller = new Thread(() =>
        {
            caller = Environment.CurrentManagedThreadId;
            actor.Tell("begin");
        });
        teller.Start();
        teller.Join();
        await done.Task.WaitAsync(s_patience);
        threads[0].ShouldBe(caller);
        threads.Skip(1).ShouldAllBe(thread => thread != caller);
        // The number of a thread that nobody holds any more is given to the next one.
        GC.KeepAlive(teller);
    }

    [Fact]
    public void A_long_chain_of_actors_on_the_caller_does_not_end_the_stack()
    {
        const int length = 20_000;
        using var arrived = new ManualResetEventSlim();
        var next = Warm("on-caller", (_, _) => arrived.Set());
        for (var i = 0; i < length; i++)
        {
            var target = next;
            next = _system.ActorOf(Props.Create(() => new Relay(target)).WithDispatcher("on-caller"));
        }
        next.Tell("go");
        arrived.Wait(s_patience).ShouldBeTrue();
    }

    [Fact]
    public void The_deployment_of_the_configuration_wins_over_props()
    {
        DispatcherOf(_system.ActorOf(ScriptActor.Props([]).WithDispatcher("pooled"), "deployed")).ShouldBe("on-caller");
        DispatcherOf(_system.ActorOf(ScriptActor.Props([]).WithDispatcher("pooled"), "other")).ShouldBe("pooled");
        DispatcherOf(_system.ActorOf(ScriptActor.Props([]), "third")).ShouldBe(Dispatchers.DefaultId);
        var parent = (LocalActorRef)_system.ActorOf(ScriptActor.Props([]), "parent");
        DispatcherOf(parent.Cell.ActorOf(ScriptActor.Props([]), "child")).ShouldBe("on-caller");
        Record.Exception(() => _system.ActorOf(ScriptActor.Props([]).WithDispatcher("none"))).ShouldBeOfType<ConfigurationException>();
    }

    [Fact]
    public void A_failure_on_the_caller_stays_with_the_actor()
    {
        var actor = Warm("on-caller", static (_, message) =>
        {
            if (message is "fail")
                throw new InvalidOperationException("boom");
        });
        actor.Tell("fail");
        ActorCell.Current.ShouldBeNull();
    }

    private static string DispatcherOf(IActorRef actor) => ((LocalActorRef)actor).Cell.Dispatcher.Id;

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An actor that has started and is idle.</summary>
    private IActorRef Warm(string dispatcher, Action<IActorContext, object> handler)
    {
        var actor = _system.ActorOf(Props.Create(() => new Handling(handler)).WithDispatcher(dispatcher));
        ((LocalActorRef)actor).Cell.Mailbox.WaitUntilIdle(actor);
        return actor;
    }

    private sealed record Numbered(int Producer, int Number);

    private sealed class Handling(Action<IActorContext, object> handler) : UntypedActor
    {
        protected override void OnReceive(object message) => handler(Context, message);
    }

    private sealed class Relay(IActorRef next) : UntypedActor
    {
        protected override void OnReceive(object message) => next.Tell(message);
    }

    private sealed class OrderChecker(int producers, int perProducer, TaskCompletionSource<string> done) : UntypedActor
    {
        private readonly int[] _next = new int[producers];
        private int _inside;
        private int _left = producers * perProducer;

        protected override void OnReceive(object message)
        {
            if (Interlocked.Increment(ref _inside) != 1)
                done.TrySetResult("two at a time");
            var numbered = (Numbered)message;
            if (_next[numbered.Producer]++ != numbered.Number)
                done.TrySetResult($"{numbered} came out of order");
            Interlocked.Decrement(ref _inside);
            if (--_left == 0)
                done.TrySetResult("in order, one at a time");
        }
    }
}
