using KvStore.Protocol.Commands;

namespace KvStore.Cli.Tests;

public sealed class DataCommandTests : IDisposable
{
    private const string Hello = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n";

    private readonly FakeNode _node = new("node-1", 7);
    private readonly KvRun _kv = new();

    public DataCommandTests() => _node.Replicas =
        [new("node-1", 0xa1, 7, "live", 0, FakeNode.StartMs), new("node-2", 0xb2, 8, "away", -1, FakeNode.StartMs)];

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Repair_is_watched_until_all_peers_are_done()
    {
        RepairProgress[] begins = [new("node-2", "comparing", 10, 0, 0, 0, IsDone: false), new("node-3", "done", 100, 0, 0, 0, IsDone: true)];
        RepairProgress[] ends = [begins[0] with { Phase = "done", Percent = 100, SlotsDiffering = 3, Received = 17, Sent = 5, IsDone = true }, begins[1]];
        _node.RepairStates.Enqueue(begins);
        _node.RepairStates.Enqueue(ends);
        var looks = 0;
        _kv.OnPause = () => looks++;
        (await RunAsync("repair")).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldBe("node-2: 3 slots differed; received 17 entries, sent 5\nnode-3: identical\n");
        _kv.Error.ShouldBeEmpty();
        looks.ShouldBe(1);
        _node.Requests.ShouldBe(["repair"]);
    }

    [Fact]
    public async Task A_person_sees_how_far_a_repair_is()
    {
        _kv.Typed = "";
        _node.RepairStates.Enqueue([new("node-2", "comparing", 10, 0, 0, 0, IsDone: false)]);
        _node.RepairStates.Enqueue([]);
        (await RunAsync("repair")).ShouldBe(ExitCode.Ok);
        _kv.Error.ShouldBe("\rnode-2 comparing 10%\r                    \r");
        _kv.Output.ShouldBe("this node has no peers\n");
    }

    [Fact]
    public async Task A_repair_that_failed_or_is_refused_exits_with_1()
    {
        _node.RepairStates.Enqueue([new("node-2", "failed", 40, 3, 1, 1, IsDone: true)]);
        (await RunAsync("repair")).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldStartWith("node-2: failed at 40%");
        (await RunAsync("repair --json")).ShouldBe(ExitCode.ErrorReply);
        _kv.Output.ShouldStartWith("{\"done\":true,\"peers\":[{\"peer\":\"node-2\",\"phase\":\"failed\",");
        _node.Refusal = "no peer is ready";
        (await RunAsync("repair")).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe("ERR no peer is ready\n");
    }

    [Fact]
    public async Task Replicas_are_a_line_each()
    {
        (await RunAsync("replicas")).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldBe(
            "node-1 | live since 2026-11-18T11:06:40Z | lag 0 | store a1 | start 7\nnode-2 | away since 2026-11-18T11:06:40Z | store b2 | start 8\n");
        (await RunAsync("replicas --json")).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldStartWith("[{\"name\":\"node-1\",\"store\":\"a1\",\"start\":\"7\",\"state\":\"live\",\"lag\":0,");
    }

    [Fact]
    public async Task Forget_asks_for_the_name_once_it_has_said_what_that_means()
    {
        _kv.Typed = "node-2";
        (await RunAsync("forget node-2")).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldStartWith("node-2 is away since 2026-11-18T11:06:40Z.\nTo forget it means: ");
        _kv.Output.ShouldEndWith("anew.\nOK\n");
        _node.Requests.ShouldBe(["forget node-2"]);
    }

    [Fact]
    public async Task Forget_asks_about_what_is_away_where_the_node_has_come_back_without_its_folder()
    {
        _node.Replicas = [new("node-2", 0xa1, 9, "live", 0, FakeNode.StartMs), new("node-2", 0xb2, 8, "away", -1, FakeNode.StartMs)];
        _kv.Typed = "node-2";
        (await RunAsync("forget node-2")).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldStartWith("node-2 is away since 2026-11-18T11:06:40Z.\n");
    }

    [Fact]
    public async Task Forget_does_nothing_where_the_name_was_not_typed()
    {
        _kv.Typed = "y";
        (await RunAsync("forget node-2")).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe("kv: nothing was done\n");
        _kv.Typed = null;
        (await RunAsync("forget node-2")).ShouldBe(ExitCode.Usage);
        _kv.Error.ShouldBe("kv: forget node-2 needs --yes where nobody can be asked\n");
        (await RunAsync("forget node-9 --yes")).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe("kv: there is no replica 'node-9'; kv replicas lists them\n");
        _node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Forget_with_yes_asks_nobody_and_a_refusal_exits_with_1()
    {
        (await RunAsync("forget node-2 --yes")).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldBe("OK\n");
        _node.Refusal = "node-1 is live";
        (await RunAsync("forget node-1 --yes")).ShouldBe(ExitCode.ErrorReply);
        _kv.Error.ShouldBe("ERR node-1 is live\n");
    }

    [Fact]
    public async Task Conflicts_are_a_line_each_with_whatever_the_node_tells()
    {
        using var server = new ScriptedServer([Hello
            + "*2\r\n%7\r\n$3\r\nkey\r\n$1\r\na\r\n$6\r\nwinner\r\n$3\r\n2@7\r\n$13\r\nwinner-origin\r\n$6\r\nnode-1\r\n$5\r\nloser\r\n$3\r\n1@8\r\n$12\r\nloser-origin\r\n$6\r\nnode-2\r\n"
            + "$5\r\nat-ms\r\n:1795000000000\r\n$8\r\npossible\r\n#t\r\n%1\r\n$3\r\nkey\r\n$0\r\n\r\n"]);
        (await _kv.RunAsync("conflicts", "5", "--at", server.Port)).ShouldBe(ExitCode.Ok, _kv.Error);
        _kv.Output.ShouldBe("2026-11-18T11:06:40.000Z | a | 2@7 of node-1 won over 1@8 of node-2 | possible\n\"\" | ? won over ?\n");
        server.Received.ShouldEndWith("*2\r\n$9\r\nCONFLICTS\r\n$1\r\n5\r\n");
    }

    [Fact]
    public async Task No_conflicts_are_said_so_and_a_count_is_a_number()
    {
        using var server = new ScriptedServer([Hello + "*0\r\n"]);
        (await _kv.RunAsync("conflicts", "--at", server.Port)).ShouldBe(ExitCode.Ok);
        _kv.Output.ShouldBe("no conflicts\n");
        (await _kv.RunAsync("conflicts", "many", "--at", server.Port)).ShouldBe(ExitCode.Usage);
        _kv.Error.ShouldBe("kv: conflicts takes a count, not 'many'\n");
    }

    private Task<int> RunAsync(string words) => _kv.RunAsync([.. words.Split(' '), "--at", _node.Port]);
}
