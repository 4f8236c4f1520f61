using System.Collections.Concurrent;

namespace KvStore.Node.Tests.Store;

/// <summary>A registered replica that does not come back: the operator is told what waits for it, and what to do.</summary>
public sealed class AwayReplicaTests
{
    [Fact]
    public async Task A_replica_that_is_away_for_long_while_deletions_wait_is_said_with_the_command_that_ends_it_once_an_hour()
    {
        var clock = new ForwardClock();
        await using var node = await NodeFixture.StartAsync("kv.node.name = here, akka.loglevel = WARNING", time: clock);
        var warnings = new ConcurrentQueue<string>();
        var listener = node.Node.System.ActorOf(Props.Create(() => new Listener(warnings)));
        node.Node.System.EventStream.Subscribe(listener, typeof(Warning));
        await using (await NodeFixture.StartAsync("kv.node.name = gone", join: node))
            await node.UntilAsync(async () => (await node.TalkAsync("KVDATA REPLICAS\n")).Contains("gone", StringComparison.Ordinal));

        await node.TalkAsync("SET k v\nDEL k\n");
        await node.UntilAsync(async () => (await AwaitedAsync(node)).StartsWith("gone=", StringComparison.Ordinal));
        await ForwardAsync(node, clock, minutes: 9, expired: 1);
        (await AwaitedAsync(node)).ShouldStartWith("gone=5");
        Said(warnings).ShouldBeEmpty();

        await ForwardAsync(node, clock, minutes: 2, expired: 2);
        await node.UntilAsync(() => Task.FromResult(Said(warnings).Count == 1));
        Said(warnings)[0].ShouldContain("replica gone (store 4321) has been away for 11 minutes, and ");
        Said(warnings)[0].ShouldContain($" kv forget gone --at {node.Node.Endpoints.Gateway}; that means");

        await ForwardAsync(node, clock, minutes: 58, expired: 3);
        Said(warnings).Count.ShouldBe(1);
        await ForwardAsync(node, clock, minutes: 3, expired: 4);
        await node.UntilAsync(() => Task.FromResult(Said(warnings).Count == 2));

        await node.TalkAsync("KVDATA FORGET gone\n");
        (await AwaitedAsync(node)).ShouldBeEmpty();
        await ForwardAsync(node, clock, minutes: 90, expired: 5);
        Said(warnings).Count.ShouldBe(2);
    }

    private static List<string> Said(IEnumerable<string> warnings) => [.. warnings.Where(static w => w.Contains("kv forget", StringComparison.Ordinal))];

    /// <summary>Lets time pass until a tick has seen it, which finds a key that expires meanwhile.</summary>
    private static async Task ForwardAsync(NodeFixture node, ForwardClock clock, int minutes, int expired)
    {
        await node.TalkAsync("SET expiring v EX 60\n");
        clock.Forward(TimeSpan.FromMinutes(minutes));
        await node.UntilAsync(async () => (await node.TalkAsync("INFO stats\n")).Contains($"\nexpired_keys:{expired}\n", StringComparison.Ordinal));
    }

    private static async Task<string> AwaitedAsync(NodeFixture node)
    {
        const string field = "replicas_awaited_for_collection:";
        return (await node.TalkAsync("INFO replication\n")).Split('\n').Single(static l => l.StartsWith(field, StringComparison.Ordinal))[field.Length..];
    }

    private sealed class Listener(ConcurrentQueue<string> warnings) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Warning warning)
                warnings.Enqueue(warning.Message.ToString() ?? "");
        }
    }

    /// <summary>The system's clocks, set forward by so much.</summary>
    private sealed class ForwardClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Forward(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

        public override long GetTimestamp() => (long)(base.GetTimestamp() * (double)TimeSpan.TicksPerSecond / System.TimestampFrequency) + Interlocked.Read(ref _ticks);
    }
}
