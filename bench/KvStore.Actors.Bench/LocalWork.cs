using System.Diagnostics;

namespace KvStore.Actors.Bench;

/// <summary>Within one process: tells and asks.</summary>
internal static class LocalWork
{
    private const long Tells = 5_000_000;
    private const long Asks = 500_000;
    private const int Producers = 8;
    private const int InFlight = 64;

    private static readonly object s_message = new();
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    internal static async Task Run(Report report)
    {
        var system = ActorSystem.Create("bench", "akka.loglevel = WARNING");
        var counter = system.ActorOf(Props.Create<Counter>());
        var echo = system.ActorOf(Props.Create<Echo>());
        await report.Measure("local tell, 1 producer", Tells, 21.8e6, 21.8e6, count => Tell(counter, 1, count));
        await report.Measure("local tell, 8 producers into one mailbox", Tells, 0, 0, count => Tell(counter, Producers, count));
        await report.Measure("ask, one after the other", Asks, 0.6e6, 1.75e6, count => Ask(echo, 1, count));
        await report.Measure("ask, 64 in flight", Asks, 0.9e6, 2.5e6, count => Ask(echo, InFlight, count));
        await system.Terminate();
    }

    private static async Task<(TimeSpan Time, long Lost)> Tell(IActorRef counter, int producers, long count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var each = count / producers;
        counter.Tell(new Expect(each * producers, done));
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, producers).Select(_ => new Thread(() =>
        {
            for (var i = 0L; i < each; i++)
                counter.Tell(s_message, ActorRefs.NoSender);
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        var arrived = await Task.WhenAny(done.Task, Task.Delay(s_patience)) == done.Task;
        return (clock.Elapsed, arrived ? 0 : 1);
    }

    private static async Task<(TimeSpan Time, long Lost)> Ask(IActorRef echo, int inFlight, long count)
    {
        var clock = Stopwatch.StartNew();
        var lost = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            var lost = 0L;
            for (var i = 0L; i < count / inFlight; i++)
            {
                if (!ReferenceEquals(await echo.Ask<object>(s_message), s_message))
                    lost++;
            }
            return lost;
        })));
        return (clock.Elapsed, lost.Sum());
    }
}
