using System.Diagnostics;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;
using Xunit.Abstractions;

namespace KvStore.Actors.Tests.Membership;

public sealed class MembershipCodecTests(ITestOutputHelper output)
{
    private const int FuzzInputs = 1_000_000;

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        foreach (var message in Samples())
        {
            var bytes = MembershipCodec.Encode(message);
            var again = MembershipCodec.Decode(bytes);
            again.GetType().ShouldBe(message.GetType());
            MembershipCodec.Encode(again).ShouldBe(bytes);
        }
    }

    [Fact]
    public void The_gossip_comes_back_with_all_its_parts()
    {
        var gossip = SampleGossip();
        var again = ((Welcome)MembershipCodec.Decode(MembershipCodec.Encode(new Welcome(Node(1), gossip)))).Gossip;
        again.SameContent(gossip).ShouldBeTrue();
        again.Version.Equals(gossip.Version).ShouldBeTrue();
        again.Seen.ShouldBe(gossip.Seen);
        again.Tombstones.ShouldBe(gossip.Tombstones);
        again.Members.Select(m => m.ToString()).ShouldBe(gossip.Members.Select(m => m.ToString()));
    }

    [Fact]
    public void Every_truncation_is_malformed_and_nothing_else()
    {
        foreach (var message in Samples())
        {
            var bytes = MembershipCodec.Encode(message);
            for (var length = 0; length < bytes.Length; length++)
                Should.Throw<MalformedFrameException>(() => MembershipCodec.Decode(bytes.AsSpan(0, length)));
            Should.Throw<MalformedFrameException>(() => MembershipCodec.Decode([.. bytes, 0])).Message.ShouldContain("follow the end");
        }
    }

    [Fact]
    public void A_message_of_another_version_is_refused_by_name()
    {
        var bytes = MembershipCodec.Encode(new InitJoin(Node(1)));
        bytes[0] = 9;
        Should.Throw<MalformedFrameException>(() => MembershipCodec.Decode(bytes)).Message.ShouldContain("version 9");
    }

    [Fact]
    public void Random_and_mutated_bytes_are_decoded_or_malformed_and_cost_no_more_memory_than_they_have_bytes()
    {
        var random = new Random(20240131);
        var samples = Samples().Select(MembershipCodec.Encode).ToArray();
        var clock = Stopwatch.StartNew();
        var decoded = 0;
        var malformed = 0;
        var largest = 0L;
        for (var i = 0; i < FuzzInputs; i++)
        {
            var input = FuzzInput.Next(random, samples);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                MembershipCodec.Decode(input);
                decoded++;
            }
            catch (MalformedFrameException)
            {
                malformed++;
            }
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        output.WriteLine($"{FuzzInputs} inputs in {clock.ElapsedMilliseconds} ms: {decoded} decoded, {malformed} malformed, at most {largest} bytes allocated for one");
        (decoded + malformed).ShouldBe(FuzzInputs);
        decoded.ShouldBeGreaterThan(0);
        largest.ShouldBeLessThan(256 * 1024);
    }

    [Fact]
    public void A_machine_survives_whatever_decodes()
    {
        var random = new Random(7);
        var samples = Samples().Select(MembershipCodec.Encode).ToArray();
        var cluster = new SimulatedCluster(1);
        cluster.Start(1, 1);
        var fed = 0;
        for (var i = 0; i < 100_000; i++)
        {
            IMembershipMessage message;
            try
            {
                message = MembershipCodec.Decode(FuzzInput.Next(random, samples));
            }
            catch (MalformedFrameException)
            {
                continue;
            }
            fed++;
            if (cluster[1].Machine.HasEnded)
                cluster.Start(1, 1);
            cluster.Do(1, (m, now) => m.OnMessage(message, now));
        }
        output.WriteLine($"{fed} mutated messages fed to a machine");
        fed.ShouldBeGreaterThan(1000);
    }

    internal static IEnumerable<IMembershipMessage> Samples()
    {
        var gossip = SampleGossip();
        yield return new InitJoin(Node(1));
        yield return new InitJoinAck(Node(2).Address);
        yield return new InitJoinNack(Node(3).Address);
        yield return new JoinMessage(Node(4), ["store", "größe"], AppVersion.Create("1.2.3"));
        yield return new Welcome(Node(1), gossip);
        yield return new GossipEnvelope(Node(1), Node(2), gossip);
        yield return new GossipStatus(Node(2), gossip.Version, 0xDEADBEEFUL);
        yield return new Heartbeat(Node(1), 17);
        yield return new HeartbeatResponse(Node(2), long.MaxValue);
        yield return new ExitingConfirmed(Node(3));
        yield return new OutsideWord(Node(1), new byte[] { 1, 2, 3 });
    }

    internal static UniqueAddress Node(int index) => new(SimulatedCluster.AddressOf(index), index * 1001);

    private static Gossip SampleGossip()
    {
        var gossip = Gossip.Empty;
        for (var i = 1; i <= 5; i++)
            gossip = gossip.Put(Member.Create(Node(i), i == 5 ? Member.NotYetUp : i, (MemberStatus)((i * 2) % 5), i % 2 == 0 ? [] : ["store", "web"], AppVersion.Create($"1.{i}")));
        gossip = gossip.WithReachability(gossip.Reachability.Unreachable(Node(1), Node(2)).Terminated(Node(3), Node(2)).Unreachable(Node(3), Node(4)).Reachable(Node(3), Node(4)));
        return gossip.Put(Member.Create(Node(6), ["gone"])).Remove(Node(6), 5000).Authored(Node(1)).Authored(Node(2)).SeenBy(Node(3));
    }
}
