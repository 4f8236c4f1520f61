using KvStore.Core.Storage;
using KvStore.Node.Disk;

namespace KvStore.Node.Tests.Store;

/// <summary>
/// A wall clock that was set back between two starts. Start ids are random in life, which would hide it: here every start has the same one,
/// so that nothing but the ceiling in the log keeps the versions apart.
/// </summary>
public sealed class ClockTests : IDisposable
{
    private const int Starts = 4;
    private const int KeysPerStart = 40;

    private readonly string _root = Path.Combine(Path.GetTempPath(), "kv-clock-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(false, "interval")]
    [InlineData(true, "interval")]
    [InlineData(true, "never")]
    public async Task With_the_clock_an_hour_back_at_every_start_no_version_is_used_twice_and_the_later_write_wins(bool killed, string fsync)
    {
        var writes = new Dictionary<string, string>(StringComparer.Ordinal);
        var greatest = (Ms: 0L, Counter: 0L);
        var folder = Path.Combine(_root, "0");
        for (var start = 0; start < Starts; start++)
        {
            var settings = $"kv.durability = on, kv.data-folder = \"{folder}\", kv.log.fsync = {fsync}";
            var disk = new FileDisk(folder);
            var clock = new ShiftedClock(TimeSpan.FromHours(-start));
            await using (var node = await NodeFixture.StartAsync(settings, disk: (disk, disk.Identify(0x77).Replica), time: clock))
            {
                // A name of its own in each start, and one that all of them overwrite.
                for (var i = 0; i < KeysPerStart; i++)
                    (await node.TalkAsync($"SET {{tag}}:{start}:{i} {start}\nSET {{tag}}:all {start}:{i}\n")).ShouldBe("OK\nOK\n");
                (await node.TalkAsync("GET {tag}:all\n")).ShouldBe($"{start}:{KeysPerStart - 1}\n");

                var fresh = (await VersionsAsync(node)).Where(e => e.Key.StartsWith($"{{tag}}:{start}:", StringComparison.Ordinal) || e.Key == "{tag}:all").ToList();
                fresh.Count.ShouldBe(KeysPerStart + 1);
                foreach (var (key, version) in fresh)
                    writes.TryAdd(version, key).ShouldBeTrue($"{version} is that of {writes[version]}, and now of {key}");
                fresh.Min(static e => Parse(e.Version)).ShouldBeGreaterThan(greatest, "what is written later has the greater version");
                greatest = fresh.Max(static e => Parse(e.Version));

                // All that was answered is in the files, whoever reads them: a copy of them is what kill -9 would leave.
                if (killed)
                    folder = Copy(folder, Path.Combine(_root, $"{start + 1}"));
            }
        }
    }

    private static async Task<IReadOnlyList<(string Key, string Version)>> VersionsAsync(NodeFixture node)
    {
        var slot = Slot.Of("tag"u8);
        var entries = new List<(string, string)>();
        var cursor = "0";
        do
        {
            var lines = (await node.TalkAsync($"KVDATA DIGEST KEYS {slot} {cursor}\n")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            cursor = lines[0].Split(' ')[^1];
            entries.AddRange(lines.Skip(1).Select(static l => l.Split(' ')).Select(static f => (f.First(static p => p.StartsWith("{tag}", StringComparison.Ordinal)), f.First(static p => p.Contains('@', StringComparison.Ordinal)))));
        }
        while (cursor != "0");
        return entries;
    }

    private static (long Ms, long Counter) Parse(string version)
    {
        var parts = version.Split('.', '@');
        return (long.Parse(parts[0]), long.Parse(parts[1]));
    }

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            // The lock is the running node's.
            if (Path.GetFileName(file) != "LOCK")
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        return to;
    }

    /// <summary>The system's clock, set by so much.</summary>
    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
