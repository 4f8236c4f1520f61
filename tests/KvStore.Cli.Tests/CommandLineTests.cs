using System.Text;

namespace KvStore.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("6100", "localhost:6100", "")]
    [InlineData("6100 SET name Apurv", "localhost:6100", "SET name Apurv")]
    [InlineData("10.0.0.5:6100 GET a", "10.0.0.5:6100", "GET a")]
    [InlineData("node-1.example:6100", "node-1.example:6100", "")]
    [InlineData("localhost 6100 GET a", "localhost:6100", "GET a")]
    [InlineData("localhost 6100", "localhost:6100", "")]
    [InlineData("[::1]:6100 GET a", "[::1]:6100", "GET a")]
    [InlineData("::1 6100 GET a", "[::1]:6100", "GET a")]
    [InlineData("[::1] 6100 GET a", "[::1]:6100", "GET a")]
    public void An_endpoint_is_a_port_or_a_host_and_a_port(string words, string endpoint, string command)
    {
        var line = CommandLine.Parse(words.Split(' '));
        line.Endpoint!.ToString().ShouldBe(endpoint);
        string.Join(' ', line.Command.Select(Encoding.UTF8.GetString)).ShouldBe(command);
        line.Json.ShouldBeFalse();
    }

    [Theory]
    [InlineData("SET k @foo")]
    [InlineData("SET k --json")]
    [InlineData("INCRBY c -1")]
    [InlineData("--help")]
    [InlineData("--timeout 3")]
    public void What_follows_the_endpoint_is_the_command_untouched(string command)
    {
        var line = CommandLine.Parse(["6100", .. command.Split(' ')]);
        string.Join(' ', line.Command.Select(Encoding.UTF8.GetString)).ShouldBe(command);
        line.ShouldSatisfyAllConditions(
            l => l.Json.ShouldBeFalse(), l => l.Help.ShouldBeFalse(), l => l.Timeout.ShouldBe(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void An_empty_argument_and_one_that_is_not_ASCII_reach_the_server()
    {
        var line = CommandLine.Parse(["6100", "SET", "", "\u00e9"]);
        line.Command.Select(Encoding.UTF8.GetString).ShouldBe(["SET", "", "\u00e9"]);
    }

    [Theory]
    [InlineData("--json --timeout 2.5 6100 GET a")]
    [InlineData("--timeout=2.5 --json 6100 GET a")]
    public void Options_stand_before_the_endpoint(string words)
    {
        var line = CommandLine.Parse(words.Split(' '));
        line.Json.ShouldBeTrue();
        line.Timeout.ShouldBe(TimeSpan.FromSeconds(2.5));
        line.Command.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "no endpoint")]
    [InlineData("--json", "no endpoint")]
    [InlineData("--jso 6100", "no option '--jso'")]
    [InlineData("--timeout", "takes seconds")]
    [InlineData("--timeout 0 6100", "takes seconds")]
    [InlineData("--timeout -1 6100", "takes seconds")]
    [InlineData("0", "not a port")]
    [InlineData("65536", "not a port")]
    [InlineData("99999999999", "not a port")]
    [InlineData("localhost:x", "not a port")]
    [InlineData("localhost:", "not a port")]
    [InlineData(":6100", "names no host")]
    [InlineData("localhost", "names no port")]
    [InlineData("localhost GET a", "names no port")]
    [InlineData("::1", "write ::1 6100, or [::1]:6100")]
    public void A_command_line_that_makes_no_sense_says_why(string words, string reason) =>
        Should.Throw<UsageException>(() => CommandLine.Parse(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Message.ShouldContain(reason);
}
