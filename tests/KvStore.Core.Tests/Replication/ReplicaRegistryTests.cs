using FsCheck;
using FsCheck.Fluent;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

public sealed class ReplicaRegistryTests
{
    [Fact]
    public void Changes_merge_to_the_same_in_any_order_and_grouping()
    {
        // A store keeps its name; a folder that is given another is told to everybody all the same, by the next change.
        var entry =
            from store in Gen.Choose(1, 5)
            from start in Gen.Choose(1, 3)
            from clock in Gen.Choose(1, 6)
            from forgotten in Gen.Choose(0, 3)
            select new RegisteredReplica((ulong)store, "n" + (store / 3), (ulong)((store * 10) + start), (ulong)clock, store % 2 == 0, forgotten == 0);
        var registry = entry.ListOf().Select(static all => all.Aggregate(ReplicaRegistry.Empty, static (r, e) => r.With(e)));
        Prop.ForAll(registry.ToArbitrary(), registry.ToArbitrary(), registry.ToArbitrary(), static (a, b, c) =>
        {
            a.Merge(b).Hash.ShouldBe(b.Merge(a).Hash);
            a.Merge(a).ShouldBeSameAs(a);
            a.Merge(b).Merge(b).Hash.ShouldBe(a.Merge(b).Hash);
            // Once everything has been told to everybody they agree, whoever heard what first.
            var all = a.Merge(b).Merge(c);
            c.Merge(a.Merge(b)).Merge(all).Hash.ShouldBe(all.Merge(b.Merge(c).Merge(a)).Hash);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void A_store_in_memory_is_replaced_by_the_next_of_its_name_and_one_on_disk_is_not()
    {
        var memory = Entry(1, "a", 10, isDurable: false);
        var disk = Entry(2, "b", 10, isDurable: true);
        var registry = ReplicaRegistry.Empty.With(memory).With(disk).With(Entry(3, "a", 20, isDurable: false)).With(Entry(4, "b", 20, isDurable: true));
        registry.Entries.Select(static e => e.Store).ShouldBe([2UL, 3UL, 4UL]);
        registry.With(memory).ShouldBeSameAs(registry, "who still knows the old one learns that it is gone");
        registry.IsCurrent(memory.StartId).ShouldBeFalse();
        registry.IsCurrent(disk.StartId).ShouldBeTrue();
    }

    [Fact]
    public void The_registry_is_bounded_and_gives_up_the_oldest_forgotten_first()
    {
        var registry = ReplicaRegistry.Empty;
        for (var i = 1UL; i <= ReplicaRegistry.MaxEntries; i++)
            registry = registry.With(Entry(i, $"n{i}", 100 + i, isDurable: true) with { Forgotten = i is 5 or 7 });
        registry = registry.With(Entry(9_999, "late", 1, isDurable: true));
        registry.Entries.Count.ShouldBe(ReplicaRegistry.MaxEntries);
        registry.Find(5).ShouldBeNull();
        registry.Find(7).ShouldNotBeNull();
        registry.Find(9_999).ShouldNotBeNull();
    }

    [Fact]
    public void Bytes_read_back_and_any_others_are_one_kind_of_error()
    {
        var registry = ReplicaRegistry.Empty.With(Entry(1, "nöde", 2, isDurable: true)).With(Entry(2, "", 3, isDurable: false) with { Forgotten = true });
        var bytes = registry.Bytes.ToArray();
        ReplicaRegistry.Decode(bytes).Entries.ShouldBe(registry.Entries);
        ReplicaRegistry.Decode(bytes).Hash.ShouldBe(registry.Hash);
        for (var cut = 0; cut < bytes.Length; cut++)
            Should.Throw<FormatException>(() => ReplicaRegistry.Decode(bytes.AsSpan(0, cut)));
        Should.Throw<FormatException>(() => ReplicaRegistry.Decode([.. bytes, 0]));
        var random = new Random(5);
        for (var i = 0; i < 50_000; i++)
        {
            var other = bytes.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                other[random.Next(other.Length)] = (byte)random.Next(256);
            try
            {
                ReplicaRegistry.Decode(other);
            }
            catch (FormatException)
            {
            }
        }
    }

    private static RegisteredReplica Entry(ulong store, string name, ulong clock, bool isDurable) =>
        new(store, name, store + 1_000, clock, isDurable, Forgotten: false);
}
