using System.Text;
using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Storage;

public sealed class EvictionTests : IDisposable
{
    private const long StartMs = 1_795_000_000_000;

    private readonly Table _table = new(hashSeed: 42);
    private ulong _clock;

    public void Dispose() => _table.Dispose();

    [Fact]
    public void What_was_not_read_for_long_is_chosen_long_before_what_was()
    {
        _table.Advance(StartMs);
        for (var i = 0; i < 1_000; i++)
            _table.Put("k" + i, "v", ++_clock);
        _table.Advance(StartMs + 10_000);
        for (var i = 0; i < 200; i++)
            _table.TryRead(Encoding.UTF8.GetBytes("k" + i), out _).ShouldBeTrue();
        var evicted = Evict(400, StartMs + 10_000);
        evicted.Distinct().Count().ShouldBe(400);
        evicted.Count(static k => int.Parse(k[1..]) < 200).ShouldBeLessThan(8);
    }

    [Fact]
    public void A_write_is_a_use_and_looking_at_a_key_for_the_sake_of_peers_is_none()
    {
        _table.Advance(StartMs);
        for (var i = 0; i < 300; i++)
            _table.Put("k" + i, "v", ++_clock);
        _table.Advance(StartMs + 10_000);
        for (var i = 0; i < 100; i++)
            _table.Put("k" + i, "longer than before, so that it moves", ++_clock);
        for (var i = 100; i < 200; i++)
            _table.TryGet(Encoding.UTF8.GetBytes("k" + i), out _).ShouldBeTrue();
        Evict(100, StartMs + 10_000).Count(static k => int.Parse(k[1..]) < 100).ShouldBeLessThan(5);
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_nothing_look_old()
    {
        _table.Advance(StartMs);
        for (var i = 0; i < 100; i++)
            _table.Put("ahead" + i, "v", ++_clock);
        _table.Advance(StartMs - 3_600_000);
        for (var i = 0; i < 300; i++)
            _table.Put("old" + i, "v", ++_clock);
        _table.Advance(StartMs - 3_000_000);
        Evict(50, StartMs).Count(static k => k.StartsWith("ahead", StringComparison.Ordinal)).ShouldBeLessThan(6);
    }

    [Fact]
    public void Every_key_has_its_chance_though_most_of_them_share_a_slot()
    {
        for (var i = 0; i < 1_000; i++)
            _table.Put((i < 900 ? "{a}" : "") + i, "v", ++_clock);
        var chosen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < 20_000; i++)
        {
            _table.SampleLeastRecentlyUsed(StartMs, mustFree: false, out var key).ShouldBeTrue();
            chosen[Encoding.UTF8.GetString(key)] = chosen.GetValueOrDefault(Encoding.UTF8.GetString(key)) + 1;
        }
        chosen.Count.ShouldBeGreaterThan(980);
        chosen.Where(static c => c.Key.StartsWith('{')).Sum(static c => c.Value).ShouldBeInRange(17_000, 19_000);
    }

    [Fact]
    public void Only_live_keys_are_chosen_and_none_where_there_is_none()
    {
        _table.SampleLeastRecentlyUsed(StartMs, mustFree: false, out _).ShouldBeFalse();
        _table.Put("expired", "v", ++_clock, expiresAtMs: StartMs);
        _table.Put("deleted", "v", ++_clock);
        _table.Delete("deleted", ++_clock);
        _table.SampleLeastRecentlyUsed(StartMs, mustFree: false, out _).ShouldBeFalse();
        _table.Put("k", "v", ++_clock);
        Evict(1, StartMs).ShouldBe(["k"]);
    }

    [Fact]
    public void A_key_whose_tombstone_is_as_large_is_left_out_where_memory_must_be_freed()
    {
        _table.Put("small", "v", ++_clock);
        _table.SampleLeastRecentlyUsed(StartMs, mustFree: true, out _).ShouldBeFalse();
        _table.Put("large", new string('x', 100), ++_clock);
        for (var i = 0; i < 20; i++)
        {
            _table.SampleLeastRecentlyUsed(StartMs, mustFree: true, out var key).ShouldBeTrue();
            Encoding.UTF8.GetString(key).ShouldBe("large");
        }
    }

    [Fact]
    public void Tables_of_one_seed_choose_alike()
    {
        using var other = new Table(hashSeed: 42);
        for (var i = 0; i < 100; i++)
        {
            other.Put("k" + i, "v", (ulong)i + 1);
            _table.Put("k" + i, "v", (ulong)i + 1);
        }
        for (var i = 0; i < 50; i++)
        {
            other.SampleLeastRecentlyUsed(StartMs, mustFree: false, out var theirs).ShouldBeTrue();
            _table.SampleLeastRecentlyUsed(StartMs, mustFree: false, out var mine).ShouldBeTrue();
            mine.SequenceEqual(theirs).ShouldBeTrue();
        }
    }

    [Fact]
    public void Memory_is_what_records_and_buckets_take_and_comes_back_with_a_flush()
    {
        var empty = _table.MemoryBytes;
        empty.ShouldBeInRange(1, 1 << 19);
        for (var i = 0; i < 10_000; i++)
            _table.Put($"key:{i:d12}", new string('v', 64), ++_clock);
        // A key of 16 bytes and a value of 64 take 112 bytes, and 8 to 16 bytes of buckets.
        (_table.MemoryBytes - empty).ShouldBeInRange(10_000 * 120, 10_000 * 128);
        for (var i = 0; i < 10_000; i++)
            _table.Delete($"key:{i:d12}", ++_clock);
        _table.TombstoneBytes.ShouldBe(10_000 * 48);
        _table.CollectAll(_clock).ShouldBe(10_000);
        _table.TombstoneBytes.ShouldBe(0);
        _table.Clear();
        _table.MemoryBytes.ShouldBe(empty);
    }

    private List<string> Evict(int count, long nowMs)
    {
        var evicted = new List<string>();
        for (var i = 0; i < count; i++)
        {
            _table.SampleLeastRecentlyUsed(nowMs, mustFree: false, out var key).ShouldBeTrue();
            evicted.Add(Encoding.UTF8.GetString(key));
            _table.Delete(evicted[^1], ++_clock);
        }
        return evicted;
    }
}
