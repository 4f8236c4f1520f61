using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Protocol.Client;

namespace KvStore.Protocol.Tests.Commands;

public sealed class KvDataTests
{
    private readonly TestStore _store = new();

    private TestData Data => _store.Facts.Data;

    [Fact]
    public void DIGEST_is_what_the_data_comes_to()
    {
        _store.Send("SET a 1\nSET b 2\nDEL b\n");
        var digest = $"{_store.Replica.Digest():x32}";
        _store.Send("KVDATA DIGEST\n").ShouldBe(
            $"name: node-1\ngateway: 127.0.0.1:6100\nready: yes\nkeys: 1\nentries: 2\nfloor: 0.0@0\ndigest: {digest}\nvector: {{7:3}}\n\n");
        _store.Facts.Loading = true;
        _store.Resp("KVDATA", "DIGEST").ShouldBe(
            "*16\r\n$4\r\nname\r\n$6\r\nnode-1\r\n$7\r\ngateway\r\n$14\r\n127.0.0.1:6100\r\n$5\r\nready\r\n:0\r\n$4\r\nkeys\r\n:1\r\n$7\r\nentries\r\n:2\r\n"
            + $"$5\r\nfloor\r\n$5\r\n0.0@0\r\n$6\r\ndigest\r\n$32\r\n{digest}\r\n$6\r\nvector\r\n$5\r\n{{7:3}}\r\n");
        _store.Resp("HELLO", "3");
        _store.Resp("KVDATA", "DIGEST").ShouldStartWith("%8\r\n$4\r\nname\r\n");
    }

    [Fact]
    public void Digests_of_partitions_and_slots_add_up_to_the_one_above_them()
    {
        for (var i = 0; i < 2000; i++)
            _store.Resp("SET", $"key:{i}", $"{i}");
        var partitions = Digests("PARTITIONS");
        partitions.Count.ShouldBe(64);
        var floor = ContentHash.DigestTerm([], new EntryView(_store.Replica.Floor, EntryKind.Deleted, 0, []));
        Sum(partitions).ShouldBe(_store.Replica.Digest() - floor);
        for (var partition = 0; partition < 64; partition++)
        {
            var slots = Digests("SLOTS", $"{partition}");
            slots.Count.ShouldBe(256);
            Sum(slots).ShouldBe(partitions[partition]);
        }
    }

    [Fact]
    public void KEYS_are_those_of_the_slot_with_what_their_digest_is_made_of()
    {
        _store.Send("SET {t}1 a\nSET {t}2 b PX 5000\nDEL {t}1\nSET other c\n");
        _store.Resp("SET", "{t}\n", "d");
        var slot = Slot.Of("t"u8);
        var (next, keys) = Keys(slot, "0");
        next.ShouldBe("0");
        keys.Select(static k => $"{k.Items[0]} {k.Items[2]}").Order(StringComparer.Ordinal).ShouldBe(["{t}\n value", "{t}1 deleted", "{t}2 value"]);
        keys.ShouldAllBe(static k => k.Items[1].ToString().EndsWith("@7", StringComparison.Ordinal) && k.Items[3].Bytes.Length == 16);
        var lines = _store.Send($"KVDATA DIGEST KEYS {slot}\n").Split('\n');
        lines[0].ShouldBe("0");
        lines[1..^2].ShouldContain(static l => l.StartsWith("1795000000000.", StringComparison.Ordinal) && l.EndsWith(" \"{t}\\n\"", StringComparison.Ordinal));
        lines[1..^2].Length.ShouldBe(3);
    }

    [Fact]
    public void Pages_of_keys_are_bounded_and_together_complete()
    {
        for (var i = 0; i < 20_000; i++)
            _store.Resp("SET", $"key:{i}", "v");
        for (var i = 0; i < 500; i++)
            _store.Resp("SET", $"{{t}}{i}", "v");
        var slot = Slot.Of("t"u8);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var (cursor, pages) = ("0", 0);
        do
        {
            var (next, keys) = Keys(slot, cursor);
            keys.Count.ShouldBeLessThan(200);
            keys.All(k => Slot.Of(k.Items[0].Bytes.Span) == slot).ShouldBeTrue();
            found.UnionWith(keys.Select(static k => k.Items[0].ToString()).Where(static k => k.StartsWith("{t}", StringComparison.Ordinal)));
            (cursor, pages) = (next, pages + 1);
        }
        while (cursor != "0");
        pages.ShouldBeGreaterThan(4);
        found.Count.ShouldBe(500);
    }

    [Fact]
    public void Digests_are_the_same_on_a_store_that_got_the_same_by_another_way()
    {
        using var other = new Replica(new ReplicaSettings(), startId: 9, hashSeed: 9, member: "node-2");
        other.Advance(TestStore.StartMs);
        other.MemberUp(other.Member);
        other.MemberUp(_store.Replica.Member);
        _store.Replica.MemberUp(_store.Replica.Member);
        _store.Replica.Tick();
        _store.Replica.MemberUp(other.Member);
        // Mutations are taken of a registered replica.
        foreach (var effect in _store.Replica.Outbox.Effects)
            other.Receive(effect.Message);
        other.Receive(new RegistryUpdate(_store.Replica.StartId, _store.Replica.Registry));
        _store.Send("SET a 1\nSET b 2\nSET b 3\nDEL a\n");
        _store.Replica.Flush();
        foreach (var effect in _store.Replica.Outbox.Effects)
            other.Receive(effect.Message);
        for (var partition = 0; partition < 64; partition++)
            other.PartitionDigest(partition).ShouldBe(_store.Replica.PartitionDigest(partition));
        other.SlotDigest(Slot.Of("b"u8)).ShouldNotBe(UInt128.Zero);
        other.SlotDigest(Slot.Of("b"u8)).ShouldBe(_store.Replica.SlotDigest(Slot.Of("b"u8)));
    }

    [Fact]
    public void NODES_and_REPLICAS_are_a_line_each_as_text_and_maps_in_RESP()
    {
        _store.Send("KVDATA NODES\n").ShouldBe("node-1 | 127.0.0.1:4053 | 127.0.0.1:6100 | ready\nnode-2 | 127.0.0.1:4054 |  | unreachable\n\n");
        _store.Send("KVDATA REPLICAS\n").ShouldBe("node-1 | a1 | 7 | live | lag 0 | since 2026-11-18T11:06:40Z\nnode-2 | b2 | 8 | away | lag -1 | \n\n");
        _store.Resp("KVDATA", "NODES").ShouldStartWith("*2\r\n*8\r\n$4\r\nname\r\n$6\r\nnode-1\r\n$7\r\naddress\r\n$14\r\n127.0.0.1:4053\r\n$7\r\ngateway\r\n");
        _store.Resp("HELLO", "3");
        _store.Resp("KVDATA", "REPLICAS").ShouldEndWith(
            "%6\r\n$4\r\nname\r\n$6\r\nnode-2\r\n$5\r\nstore\r\n$2\r\nb2\r\n$5\r\nstart\r\n$1\r\n8\r\n$5\r\nstate\r\n$4\r\naway\r\n$3\r\nlag\r\n:-1\r\n$8\r\nsince-ms\r\n:0\r\n");
    }

    [Fact]
    public void REPAIR_is_begun_and_tells_how_far_it_is()
    {
        _store.Send("KVDATA REPAIR\nKVDATA REPAIR STATUS\n").ShouldBe("OK\n\n");
        Data.Requests.ShouldBe(["repair"]);
        Data.Repairs = [new("node-2", "exchanging", 40, 3, 17, 5, IsDone: false), new("node-3", "done", 100, 0, 0, 0, IsDone: true)];
        _store.Send("KVDATA REPAIR STATUS\n").ShouldBe(
            "node-2 | exchanging | 40% | 3 slots differ | received 17 | sent 5\nnode-3 | done | 100% | 0 slots differ | received 0 | sent 0\n\n");
        _store.Resp("HELLO", "3");
        _store.Resp("KVDATA", "REPAIR", "STATUS").ShouldStartWith(
            "%2\r\n$4\r\ndone\r\n#f\r\n$5\r\npeers\r\n*2\r\n%7\r\n$4\r\npeer\r\n$6\r\nnode-2\r\n$5\r\nphase\r\n$10\r\nexchanging\r\n$7\r\npercent\r\n:40\r\n"
            + "$15\r\nslots-differing\r\n:3\r\n$8\r\nreceived\r\n:17\r\n$4\r\nsent\r\n:5\r\n$4\r\ndone\r\n#f\r\n");
    }

    [Fact]
    public void What_is_refused_is_one_error_line()
    {
        Data.Refusal = "there is no replica 'x'";
        _store.Send("KVDATA FORGET x\nKVDATA REPAIR\n").ShouldBe("ERR there is no replica 'x'\nERR there is no replica 'x'\n");
        Data.Requests.ShouldBe(["forget x", "repair"]);
    }

    [Fact]
    public void EXPORT_brings_every_live_entry_in_pages()
    {
        for (var i = 0; i < 3000; i++)
            _store.Resp("SET", $"key:{i}", new string('v', 300));
        _store.Send("SET gone x PX 1000\nSET stays x PX 9000\nDEL key:0\n");
        _store.Resp("SET", "empty\0", "");
        _store.Resp("SET", "large", new string('l', 1_000_000));
        _store.Replica.Advance(TestStore.StartMs + 5000);
        var found = new Dictionary<string, (int Length, long ExpiresAtMs)>(StringComparer.Ordinal);
        var (cursor, pages) = ("0", 0);
        do
        {
            var page = Ask("KVDATA", "EXPORT", cursor);
            var records = page.Items[1].Bytes.Span;
            EntryRecord.Validate(records, (int)page.Items[2].Integer);
            while (!records.IsEmpty)
            {
                var record = EntryRecord.Read(ref records, origin: 0);
                record.Kind.ShouldBe(RecordKind.Value);
                found[Encoding.Latin1.GetString(record.Key)] = (record.Value.Length, record.ExpiresAtMs);
            }
            if (!found.ContainsKey("large"))
                page.Items[1].Bytes.Length.ShouldBeLessThan(300_000);
            (cursor, pages) = (page.Items[0].ToString(), pages + 1);
        }
        while (cursor != "0");
        pages.ShouldBeGreaterThan(3);
        found.Count.ShouldBe(3002);
        found["stays"].ShouldBe((1, TestStore.StartMs + 9000));
        found["empty\0"].ShouldBe((0, 0));
        found["large"].ShouldBe((1_000_000, 0));
    }

    [Theory]
    [InlineData("KVDATA", "ERR wrong number of arguments for 'kvdata' command\n")]
    [InlineData("KVDATA FOO", "ERR unknown subcommand 'FOO'. Try KVDATA HELP.\n")]
    [InlineData("KVDATA DIGEST FOO", "ERR syntax error\n")]
    [InlineData("KVDATA DIGEST PARTITIONS 1", "ERR syntax error\n")]
    [InlineData("KVDATA DIGEST SLOTS", "ERR syntax error\n")]
    [InlineData("KVDATA DIGEST SLOTS x", "ERR value is not an integer or out of range\n")]
    [InlineData("KVDATA DIGEST SLOTS 64", "ERR there is no partition 64: they are 0 to 63\n")]
    [InlineData("KVDATA DIGEST SLOTS -1", "ERR there is no partition -1: they are 0 to 63\n")]
    [InlineData("KVDATA DIGEST KEYS 16384", "ERR there is no slot 16384: they are 0 to 16383\n")]
    [InlineData("KVDATA DIGEST KEYS 1 x", "ERR invalid cursor\n")]
    [InlineData("KVDATA DIGEST KEYS 1 0 0", "ERR syntax error\n")]
    [InlineData("KVDATA EXPORT", "ERR wrong number of arguments for 'kvdata|export' command\n")]
    [InlineData("KVDATA EXPORT x", "ERR invalid cursor\n")]
    [InlineData("KVDATA REPAIR NOW", "ERR syntax error\n")]
    [InlineData("KVDATA REPAIR STATUS NOW", "ERR syntax error\n")]
    [InlineData("KVDATA FORGET", "ERR wrong number of arguments for 'kvdata|forget' command\n")]
    public void A_request_that_makes_no_sense_gets_one_line(string line, string error)
    {
        _store.Send(line + "\nPING\n").ShouldBe(error + "PONG\n");
        Data.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void While_the_node_loads_it_answers_questions_but_neither_exports_nor_repairs()
    {
        _store.Facts.Loading = true;
        foreach (var word in (string[])["DIGEST", "DIGEST PARTITIONS", "NODES", "REPAIR STATUS", "REPLICAS", "FORGET a", "HELP"])
            _store.Send($"KVDATA {word}\n").ShouldNotContain("LOADING");
        foreach (var word in (string[])["EXPORT 0", "REPAIR"])
            _store.Send($"KVDATA {word}\n").ShouldStartWith("ERR LOADING");
        var help = _store.Send("KVDATA HELP\n");
        foreach (var word in (string[])["DIGEST [PARTITIONS | SLOTS partition | KEYS slot [cursor]]\n", "NODES\n", "REPAIR [STATUS]\n", "FORGET name\n", "EXPORT cursor\n"])
            help.ShouldContain(word);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("18446744073709551615")]
    [InlineData("12345678901234567")]
    public void A_cursor_that_nobody_gave_is_answered_all_the_same(string cursor)
    {
        _store.Send("SET a 1\n");
        _store.Resp("KVDATA", "EXPORT", cursor).ShouldStartWith("*3\r\n");
        _store.Resp("KVDATA", "DIGEST", "KEYS", "0", cursor).ShouldStartWith("*2\r\n");
        _store.Resp("KVDATA", "DIGEST", "KEYS", "16383", cursor).ShouldStartWith("*2\r\n");
    }

    private static UInt128 Sum(IEnumerable<UInt128> digests) => digests.Aggregate(UInt128.Zero, static (sum, digest) => sum + digest);

    private List<UInt128> Digests(params string[] what) =>
        [.. Ask(["KVDATA", "DIGEST", .. what]).Items.Select(static d => UInt128.Parse(d.ToString(), System.Globalization.NumberStyles.HexNumber))];

    private (string Next, IReadOnlyList<Reply> Keys) Keys(int slot, string cursor)
    {
        var reply = Ask("KVDATA", "DIGEST", "KEYS", $"{slot}", cursor);
        return (reply.Items[0].ToString(), reply.Items[1].Items);
    }

    private Reply Ask(params string[] arguments)
    {
        var reader = new ReplyReader();
        reader.Append(Encoding.Latin1.GetBytes(_store.Resp(arguments)));
        reader.TryRead(out var reply).ShouldBeTrue();
        return reply;
    }
}
