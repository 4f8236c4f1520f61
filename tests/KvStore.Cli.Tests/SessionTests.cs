using System.Text;

namespace KvStore.Cli.Tests;

public sealed class SessionTests
{
    private const string Hello = "+hello\r\n";

    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    private string Output => Encoding.Latin1.GetString(_output.ToArray());

    private string Error => Encoding.Latin1.GetString(_error.ToArray());

    [Fact]
    public async Task Piped_lines_are_commands_quoted_as_in_the_text_protocol()
    {
        using var server = new ScriptedServer([Hello + "+OK\r\n", "$2\r\n25\r\n", "+OK\r\n"]);
        (await PipeAsync(server, "PUT note  rest \"of\" line\r\n\n  \nGET age\nSET k \"a b\\x00\"")).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("OK\n25\nOK\n");
        server.Received.ShouldBe(
            "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*3\r\n$3\r\nPUT\r\n$4\r\nnote\r\n$15\r\n rest \"of\" line\r\n"
            + "*2\r\n$3\r\nGET\r\n$3\r\nage\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na b\0\r\n");
    }

    [Theory]
    [InlineData("GET a\nQUIT\nGET b\n")]
    [InlineData("GET a\nexit\nGET b\n")]
    [InlineData("GET a")]
    public async Task QUIT_EXIT_and_the_end_of_the_input_end_the_session(string input)
    {
        using var server = new ScriptedServer([Hello + "_\r\n"]);
        (await PipeAsync(server, input)).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("(nil)\n");
    }

    [Fact]
    public async Task Of_several_piped_commands_any_error_makes_the_exit_code_1_and_the_rest_is_executed()
    {
        using var server = new ScriptedServer([Hello + "-ERR no\r\n", "+OK\r\n"]);
        (await PipeAsync(server, "FOO\nSET a \"b\nPING\n")).ShouldBe(ExitCode.ErrorReply);
        Output.ShouldBe("OK\n");
        Error.ShouldBe("ERR no\nERR unbalanced quotes: that line was not sent\n");
    }

    [Fact]
    public async Task A_pipe_ends_with_the_first_loss_of_the_connection()
    {
        using var server = new ScriptedServer([Hello + "+OK\r\n", null], [Hello + "+OK\r\n"]);
        (await PipeAsync(server, "A\nB\nC\n")).ShouldBe(ExitCode.NoConnection);
        Output.ShouldBe("OK\n");
        Error.ShouldContain("lost the connection");
    }

    [Fact]
    public async Task A_person_gets_a_prompt_HELP_and_a_new_connection_when_the_old_one_is_lost()
    {
        using var server = new ScriptedServer([Hello + "+OK\r\n", null], [Hello + "*0\r\n"]);
        var lines = new TypedLines("PUT age 25", "GET age", "KEYS *", "HELP incrb", "HELP zzz");
        (await new Session(CommandLine.Parse([server.Port]), new Terminal(Stream.Null, _output, _error) { Prompt = () => lines }).RunAsync())
            .ShouldBe(ExitCode.Ok);
        lines.Prompts.Distinct(StringComparer.Ordinal).ShouldBe([$"127.0.0.1:{server.Port}> "]);
        Output.ShouldBe("OK\n(empty)\nstring\n  INCRBY key increment\n      Increment the integer value of a key by the given amount\n"
            + "no command begins with 'zzz'\n");
        Error.ShouldBe($"kv: lost the connection to localhost:{server.Port}: the server closed it; the next command connects again\n"
            + $"kv: connected to 127.0.0.1:{server.Port} again\n");
    }

    [Fact]
    public async Task Long_lines_and_many_in_one_piece_are_cut_where_they_end()
    {
        var lines = new PipedLines(new MemoryStream(Encoding.ASCII.GetBytes("a\n" + new string('b', 50_000) + "\n\nlast")));
        (await lines.ReadAsync(""))!.Length.ShouldBe(1);
        (await lines.ReadAsync(""))!.Length.ShouldBe(50_000);
        (await lines.ReadAsync(""))!.Length.ShouldBe(0);
        (await lines.ReadAsync(""))!.Length.ShouldBe(4);
        (await lines.ReadAsync("")).ShouldBeNull();
    }

    private Task<int> PipeAsync(ScriptedServer server, string input) =>
        KvCommand.RunAsync([server.Port], new Terminal(new MemoryStream(Encoding.Latin1.GetBytes(input)), _output, _error));

    private sealed class TypedLines(params string[] lines) : ILineSource
    {
        private int _next;

        public List<string> Prompts { get; } = [];

        public Task<byte[]?> ReadAsync(string prompt)
        {
            Prompts.Add(prompt);
            return Task.FromResult(_next < lines.Length ? Encoding.UTF8.GetBytes(lines[_next++]) : null);
        }
    }
}
