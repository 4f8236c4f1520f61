using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Replication;

public sealed class ScrubbingReplicaTests
{
    [Fact]
    public void A_replica_finds_within_its_ticks_that_memory_has_changed_by_itself()
    {
        using var cluster = new TestCluster(2);
        cluster.Run(2_000);
        cluster.Turn(cluster.Replicas[0], static r => r.Set("k"u8, "value"u8));
        cluster.Run(2_000);
        var replica = cluster.Replicas[1];
        var sound = replica.SlotDigest(Slot.Of("k"u8));
        sound.ShouldBe(cluster.Replicas[0].SlotDigest(Slot.Of("k"u8)));
        replica.TryGet("k"u8, out var entry).ShouldBeTrue();
        Unsafe.AsRef(in MemoryMarshal.GetReference(entry.Value)) ^= 1;
        // The session that would repair it.
        cluster.Loses = static (_, _, m) => m is DigestRequest;
        cluster.Run(2_000);
        replica.Counters.DigestMismatches.ShouldBe(1);
        replica.LastMismatchedSlot.ShouldBe(Slot.Of("k"u8));
        replica.SlotDigest(Slot.Of("k"u8)).ShouldNotBe(sound);
        replica.PartitionDigest(Slot.Of("k"u8) >> 8).ShouldNotBe(cluster.Replicas[0].PartitionDigest(Slot.Of("k"u8) >> 8));
        cluster.Replicas[0].Counters.DigestMismatches.ShouldBe(0);
    }
}
