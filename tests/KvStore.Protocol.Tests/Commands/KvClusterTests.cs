namespace KvStore.Protocol.Tests.Commands;

public sealed class KvClusterTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void SHOW_is_one_member_a_line_as_text() => _store.Send("KVCLUSTER SHOW\nPING\n").ShouldBe(
        "akka.tcp://kvstore@127.0.0.1:4053 | [cache,web] | up | reachable | 1.2.3\n"
        + "akka.tcp://kvstore@127.0.0.1:4054 | [] | leaving | unreachable\n"
        + "Count: 2 nodes\n\nPONG\n");

    [Fact]
    public void SHOW_counts_one_and_none_as_people_do()
    {
        _store.Facts.Cluster.Members = [_store.Facts.Cluster.Self];
        _store.Send("kvcluster show\n").ShouldEndWith("Count: 1 node\n\n");
        _store.Facts.Cluster.Members = [];
        _store.Send("kvcluster show\n").ShouldBe("Count: 0 nodes\n\n");
    }

    [Fact]
    public void SHOW_is_a_map_of_members_in_RESP()
    {
        const string First = "$7\r\naddress\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4053\r\n$5\r\nroles\r\n*2\r\n$5\r\ncache\r\n$3\r\nweb\r\n$6\r\nstatus\r\n$2\r\nup\r\n";
        _store.Resp("KVCLUSTER", "SHOW").ShouldBe(
            "*6\r\n$4\r\nself\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4053\r\n$6\r\nleader\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4053\r\n$7\r\nmembers\r\n*2\r\n"
            + "*10\r\n" + First + "$9\r\nreachable\r\n:1\r\n$11\r\napp-version\r\n$5\r\n1.2.3\r\n"
            + "*10\r\n$7\r\naddress\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4054\r\n$5\r\nroles\r\n*0\r\n$6\r\nstatus\r\n$7\r\nleaving\r\n$9\r\nreachable\r\n:0\r\n$11\r\napp-version\r\n$0\r\n\r\n");
        _store.Resp("HELLO", "3");
        _store.Resp("KVCLUSTER", "SHOW").ShouldContain("*2\r\n%5\r\n" + First + "$9\r\nreachable\r\n#t\r\n");
    }

    [Fact]
    public void STATUS_is_about_the_node_that_is_asked()
    {
        _store.Send("KVCLUSTER STATUS\n").ShouldBe(
            "akka.tcp://kvstore@127.0.0.1:4053 | [cache,web] | up | reachable | 1.2.3\nleader: akka.tcp://kvstore@127.0.0.1:4053\nmembers: 2\nunreachable: 1\n\n");
        _store.Resp("HELLO", "3");
        var reply = _store.Resp("KVCLUSTER", "STATUS");
        reply.ShouldStartWith("%8\r\n$7\r\naddress\r\n");
        reply.ShouldEndWith("$7\r\nmembers\r\n:2\r\n$11\r\nunreachable\r\n:1\r\n");
    }

    [Fact]
    public void MEMBERS_is_the_addresses()
    {
        _store.Send("KVCLUSTER MEMBERS\n").ShouldBe("akka.tcp://kvstore@127.0.0.1:4053\nakka.tcp://kvstore@127.0.0.1:4054\n\n");
        _store.Resp("KVCLUSTER", "members").ShouldBe("*2\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4053\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4054\r\n");
    }

    [Fact]
    public void LEAVE_DOWN_and_JOIN_are_handed_on_and_answered_at_once()
    {
        _store.Send("KVCLUSTER LEAVE 127.0.0.1:4054\nKVCLUSTER DOWN akka.tcp://kvstore@127.0.0.1:4054\n").ShouldBe("OK\nOK\n");
        _store.Resp("kvcluster", "join", "10.0.0.1:4053").ShouldBe("+OK\r\n");
        _store.Facts.Cluster.Requests.ShouldBe(["leave 127.0.0.1:4054", "down akka.tcp://kvstore@127.0.0.1:4054", "join 10.0.0.1:4053"]);
    }

    [Fact]
    public void HEAL_answers_who_moves_or_why_nobody_does()
    {
        _store.Send("KVCLUSTER HEAL\n").ShouldBe("1 node (b:2) told to join the cluster of 2 (a:1)\n");
        _store.Resp("kvcluster", "heal").ShouldBe("+1 node (b:2) told to join the cluster of 2 (a:1)\r\n");
        _store.Facts.Cluster.Refusal = "no other cluster is seen";
        _store.Resp("KVCLUSTER", "HEAL").ShouldBe("-ERR no other cluster is seen\r\n");
        _store.Facts.Cluster.Requests.ShouldBe(["heal", "heal", "heal"]);
    }

    [Fact]
    public void What_the_membership_refuses_is_one_error_line()
    {
        _store.Facts.Cluster.Refusal = "'a\r\nb' is no member";
        _store.Resp("KVCLUSTER", "DOWN", "a\r\nb").ShouldBe("-ERR 'a  b' is no member\r\n");
        _store.Send("KVCLUSTER DOWN x\nPING\n").ShouldBe("ERR 'a  b' is no member\nPONG\n");
    }

    [Fact]
    public void EVENTS_are_those_above_a_number()
    {
        _store.Send("KVCLUSTER EVENTS 1\n").ShouldBe(
            "2 2026-11-18T11:06:41.000Z up akka.tcp://kvstore@127.0.0.1:4053\n3 2026-11-18T11:06:42.500Z unreachable akka.tcp://kvstore@127.0.0.1:4054\n\n");
        _store.Resp("KVCLUSTER", "EVENTS", "2").ShouldBe(
            "*4\r\n$4\r\nlast\r\n:3\r\n$6\r\nevents\r\n*1\r\n*8\r\n$6\r\nnumber\r\n:3\r\n$5\r\nat-ms\r\n:1795000002500\r\n$5\r\nevent\r\n$11\r\nunreachable\r\n$7\r\naddress\r\n$33\r\nakka.tcp://kvstore@127.0.0.1:4054\r\n");
        _store.Resp("KVCLUSTER", "EVENTS", "3").ShouldBe("*4\r\n$4\r\nlast\r\n:3\r\n$6\r\nevents\r\n*0\r\n");
        _store.Send("KVCLUSTER EVENTS\n").Split('\n').Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("KVCLUSTER", "ERR wrong number of arguments for 'kvcluster' command\n")]
    [InlineData("KVCLUSTER SHOW a", "ERR wrong number of arguments for 'kvcluster|show' command\n")]
    [InlineData("KVCLUSTER LEAVE", "ERR wrong number of arguments for 'kvcluster|leave' command\n")]
    [InlineData("KVCLUSTER DOWN a b", "ERR wrong number of arguments for 'kvcluster|down' command\n")]
    [InlineData("KVCLUSTER JOIN", "ERR wrong number of arguments for 'kvcluster|join' command\n")]
    [InlineData("KVCLUSTER HEAL a", "ERR wrong number of arguments for 'kvcluster|heal' command\n")]
    [InlineData("KVCLUSTER EVENTS 1 2", "ERR wrong number of arguments for 'kvcluster|events' command\n")]
    [InlineData("KVCLUSTER EVENTS x", "ERR value is not an integer or out of range\n")]
    [InlineData("KVCLUSTER FOO", "ERR unknown subcommand 'FOO'. Try KVCLUSTER HELP.\n")]
    public void A_request_that_makes_no_sense_gets_one_line(string line, string error)
    {
        _store.Send(line + "\nPING\n").ShouldBe(error + "PONG\n");
        _store.Facts.Cluster.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void Every_subcommand_is_answered_while_the_node_loads_and_documents_itself()
    {
        _store.Facts.Loading = true;
        foreach (var word in (string[])["SHOW", "STATUS", "MEMBERS", "LEAVE a", "DOWN a", "JOIN a", "HEAL", "EVENTS", "HELP"])
            _store.Send($"KVCLUSTER {word}\n").ShouldNotContain("LOADING");
        var help = _store.Send("KVCLUSTER HELP\n");
        foreach (var word in (string[])["SHOW\n", "STATUS\n", "MEMBERS\n", "LEAVE address\n", "DOWN address\n", "JOIN address\n", "HEAL\n", "EVENTS [since]\n"])
            help.ShouldContain(word);
        _store.Send("COMMAND INFO kvcluster\n").ShouldStartWith("kvcluster\n-2\n");
    }
}
