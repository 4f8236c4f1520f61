using System.Text;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Storage;

public sealed class TableTests : IDisposable
{
    private readonly Table _table = new(hashSeed: 42);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void The_greater_version_wins_whatever_comes_first()
    {
        Put("k", "new", 2).ShouldBe(ApplyOutcome.Applied);
        Put("k", "old", 1).ShouldBe(ApplyOutcome.Superseded);
        Get("k").ShouldBe("new");
        Put("k", "newer", 3).ShouldBe(ApplyOutcome.Applied);
        Get("k").ShouldBe("newer");
    }

    [Fact]
    public void The_same_entry_again_changes_nothing()
    {
        Put("k", "v", 1);
        Put("k", "v", 1).ShouldBe(ApplyOutcome.Same);
    }

    [Fact]
    public void Equal_versions_with_unequal_bytes_end_the_same_in_either_order()
    {
        using var other = new Table(hashSeed: 7);
        Put("k", "a", 1);
        Put("k", "b", 1).ShouldBe(ApplyOutcome.Diverged);
        Put(other, "k", "b", 1);
        Put(other, "k", "a", 1).ShouldBe(ApplyOutcome.Diverged);
        other.Digest().ShouldBe(_table.Digest());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4_000)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public void A_value_may_grow_and_shrink_to_any_size(int length)
    {
        ulong version = 1;
        foreach (var size in (int[])[length, 10, length, length + 1, length / 2, length])
        {
            var value = new string((char)('a' + (size % 26)), size);
            Put("k", value, version++);
            Get("k").ShouldBe(value);
        }
    }

    [Fact]
    public void A_value_can_be_stored_again_from_where_it_lies()
    {
        var value = new string('x', 10_000);
        Put("k", value, 1);
        _table.TryGet("k"u8, out var entry).ShouldBeTrue();
        _table.Apply("k"u8, new EntryView(new VersionStamp(2, 1), EntryKind.Value, 99, entry.Value), out _, out var stored);
        Encoding.UTF8.GetString(stored.Value).ShouldBe(value);
        _table.TryGet("k"u8, out entry).ShouldBeTrue();
        entry.ExpiresAtMs.ShouldBe(99);
        Encoding.UTF8.GetString(entry.Value).ShouldBe(value);
    }

    [Fact]
    public void A_hundred_thousand_random_changes_leave_what_a_dictionary_would_hold()
    {
        var random = new Random(1);
        var model = new Dictionary<string, (string Value, ulong Version)>(StringComparer.Ordinal);
        for (ulong i = 1; i <= 100_000; i++)
        {
            var key = "key:" + random.Next(5_000);
            var value = new string((char)('a' + random.Next(26)), random.Next(3) == 0 ? random.Next(6_000) : random.Next(80));
            var version = (ulong)random.Next(1, 200_000);
            var isNewer = !model.TryGetValue(key, out var old) || old.Version < version;
            if (model.TryGetValue(key, out old) && old.Version == version)
                continue;
            Put(key, value, version).ShouldBe(isNewer ? ApplyOutcome.Applied : ApplyOutcome.Superseded);
            if (isNewer)
                model[key] = (value, version);
        }
        _table.Live.ShouldBe(model.Count);
        foreach (var (key, (value, _)) in model)
            Get(key).ShouldBe(value);
    }

    [Fact]
    public void A_walk_visits_everything_that_is_there_throughout_though_the_table_grows_meanwhile()
    {
        for (var i = 0; i < 2_000; i++)
            Put("old:" + i, "v", 1);
        var visitor = new KeyCollector();
        ulong cursor = 0;
        var added = 0;
        do
        {
            cursor = _table.Scan(cursor, 10, Table.Everything, ref visitor);
            for (var i = 0; i < 100 && added < 20_000; i++)
                Put("new:" + added++, "v", 1);
        }
        while (cursor != 0);
        for (var i = 0; i < 2_000; i++)
            visitor.Keys.ShouldContain("old:" + i);
    }

    [Fact]
    public void An_expired_value_becomes_a_tombstone_of_the_same_version_and_digest()
    {
        Put("stays", "v", 1);
        Put("goes", new string('x', 500), 1, expiresAtMs: 1_000);
        var digest = _table.Digest();
        _table.Live.ShouldBe(2);
        var expired = 0;
        _table.Expire(0, int.MaxValue, nowMs: 999, ref expired).ShouldBe(0UL);
        expired.ShouldBe(0);
        _table.Expire(0, int.MaxValue, nowMs: 1_000, ref expired);
        expired.ShouldBe(1);
        _table.Live.ShouldBe(1);
        _table.Expiring.ShouldBe(0);
        _table.Digest().ShouldBe(digest);
        _table.TryGet("goes"u8, out var entry).ShouldBeTrue();
        entry.Kind.ShouldBe(EntryKind.Expired);
        Put("goes", new string('x', 500), 1, expiresAtMs: 1_000).ShouldBe(ApplyOutcome.Same);
    }

    [Fact]
    public void The_floor_drops_what_it_covers_and_lets_nothing_of_that_return()
    {
        for (var i = 0; i < 1_000; i++)
            Put("k" + i, new string('v', i * 10), (ulong)i + 1);
        _table.RaiseFloor(new VersionStamp(500, 1)).ShouldBe(500);
        _table.Live.ShouldBe(500);
        Put("k3", "again", 500).ShouldBe(ApplyOutcome.Superseded);
        _table.RaiseFloor(new VersionStamp(400, 1)).ShouldBe(0);
        _table.RaiseFloor(new VersionStamp(2_000, 1));
        _table.Count.ShouldBe(0);
        _table.Memory.Used.ShouldBe(0);
    }

    [Theory]
    [InlineData("value")]
    [InlineData("key")]
    [InlineData("version")]
    [InlineData("expiry")]
    [InlineData("kind")]
    [InlineData("swap")]
    public void A_digest_tells_every_difference(string what)
    {
        Put("a", "1", 1);
        Put("b", "2", 2);
        using var other = new Table(hashSeed: 43);
        switch (what)
        {
            case "swap":
                Put(other, "a", "2", 1);
                Put(other, "b", "1", 2);
                break;
            case "kind":
                Put(other, "a", "1", 1);
                other.Apply("b"u8, new EntryView(new VersionStamp(2, 1), EntryKind.Deleted, 0, []), out _, out _);
                break;
            default:
                Put(other, "a", "1", 1);
                Put(other, what == "key" ? "c" : "b", what == "value" ? "3" : "2", what == "version" ? 3UL : 2UL, what == "expiry" ? 5 : 0);
                break;
        }
        other.Digest().ShouldNotBe(_table.Digest());
    }

    private ApplyOutcome Put(string key, string value, ulong clock, long expiresAtMs = 0) => Put(_table, key, value, clock, expiresAtMs);

    private static ApplyOutcome Put(Table table, string key, string value, ulong clock, long expiresAtMs = 0) =>
        table.Apply(
            Encoding.UTF8.GetBytes(key),
            new EntryView(new VersionStamp(clock, 1), EntryKind.Value, expiresAtMs, Encoding.UTF8.GetBytes(value)),
            out _,
            out _);

    private string? Get(string key) =>
        _table.TryGet(Encoding.UTF8.GetBytes(key), out var entry) ? Encoding.UTF8.GetString(entry.Value) : null;

    private readonly struct KeyCollector() : IEntryVisitor
    {
        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) => Keys.Add(Encoding.UTF8.GetString(key));
    }
}
