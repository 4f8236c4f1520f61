using System.Net.Sockets;
using System.Text;

namespace KvStore.Node.Tests.Gateway;

public sealed class GatewayTests
{
    [Fact]
    public async Task Commands_in_one_write_are_answered_in_order_in_the_form_each_came_in()
    {
        await using var fixture = await NodeFixture.StartAsync();
        (await fixture.TalkAsync("SET a 1\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nINCR a\nGET none\n*2\r\n$3\r\nGET\r\n$4\r\nnone\r\n"))
            .ShouldBe("OK\n$1\r\n1\r\n2\n(nil)\n$-1\r\n");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task A_request_may_arrive_in_pieces_of_any_size(int piece)
    {
        await using var fixture = await NodeFixture.StartAsync();
        var value = new string('v', piece == 1 ? 300 : 100_000);
        var request = Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${value.Length}\r\n{value}\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
        using var client = await fixture.ConnectAsync();
        for (var at = 0; at < request.Length; at += piece)
            await client.GetStream().WriteAsync(request.AsMemory(at, Math.Min(piece, request.Length - at)));
        var expected = $"+OK\r\n${value.Length}\r\n{value}\r\n";
        (await NodeFixture.ReadAsync(client, expected.Length)).ShouldBe(expected);
    }

    [Fact]
    public async Task Replies_far_larger_than_the_output_bound_come_whole_and_in_order()
    {
        await using var fixture = await NodeFixture.StartAsync();
        var value = new string('v', 200_000);
        var script = new StringBuilder($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${value.Length}\r\n{value}\r\n");
        for (var i = 0; i < 100; i++)
            script.Append($"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*2\r\n$4\r\nECHO\r\n$3\r\n{i:000}\r\n");
        var expected = new StringBuilder("+OK\r\n");
        for (var i = 0; i < 100; i++)
            expected.Append($"${value.Length}\r\n{value}\r\n$3\r\n{i:000}\r\n");
        (await fixture.TalkAsync(script.ToString())).ShouldBe(expected.ToString());
    }

    [Fact]
    public async Task A_protocol_error_is_said_and_ends_the_connection()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var client = await fixture.ConnectAsync();
        await client.GetStream().WriteAsync("*1\r\n$4\r\nPING\r\n*1\r\n!4\r\nPING\r\n"u8.ToArray());
        (await NodeFixture.ReadToEndAsync(client)).ShouldBe("+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n");
    }

    [Fact]
    public async Task What_is_beyond_a_limit_is_refused_by_name_and_the_connection_goes_on()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.limits.value = 1k");
        var big = new string('x', 5_000_000);
        var answer = await fixture.TalkAsync($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${big.Length}\r\n{big}\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
        answer.ShouldContain("kv.limits.value");
        answer.ShouldStartWith("-ERR");
        answer.ShouldEndWith("$-1\r\n");
    }

    [Fact]
    public async Task Clients_that_stop_half_way_or_leave_in_the_middle_of_a_reply_leave_nothing_behind()
    {
        await using var fixture = await NodeFixture.StartAsync();
        await fixture.TalkAsync($"SET big {new string('v', 60_000)}\n");
        var waiting = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            var half = await fixture.ConnectAsync();
            await half.GetStream().WriteAsync("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000\r\nabc"u8.ToArray());
            waiting.Add(half);
            var reader = await fixture.ConnectAsync();
            await reader.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET big\n", 200))));
            await NodeFixture.ReadAsync(reader, 100);
            reader.Client.LingerState = new LingerOption(true, 0);
            reader.Close();
        }
        await fixture.UntilAsync(async () => await fixture.ClientCountAsync() == 21);
        foreach (var half in waiting)
            half.Dispose();
        await fixture.UntilAsync(async () => await fixture.ClientCountAsync() == 1);
        (await fixture.TalkAsync("EXISTS k\n")).ShouldBe("0\n");
    }

    [Fact]
    public async Task One_client_more_than_allowed_is_told_so()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.gateway.max-clients = 2");
        using var first = await fixture.ConnectAsync();
        await first.GetStream().WriteAsync("PING\n"u8.ToArray());
        await NodeFixture.ReadAsync(first, 5);
        using var second = await fixture.ConnectAsync();
        await second.GetStream().WriteAsync("PING\n"u8.ToArray());
        await NodeFixture.ReadAsync(second, 5);
        using var third = await fixture.ConnectAsync();
        (await NodeFixture.ReadToEndAsync(third)).ShouldBe("-ERR max number of clients reached\r\n");
        first.Dispose();
        await fixture.UntilAsync(async () => await fixture.TalkAsync("PING\n") == "PONG\n");
    }

    [Fact]
    public async Task A_client_that_is_idle_for_too_long_is_closed()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.gateway.idle-timeout = 1s");
        using var client = await fixture.ConnectAsync();
        await client.GetStream().WriteAsync("PING\n"u8.ToArray());
        (await NodeFixture.ReadToEndAsync(client)).ShouldBe("PONG\n");
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_replies_is_closed()
    {
        await using var fixture = await NodeFixture.StartAsync("kv.gateway.write-timeout = 1s");
        await fixture.TalkAsync($"SET big {new string('v', 60_000)}\n");
        using var client = await fixture.ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET big\n", 1_000))));
        await fixture.UntilAsync(async () => await fixture.ClientCountAsync() == 1);
    }

    [Fact]
    public async Task A_stopping_node_ends_idle_connections_at_once()
    {
        var fixture = await NodeFixture.StartAsync();
        using var client = await fixture.ConnectAsync();
        await client.GetStream().WriteAsync("PING\n"u8.ToArray());
        await NodeFixture.ReadAsync(client, 5);
        await fixture.DisposeAsync();
        (await NodeFixture.ReadToEndAsync(client)).ShouldBe("");
    }
}
