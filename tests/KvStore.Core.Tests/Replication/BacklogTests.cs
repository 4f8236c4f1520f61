using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

public sealed class BacklogTests
{
    [Fact]
    public void It_gives_what_follows_a_number_and_nothing_when_that_is_gone()
    {
        var backlog = new Backlog(maxBytes: 10_000);
        for (var first = 1L; first < 1_000; first += 10)
            backlog.Add(Message(origin: 1, first, 10, bytes: 100));
        backlog.Bytes.ShouldBeLessThanOrEqualTo(10_000);
        backlog.From(1, 985).Select(m => m.First).ShouldBe([981L, 991L]);
        backlog.From(1, 5).ShouldBeEmpty();
        backlog.From(2, 1).ShouldBeEmpty();
        backlog.From(1, 1_001).ShouldBeEmpty();
    }

    [Fact]
    public void It_stops_where_a_message_is_missing_and_goes_on_when_it_came_late()
    {
        var backlog = new Backlog(maxBytes: 10_000);
        backlog.Add(Message(1, 1, 10, 10));
        backlog.Add(Message(1, 21, 10, 10));
        backlog.From(1, 1).Select(m => m.First).ShouldBe([1L]);
        backlog.Add(Message(1, 11, 10, 10));
        backlog.From(1, 1).Select(m => m.First).ShouldBe([1L, 11L]);
        backlog.From(1, 21).Select(m => m.First).ShouldBe([21L]);
    }

    private static Mutations Message(ulong origin, long first, int count, int bytes) => new(origin, first, count, new byte[bytes]);
}
