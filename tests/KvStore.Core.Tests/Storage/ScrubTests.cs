using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Storage;

/// <summary>The scrub finds what changed by itself, and never takes for that what the table was told to change.</summary>
public sealed class ScrubTests : IDisposable
{
    private readonly Table _table = new(hashSeed: 42);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void No_change_between_two_steps_of_the_scrub_is_taken_for_a_corruption()
    {
        // Keys of one slot, so that one partition grows from 16 buckets to 256 and is emptied, while it is scrubbed.
        var steps = (
            from step in DigestTests.Steps
            from buckets in Gen.Choose(0, 12)
            from flush in Gen.Choose(0, 80)
            select (Step: flush == 0 ? step with { Change = DigestTests.Change.FlushAll } : step, buckets)).ListOf();
        Prop.ForAll(steps.ToArbitrary(), list =>
            {
                using var table = new Table(hashSeed: 7);
                ScrubUpTo(table, Slot.Of("{s}"u8) >> 8);
                foreach (var (step, buckets) in list)
                {
                    if (step.Change is DigestTests.Change.Put or DigestTests.Change.PutWithExpiry)
                        table.Put($"{{s}}{step.Key}", new string('v', step.Size), (ulong)step.Clock, step.Change == DigestTests.Change.Put ? 0 : step.Clock);
                    else if (step.Change == DigestTests.Change.Delete)
                        table.Delete($"{{s}}{step.Key}", (ulong)step.Clock);
                    else
                        DigestTests.Apply(table, step);
                    table.Scrub(buckets);
                }
                ScrubAll(table);
                table.Mismatches.ShouldBe(0);
                table.KeptDigests().ShouldBe(table.DerivedDigests());
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(600));
    }

    [Fact]
    public void A_partition_that_doubles_and_is_overwritten_under_the_scrub_is_sound()
    {
        ulong clock = 0;
        for (var i = 0; i < 20_000; i++)
        {
            _table.Put($"{{s}}{i}", "v", ++clock);
            _table.Put($"{{s}}{(i * 7_919L) % (i + 1)}", "w", ++clock);
            if (i % 16 == 0)
                _table.Scrub(3);
        }
        ScrubAll(_table);
        ScrubAll(_table);
        _table.Mismatches.ShouldBe(0);
    }

    [Fact]
    public void A_byte_that_changed_by_itself_is_found_once_and_its_slot_shows_what_is_there()
    {
        for (var i = 0; i < 1_000; i++)
            _table.Put("k" + i, "value", 1);
        ScrubAll(_table);
        var sound = _table.SlotDigest(Slot.Of("k500"u8));
        Corrupt("k500"u8);
        _table.SlotDigest(Slot.Of("k500"u8)).ShouldBe(sound);
        ScrubAll(_table);
        _table.Mismatches.ShouldBe(1);
        _table.LastMismatch.ShouldBe(Slot.Of("k500"u8));
        _table.SlotDigest(Slot.Of("k500"u8)).ShouldNotBe(sound);
        _table.KeptDigests().ShouldBe(_table.DerivedDigests());
        ScrubAll(_table);
        _table.Mismatches.ShouldBe(1);
    }

    [Fact]
    public void A_corruption_that_was_overwritten_still_left_a_wrong_digest_which_the_scrub_puts_right()
    {
        _table.Put("k", "value", 1);
        Corrupt("k"u8);
        _table.Put("k", "other", 2);
        ScrubAll(_table);
        _table.Mismatches.ShouldBe(1);
        using var sound = new Table(hashSeed: 1);
        sound.Put("k", "other", 2);
        _table.Digest().ShouldBe(sound.Digest());
    }

    [Fact]
    public void A_step_spends_no_more_than_it_was_given_and_a_large_value_counts_as_many()
    {
        for (var i = 0; i < 64; i++)
            _table.Put("k" + i, new string('x', 100_000), 1);
        var steps = 1;
        while (!_table.Scrub(100))
            steps++;
        steps.ShouldBeInRange(60, 80);
    }

    private static void ScrubUpTo(Table table, int partition)
    {
        // An empty partition costs one bucket.
        for (var i = 0; i < partition; i++)
            table.Scrub(1);
    }

    private static void ScrubAll(Table table)
    {
        // What was left of a pass, then a whole one.
        for (var passes = 0; passes < 2;)
        {
            if (table.Scrub(1_000))
                passes++;
        }
    }

    private void Corrupt(ReadOnlySpan<byte> key)
    {
        _table.TryGet(key, out var entry).ShouldBeTrue();
        Unsafe.AsRef(in MemoryMarshal.GetReference(entry.Value)) ^= 4;
    }
}
