using System.Buffers;
using System.Text;
using KvStore.Protocol.Client;

namespace KvStore.Protocol.Tests.Client;

public sealed class ReplyReaderTests
{
    [Theory]
    [InlineData("+OK\r\n", "Simple:OK", "OK\n")]
    [InlineData("-ERR no\r\n", "Error:ERR no", "ERR no\n")]
    [InlineData("-LOADING no\r\n", "Error:LOADING no", "ERR LOADING no\n")]
    [InlineData(":-12\r\n", "Integer:-12", "-12\n")]
    [InlineData("$5\r\na\r\nb\0\r\n", "Bulk:a\r\nb\0", "\"a\\r\\nb\\x00\"\n")]
    [InlineData("$0\r\n\r\n", "Bulk:", "\"\"\n")]
    [InlineData("$-1\r\n", "Null:(nil)", "(nil)\n")]
    [InlineData("*-1\r\n", "Null:(nil)", "(nil)\n")]
    [InlineData("_\r\n", "Null:(nil)", "(nil)\n")]
    [InlineData("#t\r\n", "Boolean:1", "1\n")]
    [InlineData(",1.5\r\n", "Double:1.5", "1.5\n")]
    [InlineData("(123456789012345678901\r\n", "BigNumber:123456789012345678901", "123456789012345678901\n")]
    [InlineData("=8\r\ntxt:a\r\nb\r\n", "Verbatim:a\r\nb", "a\nb\n")]
    [InlineData("!5\r\nERR x\r\n", "Error:ERR x", "ERR x\n")]
    [InlineData("*0\r\n", "Array:[]", "")]
    [InlineData("*2\r\n$1\r\na\r\n*2\r\n:1\r\n*0\r\n", "Array:[a, [1, []]]", "a\n1\n")]
    [InlineData("%1\r\n+k\r\n~1\r\n:1\r\n", "Map:[k, [1]]", "k\n1\n")]
    [InlineData(">1\r\n+k\r\n", "Push:[k]", "k\n")]
    [InlineData("|1\r\n+ttl\r\n:5\r\n*1\r\n|1\r\n+a\r\n+b\r\n+v\r\n", "Array:[v]", "v\n")]
    public void A_reply_reads_and_prints_whole_and_byte_by_byte(string bytes, string expected, string printed)
    {
        var raw = Encoding.Latin1.GetBytes(bytes + "+next\r\n");
        var whole = new ReplyReader();
        whole.Append(raw);
        Take(whole).ShouldBe([expected, "Simple:next"]);

        var piecewise = new ReplyReader();
        var replies = new List<string>();
        foreach (var b in raw)
        {
            piecewise.Append([b]);
            replies.AddRange(Take(piecewise));
        }
        replies.ShouldBe([expected, "Simple:next"]);

        var again = new ReplyReader();
        again.Append(raw);
        again.TryRead(out var reply).ShouldBeTrue();
        var output = new ArrayBufferWriter<byte>();
        ReplyPrinter.Write(output, reply);
        Encoding.Latin1.GetString(output.WrittenSpan).ShouldBe(printed);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\r\n")]
    [InlineData(":x\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$1\r\nabc\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*99999999999\r\n")]
    [InlineData("$99999999999\r\n")]
    public void What_is_no_reply_is_said_to_be_none(string bytes)
    {
        var reader = new ReplyReader();
        reader.Append(Encoding.Latin1.GetBytes(bytes));
        Should.Throw<ReplyFormatException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        var deep = new ReplyReader();
        deep.Append(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 100_000))));
        Should.Throw<ReplyFormatException>(() => deep.TryRead(out _)).Message.ShouldContain("deeper");

        var large = new ReplyReader(maxBytes: 1000);
        large.Append(Encoding.Latin1.GetBytes("*1000\r\n" + string.Concat(Enumerable.Repeat("+abcdefgh\r\n", 200))));
        Should.Throw<ReplyFormatException>(() => large.TryRead(out _)).Message.ShouldContain("longer");
    }

    [Fact]
    public void A_request_reads_back_as_it_was_written()
    {
        var output = new ArrayBufferWriter<byte>();
        RequestWriter.Write(output, ["SET"u8.ToArray(), [], "a\r\n"u8.ToArray()]);
        Encoding.Latin1.GetString(output.WrittenSpan).ShouldBe("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\na\r\n\r\n");
    }

    private static List<string> Take(ReplyReader reader)
    {
        var replies = new List<string>();
        while (reader.TryRead(out var reply))
            replies.Add($"{reply.Kind}:{reply}");
        return replies;
    }
}
