using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Resp;

public sealed class RequestParserTests
{
    private static readonly RequestLimits Small = new()
    {
        MaxKeyBytes = 8,
        MaxValueBytes = 12,
        MaxRequestBytes = 90,
        MaxArguments = 6,
        MaxLineBytes = 40,
    };

    public static TheoryData<string, string> Scripts() => new()
    {
        { "*1\r\n$4\r\nPING\r\n", "resp[PING]ping" },
        { "*3\r\n$3\r\nset\r\n$1\r\na\r\n$3\r\n1\r\n\r\n", "resp[set|a|1\r\n]set" },
        { "*2\r\n$3\r\nGET\r\n$0\r\n\r\n*1\r\n$0\r\n\r\n", "resp[GET|]get resp[]" },
        { "*0\r\n*-1\r\n*-77\r\n\r\n  \r\n\nPING\n", "text[PING]ping" },
        { "GET a\r\nGET b\n*2\r\n$3\r\nGET\r\n$1\r\nc\r\nget d\n", "text[GET|a]get text[GET|b]get resp[GET|c]get text[get|d]get" },
        { "SET k \"a b\\n\\x41\" 'x\\'y'\nGET k\n", "text[SET|k|a b\nA|x'y]set text[GET|k]get" },
        { "PUT key  the rest \r\nDELETE key\nEXIT\n", "text[PUT|key| the rest ]put text[DELETE|key]del text[EXIT]quit" },
        { "SET a \"b\nGET a\n", "error(ERR Protocol error: unbalanced quotes in request) text[GET|a]get" },
        { "nonsense\r\n*1\r\n$8\r\nNONSENSE\r\n", "text[nonsense] resp[NONSENSE]" },
        // Beyond a limit, with something behind that must still be understood.
        { "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$13\r\n1234567890123\r\nPING\n",
            "error(ERR value of 13 bytes exceeds kv.limits.value (12 bytes)) text[PING]ping" },
        { "*2\r\n$3\r\nGET\r\n$9\r\n123456789\r\nPING\n", "error(ERR key of 9 bytes exceeds kv.limits.key (8 bytes)) text[PING]ping" },
        { "*3\r\n$3\r\nSET\r\n$8\r\n12345678\r\n$12\r\n123456789012\r\n", "resp[SET|12345678|123456789012]set" },
        { "*5\r\n$4\r\nMSET\r\n$1\r\na\r\n$12\r\n123456789012\r\n$9\r\n123456789\r\n$1\r\nb\r\nPING\n",
            "error(ERR key of 9 bytes exceeds kv.limits.key (8 bytes)) text[PING]ping" },
        { "*2\r\n$4\r\nECHO\r\n$9\r\n123456789\r\n", "resp[ECHO|123456789]echo" },
        { "*7\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\na\r\n$1\r\na\r\n$1\r\na\r\n$1\r\na\r\n$1\r\na\r\nPING\n",
            "error(ERR request of 7 arguments exceeds the limit of 6 arguments) text[PING]ping" },
        { "*6\r\n$12\r\n123456789012\r\n$12\r\n123456789012\r\n$12\r\n123456789012\r\n$12\r\n123456789012\r\n$12\r\n123456789012\r\n$1\r\na\r\nPING\n",
            "error(ERR request of at least 99 bytes exceeds kv.limits.request (90 bytes)) text[PING]ping" },
        { "ECHO 56789012345678901234567890123456789012\nPING\n", "error(ERR line exceeds kv.limits.line (40 bytes)) text[PING]ping" },
        { "GET 123456789\nECHO 1234567890123\nPING\n",
            "error(ERR key of 9 bytes exceeds kv.limits.key (8 bytes)) error(ERR value of 13 bytes exceeds kv.limits.value (12 bytes)) text[PING]ping" },
        // As Redis words them; nothing behind is read.
        { "*1\r\nx4\r\nPING\r\n", "error(ERR Protocol error: expected '$', got 'x')" },
        { "PING\n*1\r\n:4\r\nPING\r\n", "text[PING]ping error(ERR Protocol error: expected '$', got ':')" },
        { "*1\r\n\r\n", "error(ERR Protocol error: expected '$', got ' ')" },
        { "*x\r\nPING\n", "error(ERR Protocol error: invalid multibulk length)" },
        { "*\r\nPING\n", "error(ERR Protocol error: invalid multibulk length)" },
        { "*01\r\n$4\r\nPING\r\n", "error(ERR Protocol error: invalid multibulk length)" },
        { "*+1\r\n$4\r\nPING\r\n", "error(ERR Protocol error: invalid multibulk length)" },
        { "*2147483648\r\n", "error(ERR Protocol error: invalid multibulk length)" },
        { "*99999999999999999999\r\n", "error(ERR Protocol error: invalid multibulk length)" },
        { "*" + new string('1', 100), "error(ERR Protocol error: too big mbulk count string)" },
        { "*1\r\n$-1\r\n", "error(ERR Protocol error: invalid bulk length)" },
        { "*1\r\n$\r\n", "error(ERR Protocol error: invalid bulk length)" },
        { "*1\r\n$04\r\nPING\r\n", "error(ERR Protocol error: invalid bulk length)" },
        { "*1\r\n$4 \r\nPING\r\n", "error(ERR Protocol error: invalid bulk length)" },
        { "*1\r\n$536870913\r\n", "error(ERR Protocol error: invalid bulk length)" },
        { "*1\r\n$" + new string('1', 100), "error(ERR Protocol error: too big bulk count string)" },
        { "*1\r\n$4\r\nPINGxxPING\r\n", "error(ERR Protocol error: expected CRLF after bulk string)" },
        { "*1\r\n$4\r\nPING\rxPING\r\n", "error(ERR Protocol error: expected CRLF after bulk string)" },
        // Not complete: nothing yet.
        { "*2\r\n$3\r\nGET\r\n$5\r\nab", "" },
        { "GET a", "" },
        { "*536870912\r\n", "" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_gives_the_same_requests_whole_in_pieces_and_byte_by_byte(string script, string expected)
    {
        var bytes = ParsedRequests.Bytes(script);
        Joined(ParsedRequests.Of(Small, bytes)).ShouldBe(expected);
        Joined(ParsedRequests.Of(Small, bytes.Select(static b => new[] { b }))).ShouldBe(expected);
        Joined(ParsedRequests.OfSequence(Small, bytes.Select(static b => new[] { b }))).ShouldBe(expected);
        for (var i = 0; i <= bytes.Length; i++)
        {
            Joined(ParsedRequests.Of(Small, bytes[..i], bytes[i..])).ShouldBe(expected);
            for (var j = i; j <= bytes.Length; j++)
                Joined(ParsedRequests.OfSequence(Small, [bytes[..i], bytes[i..j], bytes[j..]])).ShouldBe(expected);
        }
    }

    [Fact]
    public void A_batch_takes_a_bounded_number_of_requests_and_the_rest_comes_next()
    {
        var bytes = ParsedRequests.Bytes(string.Concat(Enumerable.Repeat("*1\r\n$4\r\nPING\r\n", 3000)));
        var parser = new RequestParser(RequestLimits.Default);
        var batch = new CommandBatch(RequestLimits.Default);
        var counts = new List<int>();
        for (var at = 0; at < bytes.Length;)
        {
            at += parser.Parse(bytes.AsMemory(at), batch);
            counts.Add(batch.Count);
            batch.Reset();
        }
        counts.ShouldBe([1024, 1024, 952]);
    }

    [Fact]
    public void A_request_in_one_segment_is_not_copied_and_one_in_two_is()
    {
        var parser = new RequestParser(RequestLimits.Default);
        var batch = new CommandBatch(RequestLimits.Default);
        var bytes = ParsedRequests.Bytes("*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nGET\r\n$1");
        parser.Parse(bytes, batch).ShouldBe(bytes.Length);
        batch.Argument(0, 1).Overlaps(bytes).ShouldBeTrue();
        var rest = ParsedRequests.Bytes("\r\nb\r\n");
        parser.Parse(rest, batch).ShouldBe(rest.Length);
        batch.Count.ShouldBe(2);
        batch.Argument(0, 1).ToArray().ShouldBe("a"u8.ToArray());
        batch.Argument(1, 1).ToArray().ShouldBe("b"u8.ToArray());
        batch.Argument(1, 1).Overlaps(rest).ShouldBeFalse();
    }

    [Fact]
    public void Memory_that_is_no_array_is_understood_too()
    {
        using var memory = new NativeMemory("*2\r\n$3\r\nGET\r\n$1\r\na\r\n"u8);
        var batch = new CommandBatch(RequestLimits.Default);
        new RequestParser(RequestLimits.Default).Parse(memory.Memory, batch).ShouldBe(20);
        batch.Argument(0, 1).ToArray().ShouldBe("a"u8.ToArray());
    }

    private static string Joined(List<string> requests) => string.Join(' ', requests);
}
