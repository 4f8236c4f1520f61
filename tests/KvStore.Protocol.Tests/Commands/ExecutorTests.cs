using System.Text;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Commands;

public sealed class ExecutorTests
{
    [Fact]
    public void A_batch_pauses_when_the_output_is_full_and_goes_on_where_it_stopped()
    {
        using var store = new TestStore(new RequestLimits { MaxOutputBytes = 10_000 });
        store.Resp("SET", "k", new string('v', 6000));
        var batch = new CommandBatch(store.Limits);
        var input = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(TestStore.Encode("GET", "k"), 5)));
        new RequestParser(store.Limits).Parse(input, batch).ShouldBe(input.Length);
        var rounds = new List<(BatchStatus, int)>();
        BatchStatus status;
        do
        {
            status = store.Executor.Run(batch, store.Session);
            rounds.Add((status, batch.Output.Length / 6000));
            batch.Output.Clear();
        }
        while (status == BatchStatus.OutputFull);
        rounds.ShouldBe([(BatchStatus.OutputFull, 2), (BatchStatus.OutputFull, 2), (BatchStatus.Done, 1)]);
    }

    [Fact]
    public void An_executor_that_throws_answers_one_error_and_the_stream_goes_on()
    {
        using var store = new TestStore();
        store.Facts.OnAppendInfo = static () => throw new InvalidOperationException("boom");
        store.Send(TestStore.Encode("PING") + TestStore.Encode("INFO") + TestStore.Encode("GET", "a"))
            .ShouldBe("+PONG\r\n-ERR internal error\r\n$-1\r\n");
        store.Facts.Failures.ShouldBe(["info: boom"]);
        store.Executor.Counters.Failed.ShouldBe(1);
    }

    [Fact]
    public void A_reply_beyond_the_limit_becomes_an_error_in_its_place()
    {
        using var store = new TestStore(new RequestLimits { MaxReplyBytes = 100_000 });
        store.Resp("SET", "k", new string('v', 60_000));
        store.Send("PING\n" + TestStore.Encode("MGET", "k", "k") + "PING\n").ShouldBe(
            "PONG\n-ERR reply exceeds kv.limits.reply (100000 bytes)\r\nPONG\n");
        store.Resp("GET", "k").Length.ShouldBe(60_010);
    }

    [Fact]
    public void APPEND_stops_at_the_limit_of_a_value()
    {
        using var store = new TestStore(new RequestLimits { MaxValueBytes = 10, MaxKeyBytes = 10 });
        store.Resp("APPEND", "k", "12345678").ShouldBe(":8\r\n");
        store.Resp("APPEND", "k", "abc").ShouldBe("-ERR value of 11 bytes exceeds kv.limits.value (10 bytes)\r\n");
        store.Resp("APPEND", "k", "90").ShouldBe(":10\r\n");
    }

    [Fact]
    public void GET_and_SET_allocate_nothing_of_their_own()
    {
        using var store = new TestStore();
        var parser = new RequestParser(store.Limits);
        var batch = new CommandBatch(store.Limits);
        var get = Encoding.Latin1.GetBytes(
            string.Concat(Enumerable.Range(0, 200).Select(static i => TestStore.Encode("GET", $"key:{i:d12}"))));
        for (var i = 0; i < 200; i++)
            store.Resp("SET", $"key:{i:d12}", "value");
        RunOnce();
        var before = GC.GetAllocatedBytesForCurrentThread();
        RunOnce();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void RunOnce()
        {
            // In segments of a size that no request divides, so that some straddle.
            for (var at = 0; at < get.Length; at += 1000)
            {
                parser.Parse(get.AsMemory(at, Math.Min(1000, get.Length - at)), batch);
                store.Executor.Run(batch, store.Session);
                batch.Output.Clear();
                batch.Reset();
            }
        }
    }
}
