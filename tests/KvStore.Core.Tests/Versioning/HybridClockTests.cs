using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Versioning;

public sealed class HybridClockTests
{
    [Fact]
    public void A_reading_follows_physical_time_while_that_moves()
    {
        var clock = new HybridClock();
        clock.Tick(1_000).ShouldBe(1_000UL << 16);
        clock.Tick(1_001).ShouldBe(1_001UL << 16);
    }

    [Fact]
    public void Readings_grow_while_physical_time_stands_still_or_steps_back()
    {
        var clock = new HybridClock();
        var first = clock.Tick(5_000);
        clock.Tick(5_000).ShouldBe(first + 1);
        clock.Tick(1).ShouldBe(first + 2);
    }

    [Fact]
    public void A_reading_is_above_everything_observed()
    {
        var clock = new HybridClock();
        clock.Observe((9_000UL << 16) + 7);
        clock.Tick(100).ShouldBe((9_000UL << 16) + 8);
    }

    [Fact]
    public void A_full_counter_carries_into_the_milliseconds()
    {
        var clock = new HybridClock();
        clock.Observe((1UL << 16) + 0xFFFF);
        clock.Tick(1).ShouldBe(2UL << 16);
    }

    [Fact]
    public void Versions_compare_by_clock_then_by_start_id()
    {
        var older = new VersionStamp(1, 9);
        var newer = new VersionStamp(2, 1);
        var tie = new VersionStamp(2, 2);
        (older < newer).ShouldBeTrue();
        (newer < tie).ShouldBeTrue();
        (tie >= newer).ShouldBeTrue();
        VersionStamp.None.CompareTo(older).ShouldBeLessThan(0);
    }
}
