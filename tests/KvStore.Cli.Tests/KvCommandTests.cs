using System.Net;
using System.Text;

namespace KvStore.Cli.Tests;

public sealed class KvCommandTests
{
    // kv greets with HELLO 3 in front of its first command; a server that knows it answers twice.
    private const string Hello = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n";

    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    private string Output => Encoding.Latin1.GetString(_output.ToArray());

    private string Error => Encoding.Latin1.GetString(_error.ToArray());

    [Theory]
    [InlineData("+OK\r\n", "OK\n")]
    [InlineData("$5\r\nApurv\r\n", "Apurv\n")]
    [InlineData("_\r\n", "(nil)\n")]
    [InlineData("$-1\r\n", "(nil)\n")]
    [InlineData(":7\r\n", "7\n")]
    [InlineData("*3\r\n$1\r\na\r\n_\r\n$1\r\nb\r\n", "a\n(nil)\nb\n")]
    [InlineData("$2\r\n\xff\xfe\r\n", "\xff\xfe\n")]
    [InlineData("=9\r\ntxt:a\r\nb\n\r\n", "a\nb\n")]
    public async Task One_command_prints_its_reply_and_exits_with_0(string reply, string printed)
    {
        using var server = new ScriptedServer([Hello + reply]);
        (await RunAsync([server.Port, "GET", "name"])).ShouldBe(ExitCode.Ok);
        Output.ShouldBe(printed);
        Error.ShouldBeEmpty();
        server.Received.ShouldBe("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$3\r\nGET\r\n$4\r\nname\r\n");
    }

    [Fact]
    public async Task An_error_reply_goes_to_stderr_and_exits_with_1()
    {
        using var server = new ScriptedServer([Hello + "-ERR unknown command 'FOO'\r\n"]);
        (await RunAsync(["127.0.0.1:" + server.Port, "FOO"])).ShouldBe(ExitCode.ErrorReply);
        Output.ShouldBeEmpty();
        Error.ShouldBe("ERR unknown command 'FOO'\n");
    }

    [Fact]
    public async Task A_server_without_HELLO_is_spoken_to_in_RESP2()
    {
        using var server = new ScriptedServer(["-ERR unknown command 'HELLO'\r\n$1\r\na\r\n"]);
        (await RunAsync(["127.0.0.1", server.Port, "GET", "a"])).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("a\n");
    }

    [Theory]
    [InlineData("%1\r\n$1\r\nk\r\n*2\r\n:1\r\n_\r\n", "{\"k\":[1,null]}\n", 0)]
    [InlineData("$3\r\n\"\u00c3\u00a9\r\n", "\"\\\"\u00c3\u00a9\"\n", 0)]
    [InlineData("$1\r\n\xff\r\n", "{\"base64\":\"/w==\"}\n", 0)]
    [InlineData("#t\r\n", "true\n", 0)]
    [InlineData(",1.5\r\n", "1.5\n", 0)]
    [InlineData("-ERR no\r\n", "{\"error\":\"ERR no\"}\n", 1)]
    public async Task JSON_is_one_line_on_stdout(string reply, string printed, int exitCode)
    {
        using var server = new ScriptedServer([Hello + reply]);
        (await RunAsync(["--json", server.Port, "X"])).ShouldBe(exitCode);
        Output.ShouldBe(printed);
        Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_connection_is_one_clear_line_and_exits_with_3()
    {
        string port;
        using (var server = new ScriptedServer())
            port = server.Port;
        (await RunAsync([port, "PING"])).ShouldBe(ExitCode.NoConnection);
        Error.ShouldBe($"kv: no connection to localhost:{port}: connection refused, nothing listens there\n");
        (await RunAsync(["no-such-host.invalid:6100", "PING"])).ShouldBe(ExitCode.NoConnection);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_or_closes_exits_with_2()
    {
        using (var silent = new ScriptedServer([""]))
        {
            (await RunAsync(["--timeout", "0.2", silent.Port, "PING"])).ShouldBe(ExitCode.NoConnection);
            Error.ShouldBe($"kv: no reply from localhost:{silent.Port} within 0.2 s\n");
        }
        using var closing = new ScriptedServer(new string?[] { null });
        _error.SetLength(0);
        (await RunAsync([closing.Port, "PING"])).ShouldBe(ExitCode.NoConnection);
        Error.ShouldBe($"kv: lost the connection to localhost:{closing.Port}: the server closed it\n");
    }

    [Fact]
    public async Task Something_else_that_listens_there_is_named()
    {
        using var server = new ScriptedServer(["HTTP/1.1 400 Bad Request\r\n\r\n"]);
        (await RunAsync([server.Port, "PING"])).ShouldBe(ExitCode.NoConnection);
        Error.ShouldContain("does not speak the protocol");
    }

    [Fact]
    public async Task Localhost_finds_a_server_that_listens_on_IPv6_only()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6)
            return;
        using var server = new ScriptedServer(IPAddress.IPv6Loopback, [Hello + "+PONG\r\n"]);
        (await RunAsync([server.Port, "PING"])).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("PONG\n");
    }

    [Fact]
    public async Task A_bad_command_line_prints_why_and_the_usage_and_exits_with_3()
    {
        (await RunAsync(["--nope", "6100"])).ShouldBe(ExitCode.Usage);
        Error.ShouldStartWith("kv: there is no option '--nope'");
        Error.ShouldContain("kv [options] HOST:PORT");
    }

    [Fact]
    public async Task Help_and_version_need_no_server()
    {
        (await RunAsync(["--help"])).ShouldBe(ExitCode.Ok);
        Output.ShouldContain("kv 6100 SET name Apurv");
        (await RunAsync(["--version"])).ShouldBe(ExitCode.Ok);
        Output.ShouldMatch("kv [0-9]+\\.[0-9]+");
    }

    private Task<int> RunAsync(string[] words) =>
        KvCommand.RunAsync(words, new Terminal(new MemoryStream(), _output, _error));
}
