using System.Text;
using KvStore.Core.Storage;
using KvStore.Protocol.Commands;

namespace KvStore.Cli.Tests.Verify;

public sealed class VerifyTests : IDisposable
{
    private readonly FakeNode _first = new("node-1", 7);
    private readonly FakeNode _second = new("node-2", 8);
    private readonly KvRun _kv = new();

    public VerifyTests()
    {
        _first.Nodes = [.. _first.Nodes, .. _second.Nodes];
        _first.Serve();
        for (var i = 0; i < 500; i++)
            _first.Replica.Set(Encoding.ASCII.GetBytes($"key:{i}"), "v"u8);
        _second.Learn(_first);
    }

    private string Verify => $"verify --at {_first.Port}";

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Nodes_that_hold_the_same_are_identical()
    {
        (await RunAsync(Verify)).ShouldBe(ExitCode.Ok, _kv.Error);
        var digest = $"{_first.Replica.Digest():x32}";
        _kv.Output.ShouldBe(
            $"node-1 (localhost:{_first.Port}) | 500 keys | 500 entries | {digest} | ready\n"
            + $"node-2 (127.0.0.1:{_second.Port}) | 500 keys | 500 entries | {digest} | ready\nidentical\n");
    }

    [Fact]
    public async Task Endpoints_that_are_given_are_compared_without_asking_who_there_is()
    {
        _first.Nodes = [];
        (await RunAsync($"verify {_first.Port} 127.0.0.1:{_second.Port}")).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldContain($"node-1 (localhost:{_first.Port}) | 500 keys");
        _kv.Output.ShouldEndWith("identical\n");
        (await RunAsync("verify nowhere")).ShouldBe(ExitCode.Usage);
        _kv.Error.ShouldContain("'nowhere' names no port");
    }

    [Fact]
    public async Task Where_nodes_differ_the_slots_and_keys_are_named()
    {
        _second.Replica.Set("only here \n"u8, "v"u8);
        _second.Replica.Delete("key:7"u8);
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldEndWith("differs: 2 slots\n");
        _kv.Output.ShouldContain($"slot {Slot.Of("key:7"u8)}: 1 key differs\n  key:7\n    node-1: 1795000000000.");
        _kv.Output.ShouldMatch("  key:7\n    node-1: [0-9.]+@7 value [0-9a-f]{16}\n    node-2: [0-9.]+@8 deleted [0-9a-f]{16}\n");
        _kv.Output.ShouldMatch("  \"only here .n\"\n    node-1: absent\n    node-2: [0-9.]+@8 value ");
    }

    [Fact]
    public async Task What_is_listed_is_bounded()
    {
        for (var i = 0; i < 40; i++)
            _second.Replica.Set(Encoding.ASCII.GetBytes($"{{t{i % 5}}}{i / 5}"), "v"u8);
        for (var i = 0; i < 20; i++)
            _second.Replica.Set(Encoding.ASCII.GetBytes($"{{t0}}more{i}"), "v"u8);
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldEndWith("differs: 5 slots\n");
        _kv.Output.Split('\n').Count(static l => l.StartsWith("slot ", StringComparison.Ordinal)).ShouldBe(3);
        (await RunAsync(Verify + " --json")).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldContain("\"verdict\":\"differs\",\"identical\":false,");
        _kv.Output.ShouldContain("\"differing-slots\":5,");
    }

    [Fact]
    public async Task A_slot_of_many_keys_lists_the_first_ten()
    {
        for (var i = 0; i < 300; i++)
            _second.Replica.Set(Encoding.ASCII.GetBytes($"{{t}}{i}"), "v"u8);
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldContain(": 300 keys differ, the first 10 are\n");
        _kv.Output.Split('\n').Count(static l => l.StartsWith("  {t}", StringComparison.Ordinal)).ShouldBe(10);
    }

    [Fact]
    public async Task A_write_that_is_under_way_at_the_first_look_is_no_difference()
    {
        _first.Replica.Set("a"u8, "v"u8);
        _kv.OnPause = () => _second.Learn(_first);
        (await RunAsync(Verify)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldEndWith("identical\n");
    }

    [Fact]
    public async Task Writes_that_never_stop_to_one_slot_leave_it_undecided()
    {
        var writes = 0;
        _first.Replica.Set("a"u8, "v"u8);
        _kv.OnPause = () => _first.Replica.Set("a"u8, Encoding.ASCII.GetBytes($"{++writes}"));
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldEndWith("can't tell: the same slots were written for as long as it looked; try again when there are fewer writes\n");
        writes.ShouldBe(10);
    }

    [Fact]
    public async Task Writes_that_go_on_elsewhere_do_not_hide_a_difference()
    {
        _second.Replica.Set("lost"u8, "v"u8);
        _first.Replica.Set("a"u8, "v"u8);
        _kv.OnPause = () => _first.Replica.Set("a"u8, "w"u8);
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldContain("  lost\n");
        _kv.Output.ShouldEndWith("differs: 1 slot\n");
    }

    [Fact]
    public async Task A_FLUSHALL_that_did_not_arrive_shows_in_the_floors()
    {
        using var empty = new FakeNode("node-3", 9);
        using var other = new FakeNode("node-4", 10);
        empty.Replica.FlushAll();
        (await RunAsync($"verify {empty.Port} {other.Port}")).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldMatch("differs: a FLUSHALL did not reach every node .floors: node-3 [1-9][0-9.]+@9, node-4 0.0@0");
    }

    [Fact]
    public async Task A_node_that_loads_or_can_not_be_reached_is_said_in_its_line()
    {
        _second.Loading = true;
        _first.Nodes = [.. _first.Nodes, new DataNode("node-3", "10.0.0.3:4053", "", "unknown")];
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldContain(" | not compared: it is loading\n");
        _kv.Output.ShouldEndWith("node-3 | not compared: where clients reach it is not known\nnothing was compared; 2 of 3 nodes could not be compared\n");
        _second.Loading = false;
        var port = _second.Port;
        _second.Dispose();
        (await RunAsync(Verify)).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldContain($"node-2 (127.0.0.1:{port}) | not compared: no connection to 127.0.0.1:{port}: connection refused");
    }

    [Fact]
    public async Task One_node_alone_is_identical_with_itself()
    {
        _first.Nodes = [_first.Nodes[0]];
        (await RunAsync(Verify)).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldEndWith("identical: there is one node\n");
        (await RunAsync(Verify + " --json")).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldStartWith("{\"verdict\":\"identical\",\"identical\":true,\"nodes\":[{\"name\":\"node-1\",");
    }

    [Fact]
    public async Task A_node_that_listens_everywhere_is_reached_where_its_peers_reach_it()
    {
        _first.Nodes = [_first.Nodes[0], new DataNode("node-2", "127.0.0.1:4054", $"0.0.0.0:{_second.Port}", "ready")];
        (await RunAsync(Verify)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldContain($"node-2 (127.0.0.1:{_second.Port})");
    }

    private Task<int> RunAsync(string words) => _kv.RunAsync(words.Split(' '));
}
