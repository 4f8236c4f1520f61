using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

public sealed class OriginProgressTests
{
    [Fact]
    public void Applied_never_moves_across_a_gap()
    {
        var progress = new OriginProgress();
        progress.Add(1, 3, clock: 0);
        progress.Add(5, 9, clock: 0);
        progress.Applied.ShouldBe(3);
        progress.Known.ShouldBe(9);
        progress.HasGap.ShouldBeTrue();
        progress.Add(4, 4, clock: 0);
        progress.Applied.ShouldBe(9);
        progress.HasGap.ShouldBeFalse();
    }

    [Fact]
    public void A_number_that_was_announced_and_not_held_is_a_gap()
    {
        var progress = new OriginProgress();
        progress.Announce(1);
        progress.HasGap.ShouldBeTrue();
        progress.Add(1, 1, clock: 0);
        progress.HasGap.ShouldBeFalse();
    }

    [Fact]
    public void Ranges_beyond_a_gap_are_bounded()
    {
        var progress = new OriginProgress();
        for (long i = 0; i < OriginProgress.MaxRanges; i++)
            progress.Add(3 + (i * 2), 3 + (i * 2), clock: 0);
        progress.CanAdd(1_000, 1_001).ShouldBeFalse();
        progress.CanAdd(4, 4).ShouldBeTrue("it joins two ranges");
        progress.CanAdd(1, 2).ShouldBeTrue("it fills the gap");
    }

    [Fact]
    public void Random_ranges_in_random_order_leave_what_a_set_would_hold()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var progress = new OriginProgress();
            var held = new HashSet<long>();
            for (var i = 0; i < 60; i++)
            {
                long first = random.Next(1, 100), last = first + random.Next(8);
                if (random.Next(20) == 0)
                {
                    progress.CoverUpTo(new OriginMark(first, 0));
                    held.UnionWith(Enumerable.Range(1, (int)first).Select(n => (long)n));
                }
                else
                {
                    progress.Add(first, last, clock: 0);
                    for (var n = first; n <= last; n++)
                        held.Add(n);
                }
                long applied = 0;
                while (held.Contains(applied + 1))
                    applied++;
                progress.Applied.ShouldBe(applied, $"seed {seed} step {i}");
                progress.Known.ShouldBe(held.Max());
                for (long n = 1; n < 110; n++)
                    progress.Holds(n).ShouldBe(held.Contains(n), $"seed {seed} step {i} number {n}");
            }
        }
    }

    [Fact]
    public void A_closed_origin_takes_the_number_of_another_replica_and_what_is_held_right_behind_it()
    {
        var progress = new OriginProgress();
        progress.Add(1, 5, clock: 5);
        progress.Add(9, 12, clock: 12);
        progress.ObserveClosed(8).ShouldBeFalse("it is not closed");
        progress.Close();
        progress.ObserveClosed(8).ShouldBeTrue();
        (progress.Applied, progress.Beyond.Count).ShouldBe((12, 0));
        progress.ObserveClosed(12).ShouldBeFalse();
    }
}
