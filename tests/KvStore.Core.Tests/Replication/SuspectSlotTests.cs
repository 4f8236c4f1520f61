using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Replication;

/// <summary>A bit of a record flips in the memory of a replica: the bytes that were written win everywhere, and no bit that was not.</summary>
public sealed class SuspectSlotTests
{
    private const int Keys = 300;

    [Fact]
    public void Whichever_replica_rots_and_wherever_after_scrub_and_session_all_hold_what_was_written()
    {
        // Of the 32 bytes of a record's head the clock, which says when it was written; then the key, then the value.
        (int From, int To)[] places = [(-24, -16), (0, 6), (6, 26)];
        var random = new Random(5);
        for (var run = 0; run < 60; run++)
        {
            using var cluster = Filled(2 + random.Next(2));
            var written = Contents(cluster.Replicas[0]);
            var rotten = cluster.Replicas[random.Next(cluster.Replicas.Count)];
            var (from, to) = places[run % places.Length];
            Flip(rotten, $"key:{random.Next(10, 100)}", random.Next(from, to), random.Next(8));
            cluster.Run(4_000);
            // What is in doubt because a clock is ahead of what the donor knows is decided when the donor's has moved on.
            cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "later", "1"));
            cluster.Run(15_000);
            rotten.Counters.DigestMismatches.ShouldBeGreaterThan(0, $"run {run}");
            cluster.Turn(cluster.Replicas[0], static r => r.Delete("later"u8));
            cluster.Run(6_000);
            foreach (var replica in cluster.Replicas)
            {
                replica.SuspectSlots.ShouldBeEmpty($"run {run}");
                Contents(replica).ShouldBe(written, $"run {run}");
                replica.Counters.Diverged.ShouldBe(0);
            }
            rotten.Counters.SuspectSlotsRepaired.ShouldBeGreaterThan(0);
            cluster.ShouldBeIdentical();
        }
    }

    [Fact]
    public void The_rotten_bytes_are_given_to_nobody_who_asks_before_they_are_repaired()
    {
        using var cluster = Filled(2);
        var (rotten, sound) = (cluster.Replicas[0], cluster.Replicas[1]);
        // Nothing of the session that would repair it gets through.
        cluster.Loses = (from, _, m) => from == rotten.StartId && m is DigestRequest;
        for (var i = 0; i < 40; i++)
            Flip(rotten, $"key:{i}", 10, i % 8);
        cluster.Run(3_000);
        rotten.SuspectSlots.Count.ShouldBe(40);
        cluster.Turn(sound, static r => r.Repair());
        var before = sound.Vector();
        cluster.Run(3_000);
        sound.Counters.SessionsCompleted.ShouldBeGreaterThan(0);
        sound.Counters.SlotsSkipped.ShouldBe(40);
        (sound.Counters.Diverged, sound.Counters.RepairedEntries).ShouldBe((0, 0));
        sound.Vector().ShouldBe(before, "nothing is claimed");
        for (var i = 0; i < 40; i++)
            TestCluster.Get(sound, $"key:{i}").ShouldBe(Value(i));
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(15_000);
        cluster.ShouldBeIdentical();
        for (var i = 0; i < 40; i++)
            TestCluster.Get(rotten, $"key:{i}").ShouldBe(Value(i));
    }

    [Fact]
    public void What_clients_write_into_a_suspect_slot_stays_and_so_does_what_they_delete()
    {
        using var cluster = Filled(2);
        var (rotten, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Loses = (from, _, m) => from == rotten.StartId && m is DigestRequest;
        Flip(rotten, "key:1", 10, 0);
        Flip(rotten, "key:2", 10, 0);
        Flip(rotten, "key:3", 2, 0);
        cluster.Run(3_000);
        rotten.SuspectSlots.Count.ShouldBeGreaterThanOrEqualTo(3);
        cluster.Turn(rotten, static r => TestCluster.Set(r, "key:1", "new here"));
        cluster.Turn(other, static r => r.Delete("key:2"u8).ShouldBeTrue());
        cluster.Turn(rotten, static r => TestCluster.Set(r, "key:3", "new for a key that was not found"));
        cluster.Turn(rotten, static r => TestCluster.Set(r, "{key:3}", "another key of the slot"));
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(15_000);
        rotten.SuspectSlots.ShouldBeEmpty();
        cluster.ShouldBeIdentical();
        foreach (var replica in cluster.Replicas)
        {
            TestCluster.Get(replica, "key:1").ShouldBe("new here");
            TestCluster.Get(replica, "key:2").ShouldBeNull();
            TestCluster.Get(replica, "key:3").ShouldBe("new for a key that was not found");
            TestCluster.Get(replica, "{key:3}").ShouldBe("another key of the slot");
        }
    }

    [Fact]
    public void A_write_that_the_donor_can_not_know_yet_and_that_came_before_the_suspicion_is_not_dropped()
    {
        using var cluster = Filled(2);
        var (rotten, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Loses = (_, to, m) => to == other.StartId && m is Mutations or RefillRequest;
        cluster.Turn(rotten, static r => TestCluster.Set(r, "{key:1}", "nobody else has it"));
        Flip(rotten, "key:1", 10, 0);
        cluster.Loses = (_, to, m) => (to == other.StartId && m is Mutations) || m is RefillRequest or RepairInvite || (m is DigestRequest r && r.Replica == other.StartId);
        cluster.Run(4_000);
        TestCluster.Get(rotten, "key:1").ShouldBe(Value(1));
        rotten.SuspectSlots.ShouldBe([Slot.Of("key:1"u8)], "what is in doubt might have rotted");
        TestCluster.Get(rotten, "{key:1}").ShouldBe("nobody else has it");
        cluster.Loses = static (_, _, _) => false;
        cluster.Run(30_000);
        rotten.SuspectSlots.ShouldBeEmpty();
        cluster.ShouldBeIdentical();
        TestCluster.Get(other, "{key:1}").ShouldBe("nobody else has it");
    }

    [Fact]
    public void A_key_that_rotted_comes_back_though_its_version_is_older_than_what_was_collected()
    {
        using var cluster = Filled(2);
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "gone", "1"));
        cluster.Run(1_000);
        cluster.Turn(cluster.Replicas[0], static r => r.Delete("gone"u8).ShouldBeTrue());
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.Tombstones == 0 && r.CollectedClock > 0);
        Flip(cluster.Replicas[1], "key:7", 4, 1);
        TestCluster.Get(cluster.Replicas[1], "key:7").ShouldBeNull();
        cluster.Run(15_000);
        TestCluster.Get(cluster.Replicas[1], "key:7").ShouldBe(Value(7));
        TestCluster.Get(cluster.Replicas[1], "gone").ShouldBeNull();
        cluster.ShouldBeIdentical();
        cluster.Replicas.ShouldAllBe(static r => r.SuspectSlots.Count == 0 && r.Count == Keys);
    }

    [Fact]
    public void Where_a_slot_is_suspect_on_both_sides_it_stays_so_and_a_third_replica_repairs_both()
    {
        using var cluster = Filled(2);
        Flip(cluster.Replicas[0], "key:1", 10, 0);
        Flip(cluster.Replicas[1], "key:1", 11, 0);
        cluster.Run(25_000);
        cluster.Replicas.ShouldAllBe(static r => r.SuspectSlots.Count == 1 && r.Counters.SuspectSlotsShared > 0);
        cluster.Turn(cluster.Replicas[0], static r => TestCluster.Set(r, "{key:1}", "writes go on"));
        cluster.Run(1_000);
        TestCluster.Get(cluster.Replicas[1], "{key:1}").ShouldBe("writes go on");

        using var three = Filled(3);
        Flip(three.Replicas[0], "key:1", 10, 0);
        Flip(three.Replicas[1], "key:1", 11, 0);
        three.Run(40_000);
        three.ShouldBeIdentical();
        three.Replicas.ShouldAllBe(static r => r.SuspectSlots.Count == 0 && TestCluster.Get(r, "key:1") == Value(1));
    }

    [Fact]
    public void One_that_joins_takes_the_suspicion_with_the_slot_and_not_what_no_key_leads_to()
    {
        using var cluster = Filled(2);
        var rotten = cluster.Replicas[0];
        cluster.Kill(cluster.Replicas[1]);
        Flip(rotten, "key:1", 10, 0);
        Flip(rotten, "key:2", 4, 1);
        cluster.Run(3_000);
        rotten.SuspectSlots.Count.ShouldBeGreaterThanOrEqualTo(2);
        var joiner = cluster.Start();
        cluster.Run(3_000);
        joiner.Ready.ShouldBeTrue();
        joiner.SuspectSlots.ShouldContain(Slot.Of("key:1"u8));
        joiner.Count.ShouldBe(Keys - 1);
        cluster.Turn(joiner, static r => TestCluster.Set(r, "key:2", "written anew"));
        cluster.Run(3_000);
        TestCluster.Get(rotten, "key:2").ShouldBe("written anew");
    }

    [Fact]
    public void One_that_catches_up_keeps_its_sound_bytes_and_the_rotten_ones_are_repaired_from_it()
    {
        using var cluster = Filled(2, new ReplicaSettings { Durable = true, BacklogBytes = 0 });
        var (rotten, away) = (cluster.Replicas[0], cluster.Replicas[1].StartId);
        cluster.Kill(cluster.Replicas[1]);
        cluster.Turn(rotten, static r => TestCluster.Set(r, "missed", "1"));
        Flip(rotten, "key:1", 10, 0);
        cluster.Run(3_000);
        rotten.SuspectSlots.ShouldBe([Slot.Of("key:1"u8)]);

        var again = cluster.Join(cluster.StartAgain(away));
        cluster.Run(3_000);
        again.Ready.ShouldBeTrue();
        TestCluster.Get(again, "missed").ShouldBe("1");
        TestCluster.Get(again, "key:1").ShouldBe(Value(1));
        cluster.Run(20_000);
        TestCluster.Get(rotten, "key:1").ShouldBe(Value(1));
        cluster.Replicas.ShouldAllBe(static r => r.SuspectSlots.Count == 0);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void Of_two_records_of_a_slot_that_rotted_each_on_one_side_the_sound_ones_stay()
    {
        using var cluster = Filled(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(one, static r => TestCluster.Set(r, "{key:1}", "beside it"));
        cluster.Run(1_000);
        Flip(one, "key:1", 10, 0);
        Flip(other, "{key:1}", 9, 0);
        cluster.Run(25_000);
        TestCluster.Get(one, "{key:1}").ShouldBe("beside it");
        TestCluster.Get(other, "key:1").ShouldBe(Value(1));
    }

    private static string Value(int i) => $"value {i}".PadRight(20, 'v');

    private static TestCluster Filled(int replicas, ReplicaSettings? settings = null)
    {
        var cluster = new TestCluster(replicas, settings);
        cluster.Run(2_000);
        cluster.Turn(cluster.Replicas[0], static r =>
        {
            for (var i = 0; i < Keys; i++)
                TestCluster.Set(r, $"key:{i}", Value(i));
        });
        cluster.Run(2_000);
        cluster.ShouldBeIdentical();
        return cluster;
    }

    /// <summary>Changes a bit of a record.</summary>
    /// <param name="replica">In whose memory.</param>
    /// <param name="key">Of which record.</param>
    /// <param name="offset">Which byte, from the key on, which the value follows; the record's head lies before it.</param>
    /// <param name="bit">Which bit of the byte.</param>
    private static void Flip(Replica replica, string key, int offset, int bit)
    {
        replica.TryGet(Encoding.UTF8.GetBytes(key), out var entry).ShouldBeTrue();
        ref var value = ref Unsafe.AsRef(in MemoryMarshal.GetReference(entry.Value));
        Unsafe.Add(ref value, offset - key.Length) ^= (byte)(1 << bit);
    }

    private static List<string> Contents(Replica replica)
    {
        var pairs = new Pairs();
        replica.Scan(0, 100_000, ref pairs);
        pairs.Found.Sort(StringComparer.Ordinal);
        return pairs.Found;
    }

    private readonly struct Pairs() : IEntryVisitor
    {
        public List<string> Found { get; } = [];

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) =>
            Found.Add($"{Encoding.Latin1.GetString(key)}={Encoding.Latin1.GetString(entry.Value)} {entry.Version} {entry.ExpiresAtMs}");
    }
}
