using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Protocol.Tests.Commands;

public sealed class ConflictTests
{
    private const ulong Mine = (ulong)TestStore.StartMs << 16;

    private readonly TestStore _store = new();

    [Fact]
    public void Without_a_conflict_there_is_nothing_to_show() => _store.Resp("CONFLICTS").ShouldBe("*0\r\n");

    [Fact]
    public void A_conflict_is_a_line_of_text_the_newest_first()
    {
        Lose("my key", 1);
        Lose("k", 2);
        _store.Send("CONFLICTS\n").ShouldBe(
            "2026-11-18T11:06:40.000Z conflict other over node k\n2026-11-18T11:06:40.000Z conflict other over node \"my key\"\n\n");
        _store.Send("CONFLICTS 1\n").ShouldBe("2026-11-18T11:06:40.000Z conflict other over node k\n\n");
    }

    [Fact]
    public void A_conflict_is_a_map_in_RESP()
    {
        Lose("k", 1);
        _store.Resp("HELLO", "3");
        _store.Resp("conflicts").ShouldBe(
            "*1\r\n%8\r\n$3\r\nkey\r\n$1\r\nk\r\n$3\r\ncut\r\n#f\r\n$6\r\nwinner\r\n$5\r\nother\r\n$14\r\nwinner-version\r\n$20\r\n1795000000000.100@ab\r\n"
            + "$5\r\nloser\r\n$4\r\nnode\r\n$13\r\nloser-version\r\n$17\r\n1795000000000.1@7\r\n$5\r\nat-ms\r\n:1795000000000\r\n$8\r\npossible\r\n#f\r\n");
    }

    [Fact]
    public void A_count_that_is_none_is_refused_in_a_line()
    {
        _store.Send("CONFLICTS x\n").ShouldStartWith("ERR value is not an integer");
        _store.Send("CONFLICTS -1\n").ShouldStartWith("ERR value is out of range");
        _store.Send("CONFLICTS 1 2\n").ShouldStartWith("ERR wrong number of arguments");
    }

    /// <summary>A client writes here, and then comes what another node accepted without having seen that.</summary>
    private void Lose(string key, long number)
    {
        _store.Replica.MemberUp(_store.Replica.Member);
        _store.Replica.Tick();
        _store.Replica.Set(Encoding.UTF8.GetBytes(key), "mine"u8);
        _store.Replica.MemberUp("other#1");
        var other = new RegisteredReplica(0xab, "other", 0xab, Mine, _store.Replica.Store, Durable: false, Complete: true, Forgotten: false);
        _store.Replica.Receive(new RegistryUpdate(0xab, _store.Replica.Registry.With(other)));
        var bytes = new byte[100];
        var length = new EntryRecord(RecordKind.Value, new VersionStamp(Mine + 99 + (ulong)number, 0xab), default, 0, Encoding.UTF8.GetBytes(key), "theirs"u8).Write(bytes, 0xab);
        _store.Replica.Receive(new Mutations(0xab, number, 1, bytes.AsMemory(0, length)));
    }
}
