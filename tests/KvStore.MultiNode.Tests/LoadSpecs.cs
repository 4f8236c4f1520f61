namespace KvStore.MultiNode.Tests;

public sealed class LoadSpecs
{
    [Fact]
    public async Task A_flood_of_data_does_not_starve_heartbeats()
    {
        await using var cluster = await SpecCluster.StartAsync(2);
        var (from, to) = (cluster.Nodes[0], cluster.Nodes[1]);
        to.System.ActorOf(Props.Create(() => new Sink()), "sink");
        var sink = from.System.ActorSelection(to.Address + "/user/sink");
        var message = new string('x', 1_000);
        // Longer than the failure detector's patience, and in portions that are waited for, so that no buffer decides.
        var end = from.System.Scheduler.Now + TimeSpan.FromSeconds(4);
        while (from.System.Scheduler.Now < end)
        {
            for (var i = 0; i < 2_000; i++)
                sink.Tell(message);
            (await sink.Ask<string>(Sink.Flushed, SpecNode.Patience)).ShouldBe(Sink.Flushed);
            from.UpAndReachable().Count.ShouldBe(2);
            to.UpAndReachable().Count.ShouldBe(2);
        }
    }

    [Fact]
    public async Task A_slow_link_keeps_its_order_and_loses_nothing()
    {
        await using var cluster = await SpecCluster.StartAsync(2);
        var (from, to) = (cluster.Nodes[0], cluster.Nodes[1]);
        to.System.ActorOf(Props.Create(() => new Sink()), "sink");
        var sink = from.System.ActorSelection(to.Address + "/user/sink");
        from.Faults.Throttle(to.Address, bytesPerSecond: 40_000);
        for (var i = 0; i < 40; i++)
            sink.Tell(new string('x', 1_000));
        (await sink.Ask<string>(Sink.Flushed, SpecNode.Patience)).ShouldBe(Sink.Flushed);
        from.Faults.PassThrough(to.Address, FaultDirection.Send);
        (await sink.Ask<int>(Sink.Count, SpecNode.Patience)).ShouldBe(40);
    }

    private sealed class Sink : UntypedActor
    {
        public const string Flushed = "flushed";
        public const string Count = "count";

        private int _count;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Flushed:
                    Sender.Tell(Flushed);
                    break;
                case Count:
                    Sender.Tell(_count);
                    break;
                default:
                    _count++;
                    break;
            }
        }
    }
}
