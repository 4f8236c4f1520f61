using System.Text;

namespace KvStore.Cli.Tests;

public sealed class ClusterCommandTests
{
    private const string Hello = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n";
    private const string First = "$7\r\naddress\r\n$7\r\nfirst:1\r\n$5\r\nroles\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n$6\r\nstatus\r\n$2\r\nup\r\n$9\r\nreachable\r\n#t\r\n$11\r\napp-version\r\n$5\r\n1.2.3\r\n";
    private const string Second = "$7\r\naddress\r\n$8\r\nsecond:2\r\n$5\r\nroles\r\n*0\r\n$6\r\nstatus\r\n$7\r\nleaving\r\n$9\r\nreachable\r\n#f\r\n$11\r\napp-version\r\n$0\r\n\r\n";
    private const string Members = "%3\r\n$4\r\nself\r\n$7\r\nfirst:1\r\n$6\r\nleader\r\n$7\r\nfirst:1\r\n$7\r\nmembers\r\n*2\r\n%5\r\n" + First + "%5\r\n" + Second;

    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    private string Output => Encoding.Latin1.GetString(_output.ToArray());

    private string Error => Encoding.Latin1.GetString(_error.ToArray());

    [Fact]
    public async Task Show_prints_every_member_and_how_many_there_are()
    {
        using var server = new ScriptedServer([Hello + Members]);
        (await RunAsync(server, "show")).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("first:1 | [a,b] | up | reachable | 1.2.3\nsecond:2 | [] | leaving | unreachable\nCount: 2 nodes\n");
        server.Received.ShouldEndWith("*2\r\n$9\r\nKVCLUSTER\r\n$4\r\nshow\r\n");
    }

    [Fact]
    public async Task Show_reads_a_server_that_speaks_RESP2_alike()
    {
        var flat = Members.Replace("%3", "*6", StringComparison.Ordinal).Replace("%5", "*10", StringComparison.Ordinal)
            .Replace("#t", ":1", StringComparison.Ordinal).Replace("#f", ":0", StringComparison.Ordinal);
        using var server = new ScriptedServer(["-ERR unknown command 'HELLO'\r\n" + flat]);
        (await RunAsync(server, "show")).ShouldBe(ExitCode.Ok);
        Output.ShouldStartWith("first:1 | [a,b] | up | reachable | 1.2.3\nsecond:2 | [] | leaving | unreachable\n");
    }

    [Fact]
    public async Task Show_as_JSON_is_one_object()
    {
        using var server = new ScriptedServer([Hello + Members]);
        (await RunAsync(server, "show", "--json")).ShouldBe(ExitCode.Ok);
        Output.ShouldBe(
            """{"self":"first:1","leader":"first:1","members":[{"address":"first:1","roles":["a","b"],"status":"up","reachable":true,"app-version":"1.2.3"},"""
            + """{"address":"second:2","roles":[],"status":"leaving","reachable":false,"app-version":""}]}""" + "\n");
    }

    [Fact]
    public async Task Status_is_about_the_node_that_was_asked()
    {
        using var server = new ScriptedServer([Hello + "%8\r\n" + First + "$6\r\nleader\r\n$7\r\nfirst:1\r\n$7\r\nmembers\r\n:2\r\n$11\r\nunreachable\r\n:1\r\n"]);
        (await RunAsync(server, "status")).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("first:1 | [a,b] | up | reachable | 1.2.3\nleader: first:1\nmembers: 2\nunreachable: 1\n");
    }

    [Theory]
    [InlineData("members", null, "*1\r\n$7\r\nfirst:1\r\n", "first:1\n")]
    [InlineData("leave", "first:1", "+OK\r\n", "OK\n")]
    [InlineData("down", "first:1", "+OK\r\n", "OK\n")]
    [InlineData("join", "first:1", "+OK\r\n", "OK\n")]
    [InlineData("heal", null, "+1 node (b:2) told to join the cluster of 2 (a:1)\r\n", "1 node (b:2) told to join the cluster of 2 (a:1)\n")]
    public async Task The_other_verbs_print_the_answer(string verb, string? address, string reply, string printed)
    {
        using var server = new ScriptedServer([Hello + reply]);
        (await RunAsync(server, address is null ? [verb] : [verb, address])).ShouldBe(ExitCode.Ok);
        Output.ShouldBe(printed);
        server.Received.ShouldEndWith($"$9\r\nKVCLUSTER\r\n${verb.Length}\r\n{verb}\r\n" + (address is null ? "" : "$7\r\nfirst:1\r\n"));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("tail")]
    [InlineData("heal")]
    [InlineData("leave", "x")]
    public async Task A_refusal_goes_to_stderr_and_exits_with_1(params string[] verb)
    {
        using var server = new ScriptedServer([Hello + "-ERR 'x' is no member\r\n"]);
        (await RunAsync(server, verb)).ShouldBe(ExitCode.ErrorReply);
        Output.ShouldBeEmpty();
        Error.ShouldBe("ERR 'x' is no member\n");
    }

    [Fact]
    public async Task Tail_prints_what_was_then_what_comes_and_ends_with_the_connection()
    {
        using var server = new ScriptedServer(
            [Hello + Events(12, [.. Enumerable.Range(1, 12)]), Events(12), Events(14, 13, 14), Events(2000, 1001, 1002), null]);
        (await RunAsync(server, "tail")).ShouldBe(ExitCode.NoConnection);
        var lines = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("2026-11-18T11:06:40.003Z | up | node:3");
        lines.Select(static l => l[(l.LastIndexOf(':') + 1)..]).ShouldBe([.. Enumerable.Range(3, 12).Select(static n => $"{n}"), "1001", "1002"]);
        Error.ShouldStartWith("kv: 986 events were not seen: the node keeps the last ones only\nkv: lost the connection");
        server.Received.ShouldEndWith("*3\r\n$9\r\nKVCLUSTER\r\n$6\r\nevents\r\n$4\r\n2000\r\n");
    }

    [Fact]
    public async Task Tail_as_JSON_is_one_object_a_line()
    {
        using var server = new ScriptedServer([Hello + Events(1, 1), null]);
        (await RunAsync(server, "tail", "--json")).ShouldBe(ExitCode.NoConnection);
        Output.ShouldBe("""{"number":1,"at-ms":1795000000001,"event":"up","address":"node:1"}""" + "\n");
    }

    [Fact]
    public async Task A_server_that_answers_something_else_is_named()
    {
        using var server = new ScriptedServer([Hello + "+OK\r\n"]);
        (await RunAsync(server, "show")).ShouldBe(ExitCode.NoConnection);
        Error.ShouldContain("is it a KvStore node of this version?");
    }

    [Fact]
    public async Task Help_lists_the_verbs()
    {
        await KvCommand.RunAsync(["cluster", "--help"], new Terminal(Stream.Null, _output, _error));
        foreach (var verb in ClusterArguments.Verbs.Keys)
            Output.ShouldContain($"  {verb}");
        HelpText.Commands("kvc").ShouldContain("    KVCLUSTER LEAVE address\n");
    }

    private static string Events(int last, params int[] numbers) =>
        $"%2\r\n$4\r\nlast\r\n:{last}\r\n$6\r\nevents\r\n*{numbers.Length}\r\n" + string.Concat(numbers.Select(static n =>
            $"%4\r\n$6\r\nnumber\r\n:{n}\r\n$5\r\nat-ms\r\n:{1_795_000_000_000 + n}\r\n$5\r\nevent\r\n$2\r\nup\r\n$7\r\naddress\r\n${5 + $"{n}".Length}\r\nnode:{n}\r\n"));

    private Task<int> RunAsync(ScriptedServer server, params string[] words) =>
        KvCommand.RunAsync(["cluster", "--at", server.Port, .. words], new Terminal(Stream.Null, _output, _error));
}
