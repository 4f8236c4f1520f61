using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Simulator.Checks;

namespace KvStore.Simulator.Tests.Checks;

public sealed class KeyMemoryTests
{
    private readonly KeyMemory _memory = new();

    private readonly KeyHistory _key = Ledgers.History(
        Ledgers.Set(1, "k", "first"), Ledgers.Deletion(2, "k"), Ledgers.Set(3, "k", "second", expiresAtMs: 50), Ledgers.Set(4, "k", "third"));

    [Fact]
    public void Newer_versions_and_collected_deletions_pass()
    {
        There(1).ShouldBeNull();
        There(2, EntryKind.Deleted).ShouldBeNull();
        Gone(collectedClock: 2).ShouldBeNull();
        There(3).ShouldBeNull();
        There(3, EntryKind.Expired).ShouldBeNull();
        Gone(collectedClock: 3).ShouldBeNull();
        There(4).ShouldBeNull();
    }

    [Fact]
    public void An_older_version_in_place_of_a_deletion_is_found()
    {
        There(2, EntryKind.Deleted);
        There(1).ShouldNotBeNull();
    }

    [Fact]
    public void What_was_collected_and_is_there_again_is_found()
    {
        There(2, EntryKind.Deleted);
        Gone(collectedClock: 2);
        There(1).ShouldNotBeNull();
    }

    [Fact]
    public void A_value_that_lives_again_after_it_has_expired_is_found()
    {
        There(3, EntryKind.Expired);
        There(3).ShouldNotBeNull();
    }

    [Fact]
    public void A_tombstone_that_goes_before_it_is_collected_is_found()
    {
        There(2, EntryKind.Deleted);
        Gone(collectedClock: 1).ShouldNotBeNull();
    }

    [Fact]
    public void A_value_that_goes_without_a_deletion_is_found()
    {
        There(4);
        Gone(collectedClock: 9).ShouldNotBeNull();
    }

    [Fact]
    public void What_is_at_or_below_the_floor_is_found()
    {
        There(1);
        Gone(collectedClock: 0, floor: 3).ShouldBeNull();
        There(3, floor: 3).ShouldNotBeNull();
        There(4, floor: 3).ShouldBeNull();
    }

    [Fact]
    public void A_table_that_was_given_up_may_begin_with_anything()
    {
        There(4);
        _memory.Clear();
        There(1).ShouldBeNull();
    }

    private string? There(ulong clock, EntryKind kind = EntryKind.Value, ulong floor = 0) =>
        _memory.Look(_key, new EntryView(Ledgers.Version(clock), kind, 0, []), isThere: true, Floor(floor), collectedClock: 0, latestMs: 100);

    private string? Gone(ulong collectedClock, ulong floor = 0) =>
        _memory.Look(_key, default, isThere: false, Floor(floor), collectedClock, latestMs: 100);

    private static VersionStamp Floor(ulong clock) => clock == 0 ? VersionStamp.None : Ledgers.Version(clock);
}
