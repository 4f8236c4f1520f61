using System.Buffers.Binary;
using System.Diagnostics;

namespace KvStore.Actors.Bench;

/// <summary>Between two and between three processes.</summary>
internal static class RemoteWork
{
    private const long Messages = 2_000_000;
    private const long Publishes = 500_000;
    private const int MutationBytes = 88;
    private const int Batch = 64;
    private const int Peers = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    internal static async Task OneWay(Report report)
    {
        var system = Nodes.Create("remote");
        await using (var child = await Child.Start("child", nameof(Sink)))
        {
            var sink = Nodes.SinkAt(system, child.Address);
            var flow = new Flow(receivers: 1);
            var inbox = system.ActorOf(Props.Create(() => new FlowInbox(flow)));
            var progress = new Progress();
            foreach (var (work, batch, count, low, high) in new[]
            {
                ("remote one-way, 88 bytes, two processes", 1, Messages, 580e3, 580e3),
                ("remote one-way, 64 mutations a message", Batch, 4 * Messages, 3.1e6, 6.3e6),
            })
            {
                await report.Measure(work, count, low, high, async mutations =>
                {
                    var clock = Stopwatch.StartNew();
                    var lost = await OnOwnThread(() => Send(sink, inbox, flow, batch, progress, mutations));
                    return (clock.Elapsed, lost);
                });
            }
        }
        await system.Terminate();
    }

    internal static async Task Publish(Report report)
    {
        var system = Nodes.Create("cluster");
        var self = Nodes.AddressOf(system);
        Nodes.Join(system, self);
        system.ActorOf(Props.Create<SubscribingSink>(), Nodes.SinkName);
        await using (var first = await Child.Start("child", nameof(SubscribingSink), self.ToString()))
        await using (var second = await Child.Start("child", nameof(SubscribingSink), self.ToString()))
        {
            var mediator = DistributedPubSub.Get(system).Mediator;
            var flow = new Flow(Peers + 1);
            var inbox = system.ActorOf(Props.Create(() => new FlowInbox(flow)));
            await Known(mediator, system, [first.Address, second.Address]);
            var progress = new Progress();
            await report.Measure("publish, three processes with a subscriber each", Publishes, 210e3, 210e3, async count =>
            {
                var clock = Stopwatch.StartNew();
                var lost = await OnOwnThread(() => PublishAll(mediator, inbox, flow, progress, count));
                return (clock.Elapsed, lost);
            });
        }
        await system.Terminate();
    }

    private static long Send(IActorRef sink, IActorRef inbox, Flow flow, int batch, Progress progress, long mutations)
    {
        for (var left = mutations; left > 0; left -= batch)
        {
            var message = Encode((int)Math.Min(left, batch));
            progress.Sent += Math.Min(left, batch);
            sink.Tell(message, inbox);
            if (progress.Sent % Flow.ReportEvery < batch && flow.WaitFor(progress.Sent - Flow.Window) is > 0 and var stuck)
                return stuck;
        }
        return flow.Finish(progress.Sent, () => sink.Tell("end", inbox));
    }

    private static long PublishAll(IActorRef mediator, IActorRef inbox, Flow flow, Progress progress, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            mediator.Tell(new Publish(Flow.Topic, Encode(1)), inbox);
            if (++progress.Sent % Flow.ReportEvery == 0 && flow.WaitFor(progress.Sent - Flow.Window) is > 0 and var stuck)
                return stuck;
        }
        return flow.Finish(progress.Sent, () => mediator.Tell(new Publish(Flow.Topic, "end"), inbox));
    }

    /// <summary>Mutations one behind the other, each with its length: what a store would write into one message.</summary>
    private static byte[] Encode(int mutations)
    {
        var message = new byte[mutations * MutationBytes];
        for (var at = 0; at < message.Length; at += MutationBytes)
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(at), MutationBytes - sizeof(int));
        return message;
    }

    /// <summary>The first publishes after a join reach only who is known by then; the measurement begins when all are.</summary>
    private static async Task Known(IActorRef mediator, ActorSystem system, Address[] peers)
    {
        var heard = new Flow(peers.Length + 1);
        var inbox = system.ActorOf(Props.Create(() => new FlowInbox(heard)));
        var clock = Stopwatch.StartNew();
        while (heard.Reports < peers.Length + 1)
        {
            if (clock.Elapsed > s_patience)
                throw new TimeoutException("Not every node subscribed in time.");
            mediator.Tell(new Publish(Flow.Topic, "who is there"), inbox);
            await Task.Delay(100);
        }
    }

    private static async Task<T> OnOwnThread<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => result.SetResult(work())) { IsBackground = true }.Start();
        return await result.Task;
    }

    /// <summary>How much was sent in all rounds; only the sending thread touches it.</summary>
    private sealed class Progress
    {
        internal long Sent { get; set; }
    }
}
