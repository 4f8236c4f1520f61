namespace KvStore.Cli.Tests;

public sealed class ClusterArgumentsTests
{
    [Theory]
    [InlineData("cluster show", "show", null, "localhost:6100", false)]
    [InlineData("cluster show --json", "show", null, "localhost:6100", true)]
    [InlineData("--json cluster show", "show", null, "localhost:6100", true)]
    [InlineData("cluster --json show", "show", null, "localhost:6100", true)]
    [InlineData("cluster status --at 6101", "status", null, "localhost:6101", false)]
    [InlineData("--at 10.0.0.5:6100 cluster members", "members", null, "10.0.0.5:6100", false)]
    [InlineData("cluster leave 127.0.0.1:4054 --at=[::1]:6100", "leave", "127.0.0.1:4054", "[::1]:6100", false)]
    [InlineData("cluster down --at 6101 akka.tcp://kvstore@127.0.0.1:4054", "down", "akka.tcp://kvstore@127.0.0.1:4054", "localhost:6101", false)]
    [InlineData("cluster --at 6101 join 127.0.0.1:4053 --json", "join", "127.0.0.1:4053", "localhost:6101", true)]
    [InlineData("cluster tail", "tail", null, "localhost:6100", false)]
    public void A_verb_has_its_options_before_or_behind_it(string words, string verb, string? address, string endpoint, bool json)
    {
        var line = CommandLine.Parse(words.Split(' '));
        line.Cluster.ShouldBe(new ClusterArguments(verb, address));
        line.Endpoint!.ToString().ShouldBe(endpoint);
        line.Json.ShouldBe(json);
        line.Command.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cluster", "cluster takes a verb: show, status, members, leave, down, join, heal, tail")]
    [InlineData("cluster --json", "cluster takes a verb")]
    [InlineData("cluster shw", "cluster has no verb 'shw'")]
    [InlineData("cluster SHOW", "cluster has no verb 'SHOW'")]
    [InlineData("cluster leave", "cluster leave takes the address of a node")]
    [InlineData("cluster show 6100", "cluster show does not take '6100'")]
    [InlineData("cluster down a b", "cluster down does not take 'b'")]
    [InlineData("cluster show --at", "--at takes an endpoint")]
    [InlineData("cluster show --at localhost", "names no port")]
    [InlineData("cluster show --at 99999", "not a port")]
    [InlineData("cluster show --timeout 0", "takes seconds")]
    [InlineData("cluster show --all", "no option '--all'")]
    [InlineData("--at 6100 6101 GET a", "--at is an option of 'kv cluster'")]
    public void Words_that_make_no_sense_say_why(string words, string reason) =>
        Should.Throw<UsageException>(() => CommandLine.Parse(words.Split(' '))).Message.ShouldContain(reason);

    [Theory]
    [InlineData("cluster 6100 GET a", "cluster:6100")]
    [InlineData("cluster:6100 GET a", "cluster:6100")]
    [InlineData("6100 cluster info", "localhost:6100")]
    public void A_host_and_a_command_of_that_name_stay_what_they_were(string words, string endpoint)
    {
        var line = CommandLine.Parse(words.Split(' '));
        line.Cluster.ShouldBeNull();
        line.Endpoint!.ToString().ShouldBe(endpoint);
        line.Command.Count.ShouldBe(2);
    }

    [Fact]
    public void Help_may_be_asked_for_anywhere() => CommandLine.Parse(["cluster", "--help"]).Help.ShouldBeTrue();
}
