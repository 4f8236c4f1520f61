namespace KvStore.Protocol.Tests.Commands;

public sealed class TextReplyTests
{
    private readonly TestStore _store = new();

    [Theory]
    [InlineData("SET name john\n", "OK\n")]
    [InlineData("SET name john\r\n", "OK\n")]
    [InlineData("GET name\n", "(nil)\n")]
    [InlineData("ping\n", "PONG\n")]
    [InlineData("ECHO \"\"\n", "\"\"\n")]
    [InlineData("ECHO (nil)\n", "\"(nil)\"\n")]
    [InlineData("ECHO 'ERR x'\n", "\"ERR x\"\n")]
    [InlineData("ECHO ERRATIC\n", "ERRATIC\n")]
    [InlineData("ECHO '\"q'\n", "\"\\\"q\"\n")]
    [InlineData("ECHO \"a\\nb\\x00\"\n", "\"a\\nb\\x00\"\n")]
    [InlineData("ECHO caf\u00e9\n", "caf\u00e9\n")]
    [InlineData("INCR c\n", "1\n")]
    [InlineData("DBSIZE\n", "0\n")]
    [InlineData("DELETE nothing\n", "0\n")]
    [InlineData("TYPE nothing\n", "none\n")]
    [InlineData("GET\n", "ERR wrong number of arguments for 'get' command\n")]
    [InlineData("nonsense a b\n", "ERR unknown command 'nonsense', with args beginning with: 'a' 'b' \n")]
    [InlineData("AUTH a b\n", "ERR WRONGPASS invalid username-password pair or user is disabled.\n")]
    [InlineData("\n  \n\r\nPING\n", "PONG\n")]
    public void A_line_gets_a_line(string line, string reply) => _store.Send(line).ShouldBe(reply);

    [Fact]
    public void PUT_takes_the_rest_of_the_line_as_it_stands()
    {
        _store.Send("PUT email garvit@example.com\nPUT k  two \"words\" and 'more\nput \"a b\" x\r\nPUT e \nPUT\nPUT onlykey\n")
            .ShouldBe("OK\nOK\nOK\nOK\n"
                + "ERR wrong number of arguments for 'put' command\nERR wrong number of arguments for 'put' command\n");
        _store.Send("GET email\nGET k\nGET 'a b'\nGET e\n").ShouldBe("garvit@example.com\n two \"words\" and 'more\nx\n\"\"\n");
    }

    [Fact]
    public void An_array_is_one_element_a_line_and_then_an_empty_line()
    {
        _store.Send("MSET name john email x@y\nMGET name nope email\nKEYS nothing\nSCAN 0 COUNT 1000000 MATCH nam*\nPING\n")
            .ShouldBe("OK\njohn\n(nil)\nx@y\n\n\n0\nname\n\nPONG\n");
    }

    [Fact]
    public void Nested_arrays_flatten_and_only_the_outermost_ends_with_an_empty_line()
    {
        _store.Send("COMMAND INFO dbsize nope\n").ShouldBe(
            "dbsize\n1\nreadonly\nfast\n0\n0\n0\n@keyspace\n@read\n@fast\n(nil)\n\n");
        _store.Send("CONFIG GET save\nCONFIG GET nothing\n").ShouldBe("save\n\"\"\n\n\n");
    }

    [Fact]
    public void Text_for_people_comes_line_by_line()
    {
        var lines = _store.Send("INFO server keyspace\n").Split('\n');
        lines[0].ShouldBe("# Server");
        lines[1].ShouldBe("redis_version:7.0.15");
        lines[^1].ShouldBeEmpty();
        lines[^2].ShouldBeEmpty();
        lines[..^2].ShouldAllBe(l => l.Length > 0 && !l.Contains('\r', StringComparison.Ordinal));
    }

    [Fact]
    public void An_unbalanced_quote_costs_that_line_only()
    {
        _store.Send("SET a \"b\nSET a \"b\"c\nSET a 'b\nPING\n").ShouldBe(
            string.Concat(Enumerable.Repeat("ERR Protocol error: unbalanced quotes in request\n", 3)) + "PONG\n");
        _store.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public void Each_request_is_answered_in_its_own_format()
    {
        _store.Send("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\nGET a\n" + TestStore.Encode("GET", "a") + "HELLO 2\n")
            .ShouldEndWith("(nil)\n_\r\nserver\nredis\nversion\n7.0.15\nproto\n2\nid\n3\nmode\nstandalone\nrole\nmaster\nmodules\n\n");
    }

    [Theory]
    [InlineData("QUIT\nPING\n", "OK\n")]
    [InlineData("exit\n", "OK\n")]
    [InlineData("*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n", "+OK\r\n")]
    public void QUIT_and_EXIT_close_and_nothing_after_them_is_answered(string input, string reply)
    {
        _store.Send(input).ShouldBe(reply);
        _store.IsClosed.ShouldBeTrue();
    }
}
