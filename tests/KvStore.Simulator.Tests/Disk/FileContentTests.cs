using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>Random writes, reservations, cuts and syncs, beside every state that the file was in.</summary>
public sealed class FileContentTests
{
    private const int Seeds = 300;

    [Fact]
    public void A_file_reads_as_it_was_written() => ForEachSeed(static file => ShouldBe(file.Content(), file.States[^1]));

    [Fact]
    public void Nothing_lost_leaves_the_last_state() =>
        ForEachSeed(static file => ShouldBe(file.Lose(PowerLoss.Nothing), file.States[^1]));

    [Fact]
    public void All_lost_leaves_what_was_synced() =>
        ForEachSeed(static file => ShouldBe(file.Lose(PowerLoss.All), file.States[0]));

    [Fact]
    public void A_lost_suffix_of_writes_leaves_one_of_the_states_since()
    {
        var found = new HashSet<int>();
        ForEachSeed(file =>
        {
            var left = file.Lose(PowerLoss.Suffix, TornWrites.Never);
            var state = file.States.FindLastIndex(s => s.AsSpan().SequenceEqual(left));
            state.ShouldBeGreaterThanOrEqualTo(0);
            found.Add(file.States.Count - state);
        });
        found.Count.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData(TornWrites.AtByte)]
    [InlineData(TornWrites.AtSector)]
    internal void A_torn_write_leaves_a_state_with_a_part_of_the_next_change(TornWrites torn)
    {
        var parts = 0;
        ForEachSeed(file =>
        {
            var left = file.Lose(PowerLoss.Suffix, torn);
            if (file.States.Exists(s => s.AsSpan().SequenceEqual(left)))
                return;
            Enumerable.Range(1, file.States.Count - 1).Any(i => IsTorn(file.States[i - 1], left, file.States[i], torn)).ShouldBeTrue();
            parts++;
        });
        parts.ShouldBeGreaterThan(Seeds / 10);
    }

    [Fact]
    public void Sectors_that_survive_are_each_of_one_of_the_states()
    {
        var scrambled = 0;
        ForEachSeed(file =>
        {
            var left = file.Lose(PowerLoss.Sectors);
            left.Length.ShouldBeLessThanOrEqualTo(file.States.Max(static s => s.Length));
            for (var at = 0; at < left.Length; at += SmallFile.SectorBytes)
            {
                var sector = left.AsSpan(at, Math.Min(SmallFile.SectorBytes, left.Length - at)).ToArray();
                file.States.Exists(s => Sector(s, at, sector.Length).AsSpan().SequenceEqual(sector)).ShouldBeTrue();
            }
            scrambled += file.States.Exists(s => s.AsSpan().SequenceEqual(left)) ? 0 : 1;
        });
        scrambled.ShouldBeGreaterThan(Seeds / 4);
    }

    [Fact]
    public void A_copy_is_not_what_it_was_copied_from()
    {
        var content = new FileContent();
        content.Write(0, [1, 2, 3]);
        var copy = content.Clone();
        copy.Write(1, [9]);
        content.Sync();
        copy.Lose(PowerLoss.All, new DiskFaults(), new Random(1), new DiskCounters());
        copy.Length.ShouldBe(0);
        var left = new byte[4];
        content.Read(0, left).ShouldBe(3);
        left.ShouldBe([1, 2, 3, 0]);
    }

    private static void ForEachSeed(Action<SmallFile> check)
    {
        for (var seed = 0; seed < Seeds; seed++)
            check(new SmallFile(seed));
    }

    // Shouldly compares byte by byte, and says more than is needed.
    private static void ShouldBe(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> expected) => actual.SequenceEqual(expected).ShouldBeTrue();

    // The tear is where the new bytes end and the old ones, or the file's end, begin.
    private static bool IsTorn(byte[] before, byte[] left, byte[] after, TornWrites torn)
    {
        var step = torn == TornWrites.AtSector ? SmallFile.SectorBytes : 1;
        for (var at = 0; at < left.Length + step; at += step)
        {
            var tear = Math.Min(at, left.Length);
            var old = before.AsSpan(Math.Min(tear, before.Length));
            if (tear <= after.Length && left.AsSpan(0, tear).SequenceEqual(after.AsSpan(0, tear)) && left.AsSpan(tear).SequenceEqual(old))
                return true;
        }
        return false;
    }

    // What is behind the end of a state is a sector of zeros once the file is longer.
    private static byte[] Sector(byte[] state, int at, int count)
    {
        var sector = new byte[count];
        if (at < state.Length)
            state.AsSpan(at, Math.Min(count, state.Length - at)).CopyTo(sector);
        return sector;
    }

    /// <summary>A file that has been through something, and the states that it was in since its last sync.</summary>
    private sealed class SmallFile
    {
        public const int SectorBytes = 16;

        // Around the border of two pages.
        private const int From = 4096 - 200;

        private readonly FileContent _content = new();
        private readonly Random _random;

        public SmallFile(int seed)
        {
            _random = new Random(seed);
            States.Add([]);
            for (var steps = _random.Next(30); steps > 0; steps--)
                Step();
        }

        public List<byte[]> States { get; } = [];

        public byte[] Content()
        {
            var bytes = new byte[_content.Length];
            _content.Read(0, bytes).ShouldBe(bytes.Length);
            return bytes;
        }

        public byte[] Lose(PowerLoss loss, TornWrites torn = TornWrites.AtByte)
        {
            var faults = new DiskFaults { Torn = torn, SectorBytes = SectorBytes };
            _content.Lose(loss, faults, _random, new DiskCounters());
            var left = Content();
            // What is left is on the platter: it survives the next power cut.
            _content.Lose(PowerLoss.All, faults, _random, new DiskCounters());
            ShouldBe(Content(), left);
            return left;
        }

        private void Step()
        {
            var bytes = States[^1];
            switch (_random.Next(12))
            {
                case 0:
                    _content.Sync();
                    States.Clear();
                    break;
                case 1:
                    var longer = bytes.Length + _random.Next(100);
                    _content.Reserve(longer);
                    Array.Resize(ref bytes, longer);
                    break;
                case 2:
                    var shorter = _random.Next(bytes.Length + 1);
                    _content.Cut(shorter);
                    bytes = bytes[..shorter];
                    break;
                default:
                    var written = new byte[_random.Next(1, 80)];
                    _random.NextBytes(written);
                    var at = From + _random.Next(300);
                    _content.Write(at, written);
                    bytes = [.. bytes];
                    Array.Resize(ref bytes, Math.Max(bytes.Length, at + written.Length));
                    written.CopyTo(bytes, at);
                    break;
            }
            States.Add([.. bytes]);
        }
    }
}
