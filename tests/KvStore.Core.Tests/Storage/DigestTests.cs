using FsCheck;
using FsCheck.Fluent;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Storage;

/// <summary>The kept digests are what a walk over the records would find, whatever happened to the table.</summary>
public sealed class DigestTests : IDisposable
{
    private readonly Table _table = new(hashSeed: 42);

    public enum Change
    {
        Put,
        PutWithExpiry,
        Delete,
        Expire,
        Collect,
        RaiseFloor,
        FlushAll,
    }

    public sealed record Step(Change Change, int Key, int Size, int Clock);

    internal static Gen<Step> Steps =>
        from change in Gen.Frequency(
            (12, Gen.Constant(Change.Put)),
            (4, Gen.Constant(Change.PutWithExpiry)),
            (4, Gen.Constant(Change.Delete)),
            (2, Gen.Constant(Change.Expire)),
            (2, Gen.Constant(Change.Collect)),
            (1, Gen.Constant(Change.RaiseFloor)))
        from key in Gen.Choose(0, 200)
        from size in Gen.Choose(0, 300)
        from clock in Gen.Choose(1, 1_000)
        select new Step(change, key, size, clock);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void Any_changes_leave_the_digests_that_a_walk_would_find()
    {
        var steps = Gen.Frequency((20, Steps), (1, Gen.Constant(new Step(Change.FlushAll, 0, 0, 2_000)))).ListOf();
        Prop.ForAll(steps.ToArbitrary(), list =>
            {
                using var table = new Table(hashSeed: 7);
                foreach (var step in list)
                    Apply(table, step);
                table.KeptDigests().ShouldBe(table.DerivedDigests());
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(400));
    }

    [Fact]
    public void A_partition_and_the_table_sum_up_their_slots()
    {
        for (var i = 0; i < 1_000; i++)
            _table.Put("k" + i, "v" + i, 1);
        UInt128 all = ContentHash.DigestTerm([], new EntryView(_table.Floor, EntryKind.Deleted, 0, []));
        for (var partition = 0; partition < Table.Partitions; partition++)
        {
            UInt128 sum = 0;
            for (var slot = partition << 8; slot < (partition + 1) << 8; slot++)
                sum += _table.SlotDigest(slot);
            _table.PartitionDigest(partition).ShouldBe(sum);
            all += sum;
        }
        _table.Digest().ShouldBe(all);
    }

    [Fact]
    public void A_change_shows_in_the_slot_of_its_key_and_nowhere_else()
    {
        _table.Put("a", "1", 1);
        var before = _table.KeptDigests();
        _table.Put("b", "2", 1);
        var after = _table.KeptDigests();
        Enumerable.Range(0, Slot.Count).Where(s => before[s] != after[s]).ShouldBe([Slot.Of("b"u8)]);
    }

    [Fact]
    public void Expiry_changes_no_digest_of_any_slot()
    {
        for (var i = 0; i < 300; i++)
            _table.Put("k" + i, new string('x', i * 10), 1, expiresAtMs: 1 + (i % 2 * 1_000));
        var before = _table.KeptDigests();
        _table.ExpireAll(nowMs: 500).ShouldBe(150);
        _table.KeptDigests().ShouldBe(before);
        _table.DerivedDigests().ShouldBe(before);
    }

    [Fact]
    public void A_value_stored_again_from_where_it_lies_is_digested_before_it_moves()
    {
        _table.Put("k", new string('x', 100), 1);
        _table.TryGet("k"u8, out var entry).ShouldBeTrue();
        _table.Apply("k"u8, new EntryView(new VersionStamp(2, 1), EntryKind.Value, 99, entry.Value), out _, out _);
        _table.KeptDigests().ShouldBe(_table.DerivedDigests());
    }

    [Fact]
    public void A_flush_of_everything_leaves_the_digests_of_an_empty_table()
    {
        for (var i = 0; i < 1_000; i++)
            _table.Put("k" + i, "v", 1);
        _table.RaiseFloor(new VersionStamp(2, 1)).ShouldBe(1_000);
        _table.KeptDigests().ShouldAllBe(static d => d == 0);
        using var other = new Table(hashSeed: 43);
        other.Digest().ShouldNotBe(_table.Digest());
        other.RaiseFloor(new VersionStamp(2, 1));
        other.Digest().ShouldBe(_table.Digest());
    }

    internal static void Apply(Table table, Step step)
    {
        var clock = (ulong)step.Clock;
        switch (step.Change)
        {
            case Change.Put:
                table.Put("k" + step.Key, new string('v', step.Size), clock);
                break;
            case Change.PutWithExpiry:
                table.Put("k" + step.Key, new string('w', step.Size), clock, expiresAtMs: step.Clock);
                break;
            case Change.Delete:
                table.Delete("k" + step.Key, clock);
                break;
            case Change.Expire:
                table.ExpireAll(step.Clock);
                break;
            case Change.Collect:
                table.CollectAll(clock);
                break;
            default:
                // Low ones, so that something stays above it, except for a flush.
                table.RaiseFloor(new VersionStamp(step.Change == Change.FlushAll ? clock : clock / 10, 1));
                break;
        }
    }
}
