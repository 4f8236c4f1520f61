using System.Diagnostics;
using KvStore.Actors.Membership;
using KvStore.Actors.PublishSubscribe;
using KvStore.Actors.Remoting;
using Xunit.Abstractions;

namespace KvStore.Actors.Tests.PublishSubscribe;

public sealed class PubSubCodecTests(ITestOutputHelper output)
{
    private const int FuzzInputs = 300_000;

    [Fact]
    public void Messages_come_back_as_they_were()
    {
        foreach (var message in Samples())
        {
            var bytes = PubSubCodec.Encode(message);
            PubSubCodec.Encode(PubSubCodec.Decode(bytes)).ShouldBe(bytes);
            for (var length = 0; length < bytes.Length; length++)
                Should.Throw<MalformedFrameException>(() => PubSubCodec.Decode(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Random_and_mutated_bytes_are_decoded_or_malformed_and_a_registry_survives_what_decodes()
    {
        var random = new Random(31);
        var samples = Samples().Select(PubSubCodec.Encode).ToArray();
        var net = new RegistryNetwork(3, seed: 1);
        var clock = Stopwatch.StartNew();
        var (decoded, malformed) = (0, 0);
        for (var i = 0; i < FuzzInputs; i++)
        {
            var input = FuzzInput.Next(random, samples);
            IPubSubMessage message;
            try
            {
                message = PubSubCodec.Decode(input);
            }
            catch (MalformedFrameException)
            {
                malformed++;
                continue;
            }
            decoded++;
            net[1].OnMessage(message);
            net[1].Outbox.Clear();
        }
        output.WriteLine($"{FuzzInputs} inputs in {clock.ElapsedMilliseconds} ms: {decoded} decoded, {malformed} malformed");
        decoded.ShouldBeGreaterThan(1000);
    }

    private static IEnumerable<IPubSubMessage> Samples()
    {
        var net = new RegistryNetwork(3, seed: 1);
        foreach (var send in net[1].Outbox)
            yield return send.Message;
        net.DeliverAll();
        net[2].Subscribe("größe", "g", "a", 0);
        net[2].Put("/user/a", "a", 0);
        net[2].Unsubscribe("größe", "g", "a", 0);
        foreach (var send in net[2].Outbox)
            yield return send.Message;
        var bucket = new Bucket(new UniqueAddress(new Address("akka.tcp", "kv", "node2", 1), 2));
        for (var i = 0; i < 10; i++)
            bucket.Announce(RegistryKey.Topic($"t{i}"), i % 3 != 0, 0);
        yield return new PubSubDelta(net[2].Self, [bucket.DeltaFor(new BucketDigest(bucket.Owner, 3, 0), 5)!]);
        bucket.Prune(1);
        yield return new PubSubDelta(net[2].Self, [bucket.DeltaFor(new BucketDigest(bucket.Owner, 3, 0), 100)!]);
    }
}
