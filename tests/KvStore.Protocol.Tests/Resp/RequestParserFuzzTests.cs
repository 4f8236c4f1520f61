using KvStore.Protocol.Resp;
using KvStore.Protocol.Tests.Commands;

namespace KvStore.Protocol.Tests.Resp;

/// <summary>Half a million inputs near the protocol: nothing but requests and typed errors may come out.</summary>
public sealed class RequestParserFuzzTests
{
    private const int Inputs = 500_000;

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "*1\r\n", "*2\r\n", "*3\r\n", "$3\r\n", "$1\r\n", "$0\r\n", "\r\n", "\r", "\n", "GET", "SET", "a", "*", "$", "-1", "0",
            "9999999", "99999999999", "\"", "'", "\\", "\\x4", " ", "PUT ", "*2\r\n$3\r\nGET\r\n$1\r\na\r\n", "PING\r\n", "\0", "\u00ff", ":",
            "$12\r\n", "123456789012", "*1048577\r\n", "$536870912\r\n",
        }.Select(ParsedRequests.Bytes),
    ];

    [Fact]
    public void Random_input_gives_requests_or_typed_errors_and_nothing_else()
    {
        var random = new Random(20_260_101);
        var limits = new RequestLimits { MaxKeyBytes = 10, MaxValueBytes = 20, MaxRequestBytes = 100, MaxLineBytes = 50 };
        var buffer = new byte[512];
        var requests = 0;
        var errors = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var parser = new RequestParser(limits);
            var batch = new CommandBatch(limits);
            var length = Fill(buffer, random);
            for (var at = 0; at < length;)
            {
                var size = Math.Min(random.Next(1, 40), length - at);
                var consumed = parser.Parse(buffer.AsMemory(at, size), batch);
                consumed.ShouldBeOneOf(size);
                at += consumed;
            }
            for (var c = 0; c < batch.Count; c++)
            {
                ref readonly var request = ref batch[c];
                if (request.Error is { } error)
                    errors += error.Message.StartsWith("ERR ", StringComparison.Ordinal) ? 1 : throw new InvalidOperationException(error.Message);
                else
                    requests += request.ArgumentCount > 0 ? 1 : throw new InvalidOperationException("a request without arguments");
            }
        }
        requests.ShouldBeGreaterThan(Inputs / 10);
        errors.ShouldBeGreaterThan(Inputs / 10);
    }

    [Fact]
    public void Random_commands_never_throw_and_always_answer()
    {
        var random = new Random(7);
        using var store = new TestStore();
        string[] words =
        [
            "a", "b", "-1", "0", "1", "x", "", "9223372036854775807", "-9223372036854775808", "EX", "PX", "NX", "XX", "GT", "LT", "GET", "KEEPTTL",
            "MATCH", "COUNT", "TYPE", "*", "[", "\\", "ID", "LIST", "INFO", "DOCS", "SETNAME", "2", "3", "AUTH", "default", "FILTERBY", "ASYNC", "EXAT", "PXAT",
            "DIGEST", "PARTITIONS", "SLOTS", "KEYS", "EXPORT", "REPAIR", "STATUS", "NODES", "REPLICAS", "FORGET",
        ];
        var names = KvStore.Protocol.Commands.CommandTable.Default.All.Select(static c => c.Name).Where(static n => n != "quit").ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var arguments = new string[random.Next(1, 6)];
            arguments[0] = names[random.Next(names.Length)];
            for (var j = 1; j < arguments.Length; j++)
                arguments[j] = words[random.Next(words.Length)];
            var reply = store.Resp(arguments);
            if (store.IsSuspended)
            {
                store.Facts.Data.EndSnapshot();
                reply = store.Resume();
            }
            reply.ShouldNotBeEmpty(string.Join(' ', arguments));
        }
        store.Facts.Failures.ShouldBeEmpty();
        store.IsClosed.ShouldBeFalse();
    }

    private static int Fill(byte[] buffer, Random random)
    {
        var length = 0;
        for (var count = random.Next(1, 24); count > 0; count--)
        {
            var piece = Pieces[random.Next(Pieces.Length)];
            piece.CopyTo(buffer, length);
            length += piece.Length;
            // Now and then a single byte is flipped.
            if (random.Next(16) == 0)
                buffer[random.Next(length)] = (byte)random.Next(256);
        }
        return length;
    }
}
