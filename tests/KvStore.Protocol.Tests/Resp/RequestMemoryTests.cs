using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Resp;

/// <summary>What a client announces costs nothing; what it sends costs its bytes, and no more once it is answered.</summary>
public sealed class RequestMemoryTests
{
    private readonly RequestParser _parser = new(RequestLimits.Default);
    private readonly CommandBatch _batch = new(RequestLimits.Default);

    [Fact]
    public void An_argument_beyond_the_limit_is_skipped_without_being_held()
    {
        Feed("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000000\r\n");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var chunk = new byte[64 * 1024];
        for (var sent = 0; sent < 20_000_000; sent += chunk.Length)
            _parser.Parse(chunk.AsMemory(0, Math.Min(chunk.Length, 20_000_000 - sent)), _batch);
        _parser.HeldBytes.ShouldBeLessThan(32 * 1024);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(128 * 1024);
        Feed("\r\nPING\r\n");
        Requests().ShouldBe(["error(ERR value of 20000000 bytes exceeds kv.limits.value (8388608 bytes))", "text[PING]ping"]);
    }

    [Fact]
    public void An_endless_line_is_skipped_without_being_held()
    {
        for (var i = 0; i < 1000; i++)
            Feed(new string('x', 10_000));
        _parser.HeldBytes.ShouldBeLessThan(32 * 1024);
        Feed("\nPING\n");
        Requests().ShouldBe(["error(ERR line exceeds kv.limits.line (65536 bytes))", "text[PING]ping"]);
    }

    [Fact]
    public void A_large_announcement_alone_holds_nothing()
    {
        Feed("*1048576\r\n$8388608\r\nabc");
        _parser.HeldBytes.ShouldBeLessThan(4096);
    }

    [Fact]
    public void A_half_request_holds_about_what_was_sent_and_lets_go_of_it_when_it_is_done()
    {
        Feed("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5000000\r\n");
        Feed(new string('v', 1_000_000));
        _parser.HeldBytes.ShouldBeInRange(1_000_000, 2_100_000);
        Feed(new string('v', 4_000_000));
        _parser.HeldBytes.ShouldBeInRange(5_000_000, 5_100_000);
        Feed("\r\n");
        _batch.Argument(0, 2).Length.ShouldBe(5_000_000);
        _parser.HeldBytes.ShouldBeLessThan(32 * 1024);
    }

    [Fact]
    public void Empty_arguments_cost_their_bookkeeping_only_and_it_is_given_back()
    {
        Feed("*1000000\r\n");
        Feed(string.Concat(Enumerable.Repeat("$0\r\n\r\n", 500_000)));
        _parser.HeldBytes.ShouldBeLessThan(8 * 1024 * 1024);
        Feed(string.Concat(Enumerable.Repeat("$0\r\n\r\n", 500_000)));
        _batch[0].ArgumentCount.ShouldBe(1_000_000);
        _parser.HeldBytes.ShouldBeLessThan(32 * 1024);
    }

    [Fact]
    public void Many_short_arguments_are_copied_a_bounded_number_of_times()
    {
        Feed("*1000000\r\n");
        var arguments = ParsedRequests.Bytes(string.Concat(Enumerable.Repeat("$8\r\n12345678\r\n", 1000)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _parser.Parse(arguments, _batch);
        // 8 MB of bytes and 8 MB of bookkeeping, each in arrays that double.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64_000_000);
        _batch[0].ArgumentCount.ShouldBe(1_000_000);
    }

    [Fact]
    public void Straddling_requests_reuse_the_scratch()
    {
        var bytes = ParsedRequests.Bytes(string.Concat(Enumerable.Repeat("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$64\r\n" + new string('v', 64) + "\r\n", 1000)));
        // The runtime allocates on this thread, too, while it compiles what runs here for the first few times.
        Enumerable.Range(0, 20).Min(_ => AllocatedBy(() => FeedInSegments(bytes))).ShouldBe(0);
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void FeedInSegments(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += 333)
        {
            _parser.Parse(bytes.AsMemory(at, Math.Min(333, bytes.Length - at)), _batch);
            _batch.Reset();
        }
    }

    private void Feed(string text)
    {
        var bytes = ParsedRequests.Bytes(text);
        _parser.Parse(bytes, _batch).ShouldBe(bytes.Length);
    }

    private List<string> Requests()
    {
        var requests = new List<string>();
        ParsedRequests.Describe(_batch, requests);
        return requests;
    }
}
