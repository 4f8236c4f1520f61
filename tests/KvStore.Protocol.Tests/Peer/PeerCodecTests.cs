using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Protocol.Peer;

namespace KvStore.Protocol.Tests.Peer;

public sealed class PeerCodecTests
{
    private static readonly OriginVector Vector = new([new(5, new OriginMark(50, 7)), new(3, new OriginMark(long.MaxValue, ulong.MaxValue))]);

    private static readonly WriteLimits Limits = new(12L << 30, EvictionPolicy.AllKeysLru, 1 << 16, 1 << 23);

    private static readonly PeerMessage[] Originals =
    [
        new Mutations(7, 100, 2, Records(2)),
        new Acknowledge(7, 6, 5),
        new ReplicaStatus(7, "akka.tcp://kv@127.0.0.1:4053#-17", "nöde", Ready: true, 12, Vector)
        {
            Complete = true, Store = 9, Synced = Vector, Collected = Vector, CollectedClock = 11, Registry = 13, NowMs = 15, Gateway = "127.0.0.1:6100", StartedMs = 17, Open = [19, 21],
            Limits = Limits,
        },
        new ReplicaStatus(7, "", "", Ready: false, 0, OriginVector.Empty),
        new RefillRequest(1, 2, 3),
        new RefillEnd(1, 2, 3, 4, 5),
        new DigestRequest(1, 2, DigestRequest.Root),
        new DigestRequest(1, 2, 63),
        new DigestReply(1, 2, 5, new VersionStamp(6, 7), Vector, Digests(256)) { Collected = Vector, CollectedClock = 9, Suspects = [0, 1280, 16383] },
        new DigestReply(1, 2, DigestRequest.Root, default, OriginVector.Empty, Digests(64)),
        new TransferRequest(1, 2, ulong.MaxValue, 63, Slots(3, 200)),
        new TransferRequest(1, 2, 3, 4, Slots(3)) { Step = TransferStep.News, Held = Vector },
        new TransferRequest(1, 2, 3, 4, Slots(3)) { Step = TransferStep.List, Seed = 5 },
        new TransferRequest(1, 2, 3, 4, Slots(3)) { Step = TransferStep.Wanted, Seed = 5, Until = 6, Wanted = [7, ulong.MaxValue] },
        new DigestRequest(1, 2, 63) { Slots = Slots(0, 255) },
        new DigestReply(1, 2, 5, default, OriginVector.Empty, Digests(2)) { Slots = Slots(0, 255) },
        new TransferChunk(1, 2, 3, 8, 4, More: false, 5, default, Vector, 2, new byte[2 * ListedEntry.SizeBytes]) { Step = TransferStep.List },
        new RepairInvite(3),
        new TransferChunk(1, 2, 3, 8, 4, More: true, 5, new VersionStamp(6, 7), Vector, 3, Records(3)) { Collected = Vector, CollectedClock = 9, Registry = 77, Suspects = [5] },
        new TransferRefused(1, 2),
        new RegistryUpdate(1, ReplicaRegistry.Begin(5).With(new(9, "nöde", 8, 7, Donor: 3, Durable: true, Complete: true, Forgotten: false)).With(new(3, "", 2, 1, Donor: 0, Durable: false, Complete: false, Forgotten: true))),
    ];

    public static TheoryData<PeerMessage> Messages() => new(Originals);

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_reads_back_as_it_was_written_and_is_refused_when_cut_or_extended(PeerMessage message)
    {
        var bytes = PeerCodec.Encode(message);
        var manifest = PeerCodec.Manifest(message);
        PeerCodec.Encode(PeerCodec.Decode(bytes, manifest)).ShouldBe(bytes);
        PeerCodec.Decode(bytes, manifest).GetType().ShouldBe(message.GetType());
        for (var cut = 0; cut < bytes.Length; cut++)
            Should.Throw<FormatException>(() => PeerCodec.Decode(bytes[..cut], manifest));
        Should.Throw<FormatException>(() => PeerCodec.Decode([.. bytes, 0], manifest));
        Should.Throw<FormatException>(() => PeerCodec.Decode(bytes, "?"));
        bytes[0]++;
        Should.Throw<FormatException>(() => PeerCodec.Decode(bytes, manifest)).Message.ShouldContain($"version {PeerCodec.Version + 1}");
    }

    [Fact]
    public void A_status_carries_the_limits_of_its_sender_and_no_policy_that_there_is_not()
    {
        var bytes = PeerCodec.Encode(new ReplicaStatus(7, "", "", Ready: true, 0, OriginVector.Empty) { Limits = Limits });
        PeerCodec.Decode(bytes, "S").ShouldBeOfType<ReplicaStatus>().Limits.ShouldBe(Limits);
        bytes[^(2 * sizeof(int) + 1)] = 2;
        Should.Throw<FormatException>(() => PeerCodec.Decode(bytes, "S")).Message.ShouldContain("eviction");
    }

    [Fact]
    public void Any_bytes_are_a_message_or_one_kind_of_error()
    {
        var random = new Random(11);
        var survived = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var message = Originals[random.Next(Originals.Length)];
            var bytes = PeerCodec.Encode(message);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            try
            {
                PeerCodec.Decode(bytes, PeerCodec.Manifest(message));
                survived++;
            }
            catch (FormatException)
            {
            }
        }
        survived.ShouldBeGreaterThan(1_000);
    }

    private static UInt128[] Digests(int count) => [.. Enumerable.Range(0, count).Select(static i => UInt128.MaxValue / (uint)(i + 1))];

    private static SlotSet Slots(params int[] slots)
    {
        var set = new SlotSet();
        foreach (var slot in slots)
            set.Add(slot);
        return set;
    }

    private static byte[] Records(int count)
    {
        var bytes = new byte[1_000];
        var at = 0;
        for (var i = 0; i < count; i++)
            at += new EntryRecord(RecordKind.Value, new VersionStamp(9, 8), default, i, "key"u8, "value"u8).Write(bytes.AsSpan(at), 7);
        return bytes[..at];
    }
}
