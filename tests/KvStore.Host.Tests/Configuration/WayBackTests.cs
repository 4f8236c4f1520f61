using System.Net;
using KvStore.Host.Configuration;

namespace KvStore.Host.Tests.Configuration;

/// <summary>Which members a node asks that its cluster has excluded, and when it founds a cluster itself.</summary>
public sealed class WayBackTests
{
    private const string Never = "3650.00:00:00";
    private const string Second = "00:00:01";

    [Theory]
    [InlineData("1,2,3", true, 2, "1,3,4", "1,2,3,4", Second)]
    [InlineData("1,2,3", true, 1, "2,3,4", "1,2,3,4", Never)]
    [InlineData("1", true, 1, "3,2", "1,2,3", Never)]
    [InlineData("1", true, 1, "", "1", Never)]
    [InlineData("", true, 2, "3,1", "2,1,3", Never)]
    [InlineData("", false, 2, "3,1", "1,2,3", Second)]
    [InlineData("", false, 1, "3,2", "1,2,3", Never)]
    public void It_asks_seeds_and_former_members_and_only_the_one_that_the_list_begins_with_may_found_a_cluster_when_all_have_answered(
        string seeds, bool startsAlone, int self, string former, string asked, string timeout)
    {
        var start = new NodeArguments(null, null, null, null, [.. Ports(seeds).Select(static port => $"127.0.0.1:{port}")], [$"kv.cluster.start-alone={(startsAlone ? "on" : "off")}"]);
        var config = Apply(start, new WayBack(Node(self), Gateway: null, [.. Ports(former).Select(Node)]));
        config.GetStringList("akka.cluster.seed-nodes").ShouldBe([.. Ports(asked).Select(static port => Node(port).ToString())]);
        config.GetTimeSpan("akka.cluster.seed-node-timeout").ShouldBe(TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void It_listens_where_it_did_also_where_the_system_had_chosen()
    {
        var start = new NodeArguments(null, "n1", 0, 0, [], ["kv.limits.key=1k"]);
        var config = Apply(start, new WayBack(Node(7), new IPEndPoint(IPAddress.Loopback, 8), []));
        config.GetInt("akka.remote.dot-netty.tcp.port").ShouldBe(7);
        config.GetInt("kv.gateway.port").ShouldBe(8);
        config.GetString("kv.node.name").ShouldBe("n1");
        config.GetByteSize("kv.limits.key").ShouldBe(1024);
    }

    [Fact]
    public void A_life_in_no_cluster_keeps_what_the_one_before_it_knew()
    {
        var first = new WayBack(Node(1), Gateway: null, [Node(2)]);
        WayBack.Latest(null, first).ShouldBe(first);
        WayBack.Latest(first, null).ShouldBe(first, "it did not even listen");
        WayBack.Latest(first, new WayBack(Node(1), Gateway: null, []))!.FormerMembers.ShouldBe([Node(2)]);
        WayBack.Latest(first, new WayBack(Node(1), Gateway: null, [Node(3)]))!.FormerMembers.ShouldBe([Node(3)]);
    }

    private static Config Apply(NodeArguments start, WayBack way)
    {
        var settings = HostConfiguration.Load(start, new System.Collections.Hashtable());
        return ConfigurationFactory.ParseString(settings + way.Settings(ConfigurationFactory.ParseString(settings)));
    }

    private static int[] Ports(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static Address Node(int port) =>
        Address.TryParse($"akka.tcp://kvstore@127.0.0.1:{port}", out Address? address) ? address : throw new ArgumentOutOfRangeException(nameof(port));
}
