using System.Text;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

public sealed class MemoryLimitTests
{
    private const long Limit = 1 << 20;

    private static readonly byte[] Value = new byte[1_000];

    [Fact]
    public void Without_a_limit_there_is_always_room()
    {
        using var cluster = new TestCluster(1);
        var replica = cluster.Replicas[0];
        Write(replica, 0, 5_000);
        replica.MakeRoom().ShouldBeTrue();
        replica.Counters.Evicted.ShouldBe(0);
    }

    [Fact]
    public void Without_eviction_there_is_no_room_until_somebody_deletes()
    {
        using var cluster = Cluster(1, EvictionPolicy.NoEviction);
        var replica = cluster.Replicas[0];
        Write(replica, 0, 2_000).ShouldBeLessThan(1_000);
        replica.MakeRoom().ShouldBeFalse();
        replica.Counters.Evicted.ShouldBe(0);
        replica.MemoryBytes.ShouldBeInRange(Limit, Limit + 2_000);
        replica.Delete("k0"u8);
        replica.Delete("k1"u8);
        replica.MakeRoom().ShouldBeTrue();
    }

    [Fact]
    public void An_eviction_is_a_delete_that_every_replica_gets_and_their_tables_stay_equal()
    {
        using var cluster = Cluster(2, EvictionPolicy.AllKeysLru);
        cluster.Run(2_000);
        var replica = cluster.Replicas[0];
        cluster.Turn(replica, r => Write(r, 0, 3_000).ShouldBe(3_000));
        cluster.Run(2_000);
        replica.Counters.Evicted.ShouldBeInRange(2_200, 2_600);
        replica.Count.ShouldBe(3_000 - replica.Counters.Evicted);
        replica.MemoryBytes.ShouldBeLessThan(Limit + 2_000);
        cluster.Replicas[1].Counters.Evicted.ShouldBe(0);
        cluster.Replicas[1].Count.ShouldBe(replica.Count);
        cluster.Replicas[1].Digest().ShouldBe(replica.Digest());
    }

    [Fact]
    public void What_peers_accepted_is_applied_beyond_the_limit()
    {
        using var cluster = Cluster(2, EvictionPolicy.NoEviction);
        cluster.Run(2_000);
        cluster.Turn(cluster.Replicas[0], static r =>
        {
            for (var i = 0; i < 2_000; i++)
                r.Set(Key(i), Value);
        });
        cluster.Run(2_000);
        cluster.Replicas[1].Count.ShouldBe(2_000);
        cluster.Replicas[1].MakeRoom().ShouldBeFalse();
    }

    [Fact]
    public void A_command_evicts_a_bounded_number_of_keys_and_the_next_one_goes_on()
    {
        using var cluster = Cluster(1, EvictionPolicy.AllKeysLru);
        var replica = cluster.Replicas[0];
        for (var i = 0; i < 15_000; i++)
            replica.Set(Key(i), new byte[100]);
        replica.MakeRoom().ShouldBeFalse();
        replica.Counters.Evicted.ShouldBe(1_000);
        replica.MakeRoom().ShouldBeFalse();
        replica.Counters.Evicted.ShouldBe(2_000);
    }

    [Fact]
    public void A_database_of_small_values_is_not_deleted_for_nothing_while_tombstones_wait_to_be_collected()
    {
        using var cluster = Cluster(1, EvictionPolicy.AllKeysLru);
        var replica = cluster.Replicas[0];
        for (var i = 0; i < 15_000; i++)
            replica.Set(Key(i), "1"u8);
        for (var i = 0; i < 20; i++)
            replica.MakeRoom().ShouldBeFalse();
        // An eighth of the limit in tombstones of 48 bytes, and one more.
        replica.Counters.Evicted.ShouldBe((Limit / 8 / 48) + 1);
    }

    [Fact]
    public void A_key_is_evicted_under_its_name_though_its_record_has_gone_back_to_the_system()
    {
        using var cluster = Cluster(1, EvictionPolicy.AllKeysLru);
        var replica = cluster.Replicas[0];
        var published = new List<byte[]>();
        cluster.Published = m => published.Add(m.Records.ToArray());
        cluster.Turn(replica, static r =>
        {
            // From 32 MiB on, glibc unmaps a block when it is freed: whoever reads on is killed.
            r.Set("the key"u8, new byte[33 << 20]);
            r.Flush();
            r.MakeRoom().ShouldBeTrue();
        });
        replica.Counters.Evicted.ShouldBe(1);
        replica.Count.ShouldBe(0);
        published.Count.ShouldBe(2);
        published[1].AsSpan().IndexOf("the key"u8).ShouldBeGreaterThan(0);
    }

    private static TestCluster Cluster(int replicas, EvictionPolicy eviction) =>
        new(replicas, new ReplicaSettings { MemoryLimitBytes = Limit, Eviction = eviction });

    private static byte[] Key(int number) => Encoding.UTF8.GetBytes("k" + number);

    /// <summary>Writes as commands do, until there is no room; how many it wrote.</summary>
    private static int Write(Replica replica, int first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!replica.MakeRoom())
                return i;
            replica.Set(Key(first + i), Value);
        }
        return count;
    }
}
