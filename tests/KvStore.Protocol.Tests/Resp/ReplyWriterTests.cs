using System.Text;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Resp;

public sealed class ReplyWriterTests
{
    public static TheoryData<string, Action<ReplyWriter>, string, string, string> Replies() => new()
    {
        { "ok", static w => w.Ok(), "+OK\r\n", "+OK\r\n", "OK\n" },
        { "simple", static w => w.Simple("PONG"u8), "+PONG\r\n", "+PONG\r\n", "PONG\n" },
        { "error", static w => w.Error("ERR a\r\nb"), "-ERR a  b\r\n", "-ERR a  b\r\n", "ERR a  b\n" },
        { "coded error", static w => w.Error("LOADING x"u8), "-LOADING x\r\n", "-LOADING x\r\n", "ERR LOADING x\n" },
        { "integer", static w => w.Integer(-7), ":-7\r\n", ":-7\r\n", "-7\n" },
        { "largest", static w => w.Integer(long.MinValue), ":-9223372036854775808\r\n", ":-9223372036854775808\r\n", "-9223372036854775808\n" },
        { "two digits", static w => w.Integer(42), ":42\r\n", ":42\r\n", "42\n" },
        { "bulk", static w => w.Bulk("abc"u8), "$3\r\nabc\r\n", "$3\r\nabc\r\n", "abc\n" },
        { "empty bulk", static w => w.Bulk(""u8), "$0\r\n\r\n", "$0\r\n\r\n", "\"\"\n" },
        { "binary bulk", static w => w.Bulk("\r\n\0"u8), "$3\r\n\r\n\0\r\n", "$3\r\n\r\n\0\r\n", "\"\\r\\n\\x00\"\n" },
        { "null", static w => w.Null(), "$-1\r\n", "_\r\n", "(nil)\n" },
        { "null array", static w => w.NullArray(), "*-1\r\n", "_\r\n", "(nil)\n" },
        { "double", static w => w.Double(1.5), "$3\r\n1.5\r\n", ",1.5\r\n", "1.5\n" },
        { "infinity", static w => w.Double(double.NegativeInfinity), "$4\r\n-inf\r\n", ",-inf\r\n", "-inf\n" },
        { "true", static w => w.Boolean(true), ":1\r\n", "#t\r\n", "1\n" },
        { "false", static w => w.Boolean(false), ":0\r\n", "#f\r\n", "0\n" },
        { "empty array", static w => w.Array(0), "*0\r\n", "*0\r\n", "\n" },
        { "verbatim", static w => w.Verbatim("# A\r\na:1\r\n\r\n# B\r\n"u8), "$17\r\n# A\r\na:1\r\n\r\n# B\r\n\r\n",
            "=21\r\ntxt:# A\r\na:1\r\n\r\n# B\r\n\r\n", "# A\na:1\n# B\n\n" },
        { "map", static w => { w.Map(1); w.Bulk("k"u8); w.Integer(1); }, "*2\r\n$1\r\nk\r\n:1\r\n", "%1\r\n$1\r\nk\r\n:1\r\n", "k\n1\n\n" },
        { "set", static w => { w.Set(1); w.Integer(1); }, "*1\r\n:1\r\n", "~1\r\n:1\r\n", "1\n\n" },
        { "push", static w => { w.Push(1); w.Integer(1); }, "*1\r\n:1\r\n", ">1\r\n:1\r\n", "1\n\n" },
        { "nested", static w => { w.Array(3); w.Array(2); w.Integer(1); w.Null(); w.Array(0); w.Ok(); },
            "*3\r\n*2\r\n:1\r\n$-1\r\n*0\r\n+OK\r\n", "*3\r\n*2\r\n:1\r\n_\r\n*0\r\n+OK\r\n", "1\n(nil)\nOK\n\n" },
        { "nested empty at the end", static w => { w.Array(2); w.Ok(); w.Array(0); }, "*2\r\n+OK\r\n*0\r\n", "*2\r\n+OK\r\n*0\r\n", "OK\n\n" },
        { "deferred", static w => { var mark = w.BeginDeferred(); w.Bulk("a"u8); w.Bulk("b"u8); w.EndDeferredArray(mark, 2); },
            "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "a\nb\n\n" },
        { "scan", static w => { var mark = w.BeginDeferred(); w.Bulk("a"u8); w.EndDeferredScan(mark, ulong.MaxValue, 1); },
            "*2\r\n$20\r\n18446744073709551615\r\n*1\r\n$1\r\na\r\n", "*2\r\n$20\r\n18446744073709551615\r\n*1\r\n$1\r\na\r\n",
            "18446744073709551615\na\n\n" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_has_its_bytes_in_each_of_the_three_formats(
        string name, Action<ReplyWriter> write, string resp2, string resp3, string text)
    {
        Write(ReplyFormat.Resp2, write).ShouldBe(resp2, name);
        Write(ReplyFormat.Resp3, write).ShouldBe(resp3, name);
        Write(ReplyFormat.Text, write).ShouldBe(text, name);
    }

    [Fact]
    public void A_rollback_takes_back_the_reply_and_nothing_before_it()
    {
        var buffer = new ReplyBuffer(1 << 20);
        var writer = new ReplyWriter(buffer);
        writer.Begin(ReplyFormat.Text);
        writer.Ok();
        writer.Begin(ReplyFormat.Text);
        writer.Array(3);
        writer.Integer(1);
        writer.Rollback();
        writer.Ok();
        Encoding.Latin1.GetString(buffer.Written).ShouldBe("OK\nOK\n");
    }

    [Fact]
    public void A_buffer_that_grew_gives_its_array_back_when_it_is_cleared()
    {
        var buffer = new ReplyBuffer(10_000_000);
        var writer = new ReplyWriter(buffer);
        writer.Begin(ReplyFormat.Resp2);
        writer.Bulk(new byte[1_000_000]);
        buffer.Bytes.Length.ShouldBeGreaterThan(1_000_000);
        buffer.Clear();
        buffer.Bytes.Length.ShouldBeLessThan(65_536);
    }

    [Fact]
    public void One_reply_is_bounded_and_several_are_not_mistaken_for_one()
    {
        var buffer = new ReplyBuffer(10_000);
        var writer = new ReplyWriter(buffer);
        for (var i = 0; i < 5; i++)
        {
            writer.Begin(ReplyFormat.Resp2);
            writer.Bulk(new byte[6_000]);
        }
        Should.Throw<ReplyTooLongException>(() =>
        {
            writer.Begin(ReplyFormat.Resp2);
            for (var i = 0; i < 100; i++)
                writer.Bulk(new byte[6_000]);
        });
    }

    private static string Write(ReplyFormat format, Action<ReplyWriter> write)
    {
        var buffer = new ReplyBuffer(1 << 20);
        var writer = new ReplyWriter(buffer);
        writer.Begin(format);
        write(writer);
        return Encoding.Latin1.GetString(buffer.Written);
    }
}
