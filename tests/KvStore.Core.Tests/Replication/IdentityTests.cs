using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>Who is another from now on, and who is not taken in, so that what was given up stays gone.</summary>
public sealed class IdentityTests
{
    [Fact]
    public void A_replica_that_is_forgotten_while_it_loads_goes_on_as_another()
    {
        using var cluster = CollectionTests.Started(1);
        var donor = cluster.Replicas[0];
        var joiner = StartLoading(cluster, donor);
        var (store, start, name) = (joiner.Store, joiner.StartId, joiner.NameOf(joiner.StartId));
        cluster.Turn(donor, r => r.MemberUnreachable(joiner.Member));
        cluster.Turn(donor, r => r.Forget(name).ShouldBeNull());
        cluster.Turn(donor, r => r.MemberUp(joiner.Member));
        cluster.DeliverFirst<RegistryUpdate>(joiner);
        joiner.StartId.ShouldNotBe(start);
        joiner.Store.ShouldNotBe(store);

        cluster.Loses = static (_, _, _) => false;
        cluster.Run(5_000);
        cluster.Replicas.ShouldAllBe(static r => r.Ready && TestCluster.Get(r, "k") == "v");
    }

    [Fact]
    public void Whoever_was_registered_in_one_generation_begins_the_next_as_another()
    {
        using var cluster = CollectionTests.Started(1, durable: true);
        var donor = cluster.Replicas[0];
        var joiner = StartLoading(cluster, donor);
        donor.Registry.IsCurrent(joiner.StartId).ShouldBeTrue();
        cluster.Kill(donor);
        cluster.Run(5_000);
        joiner.Ready.ShouldBeTrue("nobody else is there");
        joiner.Registry.IsApartFrom(donor.Registry.Generation).ShouldBeTrue();
        Mutations? published = null;
        cluster.Published = m => published = m;
        cluster.Turn(joiner, static r => TestCluster.Set(r, "of another generation", "v"));

        var again = cluster.StartAgain(donor.StartId);
        cluster.Turn(again, r => r.Receive(published!));
        TestCluster.Get(again, "of another generation").ShouldBeNull();
        again.Counters.Late.ShouldBe(1);
    }

    [Fact]
    public void Who_has_loaded_from_a_replica_that_was_forgotten_meanwhile_is_forgotten_with_it()
    {
        using var cluster = CollectionTests.Started(2);
        var (one, donor) = (cluster.Replicas[0], cluster.Replicas[1]);
        var name = donor.NameOf(donor.StartId);
        CollectionTests.SetAndDelete(donor, cluster, "k");
        cluster.Loses = (from, to, _) => from != to && (from == one.StartId || to == one.StartId);
        cluster.Turn(one, r => r.MemberRemoved(donor.Member));
        cluster.Turn(donor, r => r.MemberRemoved(one.Member));
        var stranger = cluster.StartUnseen();
        cluster.Introduce(stranger, donor);
        cluster.Turn(stranger, static r => r.MemberUp(r.Member));
        cluster.Run(2_000);
        stranger.Ready.ShouldBeTrue();
        cluster.Kill(donor);
        cluster.Turn(one, r => r.Forget(name).ShouldBeNull());
        cluster.Turn(stranger, r => r.Forget(name).ShouldBeNull());
        cluster.Turn(stranger, static r => TestCluster.Set(r, "below the watermark", "v"));
        cluster.Run(5_000);
        one.EntryCount.ShouldBe(0, "it has collected by those it knew");

        cluster.Loses = static (_, _, _) => false;
        cluster.Introduce(one, stranger);
        cluster.Run(10_000);
        (stranger.Ready, stranger.Counters.Discards).ShouldBe((true, 1));
        cluster.ShouldBeIdentical();
        cluster.Replicas.ShouldAllBe(static r => r.Counters.Refused == 0 && r.Counters.BelowCollected == 0);
    }

    /// <summary>A new replica that is registered, and to which no entry comes.</summary>
    private static Replica StartLoading(TestCluster cluster, Replica donor)
    {
        cluster.Turn(donor, static r => TestCluster.Set(r, "k", "v"));
        cluster.Loses = static (_, _, m) => m is TransferRequest;
        var joiner = cluster.Start();
        for (var i = 0; i < 20 && joiner.CurrentSession is null; i++)
            cluster.Run(100);
        joiner.CurrentSession.ShouldNotBeNull();
        joiner.Ready.ShouldBeFalse();
        return joiner;
    }
}
