using System.Text;
using KvStore.Cli.Backup;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Cli.Tests.Backup;

public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"kv-backup-{Guid.NewGuid():n}");
    private readonly FakeNode _node = new("node-1", 7);
    private readonly KvRun _kv = new();

    private string FileName => Path.Combine(_folder, BackupFormat.FileName);

    public void Dispose()
    {
        _node.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_backed_up_comes_back()
    {
        using var other = new FakeNode("node-2", 8);
        Fill(_node.Replica, 10_000);
        (await _kv.RunAsync("backup", _folder, "--at", _node.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldBe($"10000 keys, {new FileInfo(FileName).Length} bytes: {FileName}\n");
        File.Exists(FileName + ".tmp").ShouldBeFalse();
        (await _kv.RunAsync("restore", _folder, "--at", other.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldBe("10000 keys restored\n");
        other.Replica.Count.ShouldBe(10_000);
        var restored = Contents(other.Replica);
        Contents(_node.Replica).Where(e => !restored.TryGetValue(e.Key, out var entry) || entry != e.Value).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_expired_meanwhile_is_left_out()
    {
        _node.Replica.Set("stays"u8, "1"u8, FakeNode.StartMs + 9000);
        _node.Replica.Set("expires"u8, "1"u8, FakeNode.StartMs + 1000);
        (await _kv.RunAsync("backup", _folder, "--at", _node.Port, "--json")).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldStartWith("""{"keys":2,"bytes":""");
        using var other = new FakeNode("node-2", 8);
        other.Replica.Advance(FakeNode.StartMs + 5000);
        (await _kv.RunAsync("restore", _folder, "--at", other.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldBe("1 key restored, 1 had expired\n");
        Contents(other.Replica).Keys.ShouldBe(["stays"]);
    }

    [Fact]
    public async Task A_backup_of_nothing_is_one()
    {
        (await _kv.RunAsync("backup", _folder, "--at", _node.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        (await _kv.RunAsync("restore", _folder, "--at", _node.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldBe("0 keys restored\n");
    }

    [Fact]
    public async Task A_backup_is_not_overwritten()
    {
        await _kv.RunAsync("backup", _folder, "--at", _node.Port);
        var bytes = File.ReadAllBytes(FileName);
        _node.Replica.Set("a"u8, "1"u8, 0);
        (await _kv.RunAsync("backup", _folder, "--at", _node.Port)).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe($"kv: {FileName} is there already: choose another folder, or remove it\n");
        File.ReadAllBytes(FileName).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_node_that_refuses_leaves_nothing_behind()
    {
        _node.Loading = true;
        (await _kv.RunAsync("backup", _folder, "--at", _node.Port)).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldStartWith("ERR LOADING");
        Directory.Exists(_folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_that_breaks_off_leaves_nothing_that_looks_like_one()
    {
        Fill(_node.Replica, 10_000);
        var batches = 0;
        _node.OnBatch = () => _node.Loading = ++batches > 2;
        (await _kv.RunAsync("backup", _folder, "--at", _node.Port)).ShouldBe(ExitCode.ErrorReply);
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_with_keys_is_restored_into_only_if_told_how()
    {
        _node.Replica.Set("a"u8, "backed up"u8, 0);
        await _kv.RunAsync("backup", _folder, "--at", _node.Port);
        _node.Replica.Set("a"u8, "newer"u8, 0);
        _node.Replica.Set("b"u8, "other"u8, 0);
        (await _kv.RunAsync("restore", _folder, "--at", _node.Port)).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldStartWith("kv: the database has 2 keys: --replace removes them first, --merge ");
        Contents(_node.Replica)["a"].Value.ShouldBe("newer");
        (await _kv.RunAsync("restore", "--merge", _folder, "--at", _node.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        Contents(_node.Replica).ToDictionary(static p => p.Key, static p => p.Value.Value)
            .ShouldBe(new Dictionary<string, string> { ["a"] = "backed up", ["b"] = "other" }, ignoreOrder: true);
        (await _kv.RunAsync("restore", _folder, "--replace", "--at", _node.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        Contents(_node.Replica).Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_restore_stops_at_the_first_key_that_is_refused_and_says_how_far_it_came()
    {
        Fill(_node.Replica, 2000);
        await _kv.RunAsync("backup", _folder, "--at", _node.Port);
        using var other = new FakeNode("node-2", 8);
        var batches = 0;
        other.OnBatch = () => other.WriteRefusal = ++batches > 4 ? "MISCONF the disk is full" : null;
        (await _kv.RunAsync("restore", _folder, "--at", other.Port)).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldMatch("kv: the node refused the key .* after [1-9][0-9]* were restored: MISCONF the disk is full");
    }

    [Fact]
    public async Task A_cut_anywhere_is_noticed_before_anything_is_changed()
    {
        Fill(_node.Replica, 40);
        await _kv.RunAsync("backup", _folder, "--at", _node.Port);
        var bytes = File.ReadAllBytes(FileName);
        for (var length = 0; length < bytes.Length; length += 1 + (length / 50))
        {
            File.WriteAllBytes(FileName, bytes[..length]);
            await RefusesAsync($"cut to {length}");
        }
        File.WriteAllBytes(FileName, [.. bytes, 0]);
        await RefusesAsync("a byte more");
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_noticed_before_anything_is_changed()
    {
        Fill(_node.Replica, 40);
        await _kv.RunAsync("backup", _folder, "--at", _node.Port);
        var bytes = File.ReadAllBytes(FileName);
        for (var at = 0; at < bytes.Length; at += at < 64 || at > bytes.Length - 40 ? 1 : 37)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(FileName, damaged);
            await RefusesAsync($"byte {at} of {bytes.Length}");
        }
    }

    [Fact]
    public async Task Blocks_that_changed_places_are_noticed()
    {
        using (var file = new BackupWriter(_folder, 1))
        {
            foreach (var key in (string[])["a", "b"])
            {
                var record = new byte[100];
                file.Write(record.AsSpan(0, new EntryRecord(RecordKind.Value, default, default, 0, Encoding.ASCII.GetBytes(key), "1"u8).Write(record, 0)), 1);
            }
            file.Complete();
        }
        var bytes = File.ReadAllBytes(FileName);
        var block = (bytes.Length - BackupFormat.HeaderBytes - BackupFormat.BlockHeadBytes - BackupFormat.TotalsBytes) / 2;
        var first = BackupFormat.HeaderBytes;
        File.WriteAllBytes(FileName, [.. bytes[..first], .. bytes[(first + block)..(first + (2 * block))], .. bytes[first..(first + block)], .. bytes[(first + (2 * block))..]]);
        await RefusesAsync("swapped");
        File.WriteAllBytes(FileName, [.. bytes[..first], .. bytes[(first + block)..]]);
        await RefusesAsync("missing");
        File.WriteAllBytes(FileName, bytes);
        using var other = new FakeNode("node-2", 8);
        (await _kv.RunAsync("restore", _folder, "--at", other.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
    }

    [Fact]
    public async Task What_is_no_backup_is_said_so()
    {
        (await _kv.RunAsync("restore", _folder, "--at", _node.Port)).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe($"kv: there is no kvstore-backup.kvb in {_folder}\n");
        Directory.CreateDirectory(_folder);
        File.WriteAllText(FileName, "something else altogether, and long enough");
        (await _kv.RunAsync("restore", _folder, "--at", _node.Port)).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe($"kv: {FileName} is not a backup\n");
    }

    // Binary keys and values, empty values, expiries, a value larger than a page.
    private static void Fill(Replica replica, int count)
    {
        for (var i = 0; i < count; i++)
        {
            byte[] key = [.. BitConverter.GetBytes(i), 0, 0xff, (byte)'\r', (byte)'\n'];
            var value = i switch { 7 => new byte[count > 1000 ? 1_000_000 : 1000], _ when i % 10 == 0 => [], _ => [.. Enumerable.Repeat((byte)i, 100)] };
            replica.Set(key, value, i % 3 == 0 ? FakeNode.StartMs + 1_000_000 + i : 0);
        }
    }

    private static Dictionary<string, (string Value, long ExpiresAtMs)> Contents(Replica replica)
    {
        var contents = new Collector();
        for (ulong cursor = 0; (cursor = replica.Scan(cursor, 1000, ref contents)) != 0;)
        {
        }
        return contents.Entries;
    }

    private async Task RefusesAsync(string why)
    {
        using var other = new FakeNode("node-2", 8);
        (await _kv.RunAsync("restore", _folder, "--at", other.Port)).ShouldBe(ExitCode.ErrorReply, why);
        _kv.Error.ShouldMatch("is damaged at byte|is not a backup|is a backup of format", why);
        other.Replica.Count.ShouldBe(0);
    }

    private sealed class Collector : IEntryVisitor
    {
        public Dictionary<string, (string, long)> Entries { get; } = new(StringComparer.Ordinal);

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) =>
            Entries[Encoding.Latin1.GetString(key)] = (Encoding.Latin1.GetString(entry.Value), entry.ExpiresAtMs);
    }
}
