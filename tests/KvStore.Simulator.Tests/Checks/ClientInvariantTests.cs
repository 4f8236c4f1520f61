using KvStore.Simulator.Checks;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Tests.Checks;

/// <summary>What clients are promised, and a run in which they are told something else: every check is seen to fail.</summary>
public sealed class ClientInvariantTests : IDisposable
{
    private readonly ObservedRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void An_acknowledged_write_that_is_gone_in_the_end_is_a_violation()
    {
        var check = new AcknowledgedWritesSurvive(_run.View);
        _run.Start(check);
        _run.Execute("SET", "key:1", "v1.1");
        check.AtEnd();

        NodeInspection.TableOf(_run.Machine.Process!.Replica!).Clear();

        Should.Throw<InvariantViolationException>(check.AtEnd).Message.ShouldContain("v1.1");
    }

    [Fact]
    public void An_acknowledged_write_that_was_replaced_or_deleted_has_survived()
    {
        var check = new AcknowledgedWritesSurvive(_run.View);
        _run.Start(check);
        _run.Execute("MSET", "key:1", "v1.1", "key:2", "v1.2");
        _run.Execute("SET", "key:1", "v1.3", "PX", "1");
        _run.Execute("DEL", "key:2");

        Should.NotThrow(check.AtEnd);
    }

    [Fact]
    public void A_write_that_was_refused_and_is_published_is_a_violation()
    {
        var check = new TruthfulErrors(_run.View);
        _run.Start(check);
        var refused = _run.Call("SET", "key:1", "v1.1");
        _run.Return(refused, "-LOADING not yet\r\n");

        Should.Throw<InvariantViolationException>(() => _run.Execute("SET", "key:1", "v1.1")).Violation.Invariant.ShouldBe("truthful errors");
    }

    [Fact]
    public void A_write_that_was_published_and_is_refused_is_a_violation()
    {
        var check = new TruthfulErrors(_run.View);
        _run.Start(check);
        _run.Execute("SET", "key:1", "v1.1");
        var refused = _run.Call("SET", "key:1", "v1.1");

        Should.Throw<InvariantViolationException>(() => _run.Return(refused, "-LOADING not yet\r\n"));
    }

    [Fact]
    public void An_error_that_leaves_open_what_happened_allows_both()
    {
        var check = new TruthfulErrors(_run.View);
        _run.Start(check);
        _run.Execute("SET", "key:1", "v1.1");
        var open = _run.Call("SET", "key:1", "v1.1");

        Should.NotThrow(() => _run.Return(open, "-MISCONF it may or may not have been applied\r\n"));
    }

    [Theory]
    [InlineData("$4\r\nv1.9\r\n", "nobody has written")]
    [InlineData("$4\r\nv1.2\r\n", "is not what was written")]
    [InlineData("$6\r\nv1.1..\r\n", "is not what was written")]
    [InlineData("$4\r\nv1.3\r\n", "was told that nothing was changed")]
    [InlineData("$2\r\n17\r\n", "can't have been counted")]
    [InlineData("$3\r\nfoo\r\n", "is nothing that clients write")]
    public void A_read_of_what_nobody_wrote_under_this_key_is_a_violation(string reply, string why)
    {
        var check = new NothingOutOfThinAir(_run.View);
        _run.Start(check);
        _run.Execute("SET", "key:1", "v1.1");
        _run.Execute("SET", "key:2", "v1.2");
        _run.Return(_run.Call("SET", "key:1", "v1.3"), "-LOADING not yet\r\n");
        _run.Return(_run.Call("GET", "key:1"), "$4\r\nv1.1\r\n");

        Should.Throw<InvariantViolationException>(() => _run.Return(_run.Call("GET", "key:1"), reply)).Message.ShouldContain(why);
    }

    [Fact]
    public void A_key_that_nobody_wrote_is_a_violation_where_it_is_listed()
    {
        var check = new NothingOutOfThinAir(_run.View);
        _run.Start(check);
        _run.Execute("SET", "key:1", "v1.1");
        _run.Execute("KEYS", "*");

        Should.Throw<InvariantViolationException>(() => _run.Return(_run.Call("KEYS", "*"), "*1\r\n$5\r\nkey:2\r\n"));
    }

    [Fact]
    public void A_stale_read_of_the_only_node_is_a_violation()
    {
        var check = new OneNodeIsLinearizable(_run.View);
        _run.Start(check);
        _run.Execute("SET", "key:1", "v1.1");
        _run.Execute("FLUSHALL");
        _run.Execute("MSET", "key:1", "v1.2", "key:2", "v1.3");
        _run.Execute("MGET", "key:1", "key:2");
        Should.NotThrow(check.AtEnd);

        _run.Return(_run.Call("GET", "key:1"), "$4\r\nv1.1\r\n");

        Should.Throw<InvariantViolationException>(check.AtEnd).Message.ShouldContain("key:1");
    }
}
