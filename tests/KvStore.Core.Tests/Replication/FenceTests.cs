using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

/// <summary>What comes from a replica that is not registered stays out, and who is not registered any more comes back as another.</summary>
public sealed class FenceTests
{
    [Fact]
    public void Mutations_of_a_live_peer_that_is_not_registered_are_taken_only_of_a_registered_one_that_holds_them()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        var stranger = new Mutations(0x999, 1, 1, Record("k", 0x999));
        cluster.Turn(one, static r => r.MemberUp("stranger#1"));
        cluster.Turn(one, static r => r.Receive(new ReplicaStatus(0x999, "stranger#1", "stranger", Ready: true, 1, OriginVector.Empty)));
        cluster.Turn(one, r => r.Receive(stranger));
        (TestCluster.Get(one, "k"), one.Counters.Late).ShouldBe((null, 1));

        var says = cluster.Replicas[1].Vector().Append(new(0x999, new OriginMark(1, 0)));
        var status = new ReplicaStatus(other.StartId, other.Member, "n2", Ready: true, 1, new OriginVector(says))
        {
            Store = other.Store,
            Registry = one.Registry.Hash + 1,
            Generation = one.Registry.Generation,
        };
        cluster.Turn(one, r => r.Receive(status));
        cluster.Turn(one, r => r.Receive(stranger));
        TestCluster.Get(one, "k").ShouldBeNull("that one knows another registry, in which it may not be gone");
        cluster.Turn(one, r => r.Receive(status with { Registry = one.Registry.Hash }));
        cluster.Turn(one, r => r.Receive(stranger));
        TestCluster.Get(one, "k").ShouldBe("v");
    }

    [Fact]
    public void A_replica_that_is_forgotten_while_it_loads_loads_again_as_another()
    {
        using var cluster = CollectionTests.Started(2, new ReplicaSettings { MessageBytes = 300 });
        var (donor, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 100; i++)
            cluster.Turn(donor, r => TestCluster.Set(r, "key:" + i, new string('v', 50)));
        cluster.Run(1_000);
        var loader = cluster.Start();
        while (loader.Counters.TransferredEntries < 20)
            cluster.Deliver(0);
        var (start, store) = (loader.StartId, loader.Store);
        cluster.Turn(other, r => r.MemberUnreachable(loader.Member));
        cluster.Turn(other, r => r.Forget(loader.NameOf(loader.StartId)).ShouldBeNull());
        cluster.Turn(other, r => r.MemberUp(loader.Member));
        cluster.Run(5_000);
        loader.Ready.ShouldBeTrue();
        loader.StartId.ShouldNotBe(start);
        loader.Store.ShouldNotBe(store);
        cluster.Replicas.ShouldAllBe(r => !r.Registry.IsCurrent(start) && r.Registry.Find(store)!.Forgotten);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void One_that_only_a_forgotten_replica_knew_is_forgotten_as_well()
    {
        using var cluster = CollectionTests.Started(3);
        var (one, other, donor) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        var name = donor.NameOf(donor.StartId);
        cluster.Loses = (from, to, _) => from == one.StartId || to == one.StartId || from == other.StartId || to == other.StartId;
        foreach (var replica in new[] { one, other })
        {
            cluster.Turn(replica, r => r.MemberRemoved(donor.Member));
            cluster.Turn(donor, r => r.MemberRemoved(replica.Member));
        }
        var stranger = cluster.StartUnseen();
        cluster.Introduce(stranger, donor);
        cluster.Turn(stranger, static r => r.MemberUp(r.Member));
        cluster.Run(3_000);
        stranger.Ready.ShouldBeTrue();
        cluster.Turn(stranger, static r => TestCluster.Set(r, "k", "of the stranger"));
        cluster.Run(1_000);
        cluster.Kill(donor);

        // One and the other forget the donor, delete, and collect: nothing that they know of held the watermark back.
        cluster.Loses = (from, to, _) => from == stranger.StartId || to == stranger.StartId;
        cluster.Turn(one, r => r.Forget(name).ShouldBeNull());
        cluster.Turn(one, static r => r.Delete("k"u8));
        cluster.Run(5_000);
        one.EntryCount.ShouldBe(0);

        cluster.Loses = static (_, _, _) => false;
        cluster.Introduce(stranger, one);
        cluster.Introduce(stranger, other);
        cluster.Run(5_000);
        stranger.Counters.Discards.ShouldBe(1);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && r.EntryCount == 0 && r.Counters.BelowCollected == 0);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_late_acknowledgement_is_of_the_origin_that_it_names()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        for (var i = 0; i < 5; i++)
            cluster.Turn(one, r => TestCluster.Set(r, "key:" + i, "v"));
        cluster.Run(1_000);
        var before = one.StartId;
        cluster.Turn(other, r => r.MemberUnreachable(one.Member));
        cluster.Turn(other, r => r.Forget(one.NameOf(before)).ShouldBeNull());
        cluster.Turn(other, r => r.MemberUp(one.Member));
        cluster.Run(3_000);
        (one.Ready, one.StartId == before).ShouldBe((true, false));
        cluster.Loses = static (_, _, m) => m is Mutations;
        for (var i = 0; i < 5; i++)
            cluster.Turn(one, r => TestCluster.Set(r, "again:" + i, "v"));
        cluster.Turn(one, r => r.Receive(new Acknowledge(other.StartId, before, 5)));
        one.Peers.Single().Acknowledged.ShouldBe(0, "no other has anything of the new origin");
        cluster.Turn(one, r => r.Receive(new Acknowledge(other.StartId, one.StartId, 5)));
        one.Peers.Single().Acknowledged.ShouldBe(5);
    }

    [Fact]
    public void The_late_end_of_a_refill_that_was_asked_for_before_starts_no_session()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(one, static r => TestCluster.Set(r, "a", "1"));
        cluster.DeliverAll();
        cluster.Loses = static (_, _, m) => m is Mutations { First: 2 } or RefillRequest;
        cluster.Turn(one, static r => TestCluster.Set(r, "b", "2"));
        cluster.Turn(one, static r => TestCluster.Set(r, "c", "3"));
        cluster.DeliverAll();
        other.OriginsWithGaps.ShouldBe(1);
        cluster.Turn(other, r => r.Receive(new RefillEnd(one.StartId, one.StartId, From: 1, Sent: 0, Applied: 3)));
        (other.CurrentSession, other.SessionsDue).ShouldBe((null, 0));
        cluster.Turn(other, r => r.Receive(new RefillEnd(one.StartId, one.StartId, From: 2, Sent: 0, Applied: 3)));
        other.CurrentSession.ShouldNotBeNull().Reason.ShouldBe(SessionReason.Gap);
    }

    [Fact]
    public void Nobody_acts_on_what_a_replica_has_learned_of_the_registry_and_not_synced()
    {
        using var cluster = CollectionTests.Started(3, durable: true);
        var (one, other, gone) = (cluster.Replicas[0], cluster.Replicas[1], cluster.Replicas[2]);
        cluster.Turn(gone, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        var name = gone.NameOf(gone.StartId);
        cluster.Kill(gone);
        cluster.Stalled = one;
        cluster.Turn(other, r => r.Forget(name).ShouldBeNull());
        cluster.Run(5_000);
        one.Registry.Hash.ShouldBe(other.Registry.Hash);
        other.OpenOrigins.ShouldBe([gone.StartId], "the next process of that one may know it as current, and take more of it");
        var joiner = cluster.Start();
        cluster.Run(3_000);
        one.Registry.IsCurrent(joiner.StartId).ShouldBeTrue();
        joiner.CurrentSession.ShouldBeNull();
        cluster.Turn(one, r => r.Receive(new DigestRequest(joiner.StartId, 1, DigestRequest.Root)));
        cluster.UnderWay.ShouldContain(m => m.From == one.StartId && m.Message is TransferRefused, "collection would not wait for it");

        cluster.Stalled = null;
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && r.OpenOrigins.Count == 0);
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void One_that_knows_nobody_of_those_that_are_registered_gives_up_and_forgets_no_other()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(other, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        var later = new RegisteredReplica(0x7001, "later", 0x7002, 1, Donor: 0x7000, Durable: true, Complete: true, Forgotten: false);
        cluster.Turn(one, r => r.Receive(new RegistryUpdate(other.StartId, r.Registry.With(later))));
        one.Counters.Discards.ShouldBe(1);
        one.Registry.IsCurrent(later.StartId).ShouldBeTrue();
    }

    [Fact]
    public void A_full_registry_lets_no_further_replica_in_and_says_what_to_do()
    {
        using var cluster = CollectionTests.Started(1);
        var one = cluster.Replicas[0];
        var registry = one.Registry;
        for (var i = 1UL; i < ReplicaRegistry.MaxEntries; i++)
            registry = registry.With(new RegisteredReplica(0x10000 + i, $"away{i}", 100_000 + i, 1, one.Store, Durable: true, Complete: true, Forgotten: false));
        cluster.Turn(one, r => r.Receive(new RegistryUpdate(one.StartId, registry)));
        one.Registry.Current.Count().ShouldBe(ReplicaRegistry.MaxEntries);
        var late = cluster.Start();
        cluster.Run(2_000);
        late.Ready.ShouldBeFalse();
        late.Refusal!.ShouldContain("kv forget");
        one.Registry.Current.Count().ShouldBe(ReplicaRegistry.MaxEntries);

        cluster.Turn(one, static r => r.Forget("away7").ShouldBeNull());
        cluster.Run(2_000);
        (late.Ready, late.Refusal).ShouldBe((true, null));
    }

    [Fact]
    public void A_registration_is_stamped_below_a_ceiling_that_is_on_disk()
    {
        using var cluster = CollectionTests.Started(1, durable: true);
        var joiner = cluster.StartUnseen();
        cluster.Stalled = joiner;
        cluster.Join(joiner);
        cluster.Run(2_000);
        joiner.Registry.IsCurrent(joiner.StartId).ShouldBeFalse("it has synced no ceiling");
        cluster.Stalled = null;
        cluster.Run(1_000);
        joiner.Ready.ShouldBeTrue();
    }

    [Fact]
    public void A_complete_table_is_read_though_no_registration_can_be_stamped_and_takes_no_write()
    {
        using var cluster = CollectionTests.Started(1, durable: true);
        var one = cluster.Replicas[0];
        cluster.Turn(one, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        cluster.Kill(one);
        var again = cluster.StartAgain(one.StartId);
        cluster.Stalled = again;
        cluster.Join(again);
        cluster.Run(1_000);
        again.Ready.ShouldBeFalse("the disk may only be slow");
        cluster.Run(2_000);
        (again.Ready, TestCluster.Get(again, "k"), again.Registry.IsCurrent(again.StartId)).ShouldBe((true, "v", false));
        again.Refusal!.ShouldContain("not registered");

        cluster.Stalled = null;
        cluster.Run(500);
        (again.Refusal, again.Registry.IsCurrent(again.StartId)).ShouldBe((null, true));
    }

    [Fact]
    public void A_complete_replica_does_not_wait_for_ever_for_one_that_serves_and_can_not_register()
    {
        using var cluster = CollectionTests.Started(2, durable: true);
        var (full, behind) = (cluster.Replicas[0], cluster.Replicas[1]);
        cluster.Turn(full, static r => TestCluster.Set(r, "k", "v"));
        cluster.Run(1_000);
        cluster.Kill(behind);
        cluster.Turn(full, static r => TestCluster.Set(r, "missed", "v"));
        cluster.Run(1_000);
        cluster.Kill(full);
        var again = cluster.StartAgain(full.StartId);
        cluster.Stalled = again;
        cluster.Join(again);
        cluster.Run(3_000);
        again.Ready.ShouldBeTrue("it is read from");

        var other = cluster.Join(cluster.StartAgain(behind.StartId));
        cluster.Run(2_000);
        other.Ready.ShouldBeFalse("the registration of the one that serves may be on its way");
        cluster.Run(new ReplicaSettings().SilenceMs);
        (other.Ready, other.Refusal).ShouldBe((true, null));
        cluster.Turn(other, static r => TestCluster.Set(r, "meanwhile", "v"));

        cluster.Stalled = null;
        cluster.Run(5_000);
        TestCluster.Get(other, "missed").ShouldBe("v");
        cluster.ShouldBeIdentical();
    }

    [Fact]
    public void A_restored_mutation_beyond_too_many_gaps_is_known_to_be_held()
    {
        using var replica = new Replica(new ReplicaSettings { Durable = true }, startId: 1, hashSeed: 1, member: "n1#1");
        replica.Advance(1_000_000);
        for (var i = 0; i <= OriginProgress.MaxRanges; i++)
            replica.Restore(new MutationsItem(new Mutations(7, 2 + (2 * i), 1, Record("key:" + i, 7, clock: 10UL + (ulong)i))));
        replica.Restore(new CoveredItem(new OriginVector([new(7, new OriginMark(1 + (2 * OriginProgress.MaxRanges), 9UL + OriginProgress.MaxRanges))])));
        TestCluster.Get(replica, "key:" + OriginProgress.MaxRanges).ShouldBe("v");
        replica.OpenOrigins.ShouldBe([7UL]);
        replica.OriginsWithGaps.ShouldBe(1);
    }

    private static ReadOnlyMemory<byte> Record(string key, ulong origin, ulong clock = 1)
    {
        var bytes = new byte[100];
        var record = new EntryRecord(RecordKind.Value, new VersionStamp(clock, origin), default, 0, System.Text.Encoding.UTF8.GetBytes(key), "v"u8);
        return bytes.AsMemory(0, record.Write(bytes, origin));
    }
}
