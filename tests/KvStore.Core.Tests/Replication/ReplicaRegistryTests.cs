using System.Buffers.Binary;
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
            select new RegisteredReplica((ulong)store, "n" + (store / 3), (ulong)((store * 10) + start), (ulong)clock, Donor: (ulong)(start % 2), Durable: store % 2 == 0, Complete: clock > 2, Forgotten: forgotten == 0);
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
    public void What_is_forgotten_stays_so_whatever_is_said_of_it_later()
    {
        var entry = Entry(1, "a", 10, isDurable: true);
        var forgotten = ReplicaRegistry.Empty.With(entry).Forget(1);
        var again = ReplicaRegistry.Empty.With(entry with { StartId = 5_000, Clock = 90, Complete = true });
        forgotten.Merge(again).Find(1).ShouldBe(entry with { StartId = 5_000, Clock = 90, Complete = true, Forgotten = true });
        again.Merge(forgotten).Hash.ShouldBe(forgotten.Merge(again).Hash);
        again.Merge(forgotten).IsCurrent(5_000).ShouldBeFalse();
    }

    [Fact]
    public void The_bytes_of_older_folders_are_read_as_complete_replicas_of_one_generation()
    {
        byte[] version1 =
        [
            1, 2, 0,
            .. Number(7), .. Number(70), .. Number(700), 1, 1, (byte)'a',
            .. Number(9), .. Number(90), .. Number(900), 2, 2, .. "é"u8,
        ];
        var registry = ReplicaRegistry.Decode(version1);
        registry.Generation.ShouldBe(1UL);
        registry.Entries.ShouldBe([
            new RegisteredReplica(7, "a", 70, 700, Donor: 0, Durable: true, Complete: true, Forgotten: false),
            new RegisteredReplica(9, "é", 90, 900, Donor: 0, Durable: false, Complete: true, Forgotten: true)]);
        for (var length = 0; length < version1.Length; length++)
            Should.Throw<FormatException>(() => ReplicaRegistry.Decode(version1.AsSpan(0, length)));
        Should.Throw<FormatException>(() => ReplicaRegistry.Decode([.. version1, 0]));
    }

    [Fact]
    public void Registries_of_two_generations_are_never_merged_and_one_of_none_goes_with_either()
    {
        var (one, other) = (ReplicaRegistry.Begin(7).With(Entry(1, "a", 10, isDurable: true)), ReplicaRegistry.Begin(8));
        one.IsApartFrom(other.Generation).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => one.Merge(other));
        var fresh = ReplicaRegistry.Empty.With(Entry(2, "b", 10, isDurable: true));
        fresh.Merge(one).Hash.ShouldBe(one.Merge(fresh).Hash);
        fresh.Merge(one).Generation.ShouldBe(7UL);
    }

    [Fact]
    public void The_registry_is_bounded_and_gives_up_the_oldest_forgotten_first_and_no_current_one()
    {
        var registry = ReplicaRegistry.Empty;
        for (var i = 1UL; i <= ReplicaRegistry.MaxEntries; i++)
            registry = registry.With(Entry(i, $"n{i}", 100 + i, isDurable: true) with { Forgotten = i is 5 or 7 });
        registry.IsFull.ShouldBeFalse();
        registry = registry.With(Entry(9_999, "late", 1, isDurable: true));
        registry.Entries.Count.ShouldBe(ReplicaRegistry.MaxEntries);
        registry.Find(5).ShouldBeNull();
        registry.Find(7).ShouldNotBeNull();
        registry.Find(9_999).ShouldNotBeNull();
        registry = registry.With(Entry(10_000, "last", 1, isDurable: true));
        registry.IsFull.ShouldBeTrue();
        registry.With(Entry(10_001, "from another side", 1, isDurable: true)).Current.Count().ShouldBe(ReplicaRegistry.MaxEntries + 1);
    }

    [Fact]
    public void Bytes_read_back_and_any_others_are_one_kind_of_error()
    {
        var registry = ReplicaRegistry.Begin(77).With(Entry(1, "nöde", 2, isDurable: true)).With(Entry(2, "", 3, isDurable: false) with { Forgotten = true });
        var bytes = registry.Bytes.ToArray();
        ReplicaRegistry.Decode(bytes).Entries.ShouldBe(registry.Entries);
        (ReplicaRegistry.Decode(bytes).Hash, ReplicaRegistry.Decode(bytes).Generation).ShouldBe((registry.Hash, 77UL));
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

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static RegisteredReplica Entry(ulong store, string name, ulong clock, bool isDurable) =>
        new(store, name, store + 1_000, clock, Donor: store / 2, isDurable, Complete: store % 2 == 0, Forgotten: false);
}
