using System.Text;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Storage;

public sealed class WalkTests : IDisposable
{
    private readonly Table _table = new(hashSeed: 42);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_walk_over_some_slots_shows_their_entries_tombstones_too_and_no_others()
    {
        for (var i = 0; i < 20_000; i++)
            _table.Put("k" + i, "v", 1);
        var wanted = Keys(20_000).Where(static k => Slot.Of(Encoding.UTF8.GetBytes(k)) is >= 512 and < 600).ToList();
        wanted.Count.ShouldBeGreaterThan(50);
        _table.Delete(wanted[0], 2);
        var slots = new SlotSet();
        for (var slot = 512; slot < 600; slot++)
            slots.Add(slot);
        Collect(partition: 2, slots, budget: 10).Keys.ShouldBe(wanted, ignoreOrder: true);
        Collect(partition: 3, slots, budget: 10).Keys.ShouldAllBe(static k => Slot.Of(Encoding.UTF8.GetBytes(k)) >= 768);
    }

    [Fact]
    public void A_walk_over_all_slots_of_every_partition_shows_everything_once()
    {
        for (var i = 0; i < 5_000; i++)
            _table.Put("k" + i, "v", 1);
        var keys = new List<string>();
        for (var partition = 0; partition < Table.Partitions; partition++)
            keys.AddRange(Collect(partition, SlotSet.All, budget: 7).Keys);
        keys.ShouldBe(Keys(5_000), ignoreOrder: true);
    }

    [Fact]
    public void A_walk_over_slots_of_a_partition_that_was_emptied_still_goes_in_bounded_steps()
    {
        for (var i = 0; i < 2_000; i++)
            _table.Put("{a}" + i, "v", 1);
        for (var i = 0; i < 2_000; i++)
            _table.Delete("{a}" + i, 2);
        _table.CollectAll(2).ShouldBe(2_000);
        var walk = Collect(Slot.Of("a"u8) >> 8, SlotSet.All, budget: 1);
        walk.Keys.ShouldBeEmpty();
        walk.Steps.ShouldBeInRange(2_000 / 10, 2_100 / 5);
    }

    [Fact]
    public void A_set_of_slots_survives_the_wire()
    {
        var set = new SlotSet();
        foreach (var slot in (int[])[0, 1, 63, 64, 200, 255])
            set.Add(slot + (5 << 8));
        var wire = new byte[SlotSet.SizeBytes];
        set.Write(wire);
        wire.Length.ShouldBe(32);
        wire[0].ShouldBe((byte)3);
        wire[31].ShouldBe((byte)0x80);
        var read = SlotSet.Read(wire);
        Enumerable.Range(0, 256).Where(read.Contains).ShouldBe([0, 1, 63, 64, 200, 255]);
        read.IsFull.ShouldBeFalse();
        read.Count.ShouldBe(6);
        SlotSet.All.IsFull.ShouldBeTrue();
    }

    [Fact]
    public void Tombstones_up_to_a_clock_are_collected_with_their_digests_and_values_stay()
    {
        for (var i = 0; i < 300; i++)
            _table.Put("stays" + i, "v", 1);
        var digests = _table.KeptDigests();
        for (var i = 0; i < 300; i++)
        {
            _table.Put("goes" + i, "v", 1, expiresAtMs: i % 2 == 0 ? 0 : 10);
            if (i % 2 == 0)
                _table.Delete("goes" + i, 2);
        }
        _table.ExpireAll(nowMs: 10).ShouldBe(150);
        _table.Count.ShouldBe(600);
        _table.CollectAll(upToClock: 1).ShouldBe(150);
        _table.CollectAll(upToClock: 1).ShouldBe(0);
        _table.CollectAll(upToClock: 2).ShouldBe(150);
        _table.Count.ShouldBe(300);
        _table.Live.ShouldBe(300);
        _table.KeptDigests().ShouldBe(digests);
    }

    [Fact]
    public void Collecting_stops_at_its_budget_and_partitions_without_tombstones_cost_one_bucket()
    {
        for (var i = 0; i < 1_000; i++)
            _table.Put("{a}" + i, "v", 1);
        var collected = 0;
        _table.Collect(0, Table.Partitions, ulong.MaxValue, ref collected).ShouldBe(0UL);
        _table.Delete("{a}1", 2);
        _table.Delete("{a}2", 3);
        var steps = 0;
        ulong cursor = 0;
        do
        {
            cursor = _table.Collect(cursor, 100, upToClock: 2, ref collected);
            steps++;
        }
        while (cursor != 0);
        collected.ShouldBe(1);
        // One partition of 1024 buckets, and 63 of one each.
        steps.ShouldBe((1024 + 63 + 99) / 100);
    }

    [Fact]
    public void A_cleared_table_has_forgotten_its_floor_too()
    {
        _table.Put("k", "old", 5);
        _table.RaiseFloor(new VersionStamp(9, 1));
        _table.Put("k", "v", 10);
        _table.Clear();
        using var fresh = new Table(hashSeed: 1);
        _table.Digest().ShouldBe(fresh.Digest());
        _table.Count.ShouldBe(0);
        _table.Memory.Used.ShouldBe(0);
        _table.Floor.ShouldBe(VersionStamp.None);
        _table.Put("k", "older", 1).ShouldBe(ApplyOutcome.Applied);
    }

    private static IEnumerable<string> Keys(int count) => Enumerable.Range(0, count).Select(static i => "k" + i);

    private (List<string> Keys, int Steps) Collect(int partition, SlotSet slots, int budget)
    {
        var visitor = new KeyList([]);
        ulong cursor = 0;
        var steps = 0;
        do
        {
            cursor = _table.ScanSlots(partition, slots, cursor, budget, ref visitor);
            steps++;
        }
        while (cursor != 0);
        return (visitor.Keys, steps);
    }

    private readonly struct KeyList(List<string> keys) : IEntryVisitor
    {
        public List<string> Keys => keys;

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) => keys.Add(Encoding.UTF8.GetString(key));
    }
}
