using KvStore.Core.Replication;
using KvStore.Node.Healing;
using KvStore.Node.Store;

namespace KvStore.Node.Tests.Store;

public sealed class ClusterAdministrationTests
{
    [Fact]
    public async Task A_node_alone_shows_itself_and_what_happened_to_it()
    {
        await using var fixture = await NodeFixture.StartAsync("akka.cluster.roles = [web, cache]");
        var self = Cluster.Get(fixture.Node.System).SelfAddress.ToString();
        var shown = (await fixture.TalkAsync("KVCLUSTER SHOW\n")).Split('\n');
        shown[0].ShouldStartWith($"{self} | [cache,web] | up | reachable");
        shown[1].ShouldBe("Count: 1 node");
        (await fixture.TalkAsync("KVCLUSTER STATUS\n")).ShouldContain($"\nleader: {self}\nmembers: 1\nunreachable: 0\n");
        (await fixture.TalkAsync("*2\r\n$9\r\nKVCLUSTER\r\n$7\r\nMEMBERS\r\n")).ShouldBe($"*1\r\n${self.Length}\r\n{self}\r\n");
        (await fixture.TalkAsync("INFO cluster\n")).ShouldContain("clusters_outside:0\n");
        (await fixture.TalkAsync("KVCLUSTER EVENTS\n")).ShouldContain($" up {self}\n");
    }

    [Theory]
    [InlineData("KVCLUSTER LEAVE 127.0.0.1:1", "ERR '127.0.0.1:1' is no member of the cluster; KVCLUSTER MEMBERS lists them\n")]
    [InlineData("KVCLUSTER DOWN nonsense", "ERR 'nonsense' is no member of the cluster; KVCLUSTER MEMBERS lists them\n")]
    [InlineData("KVCLUSTER DOWN \"\"", "ERR '' is no member of the cluster; KVCLUSTER MEMBERS lists them\n")]
    [InlineData("KVCLUSTER JOIN 127.0.0.1:1", "ERR this node is a member already (up), and a node joins once; one that is to wait for JOIN starts without seeds and with kv.cluster.start-alone = false\n")]
    public async Task A_request_that_cannot_be_is_one_line_and_the_connection_goes_on(string line, string error)
    {
        await using var fixture = await NodeFixture.StartAsync();
        (await fixture.TalkAsync(line + "\nPING\n")).ShouldBe(error + "PONG\n");
    }

    [Fact]
    public async Task A_node_in_no_cluster_refuses_what_is_no_address_and_takes_what_is_one()
    {
        var config = NodeFixture.Configuration();
        var system = ActorSystem.Create("kvstore", config);
        try
        {
            var cluster = Cluster.Get(system);
            using var replica = new Replica(new ReplicaSettings(), startId: 1, hashSeed: 1, member: "self");
            var healing = new SplitHealing(cluster, [], new OutsideLine(cluster), replica, new NodeEndpoints(), system.Log);
            var administration = new ClusterAdministration(cluster, new ClusterEventLog(), healing);
            administration.Self.Status.ShouldBe("removed");
            administration.Members.ShouldBeEmpty();
            administration.Leader.ShouldBeEmpty();
            foreach (var wrong in (string[])["", "host", "host:", ":1", "host:0", "host:70000", "host:x", "a b:1", "akka.tcp://kvstore", "://"])
                administration.Join(wrong).ShouldNotBeNull().ShouldStartWith($"'{wrong}' is no address; it looks like 127.0.0.1:4053 or ");
            administration.Join("akka.tcp://other@127.0.0.1:4053").ShouldNotBeNull().ShouldContain("is of another system than this node");
            administration.Leave(cluster.SelfAddress.ToString()).ShouldNotBeNull();

            var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cluster.RegisterOnMemberUp(() => joined.TrySetResult());
            administration.Join($"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}").ShouldBeNull();
            await joined.Task.WaitAsync(NodeFixture.Patience);
            administration.Members.Single().ShouldSatisfyAllConditions(m => m.Status.ShouldBe("up"), m => m.IsReachable.ShouldBeTrue());
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task A_node_that_is_told_to_leave_answers_and_goes()
    {
        var fixture = await NodeFixture.StartAsync();
        (await fixture.TalkAsync($"KVCLUSTER LEAVE {fixture.Node.Endpoints.Remoting}\n")).ShouldBe("OK\n");
        await fixture.Node.System.WhenTerminated.WaitAsync(NodeFixture.Patience);
    }

    [Fact]
    public async Task The_log_of_events_keeps_the_last_ones_in_order()
    {
        await using var fixture = await NodeFixture.StartAsync();
        var member = Cluster.Get(fixture.Node.System).SelfMember;
        var log = new ClusterEventLog();
        log.Since(0).ShouldBeEmpty();
        for (var i = 1; i <= ClusterEventLog.Capacity + 10; i++)
            log.AddReachability(member, isReachable: i % 2 == 0, nowMs: i);
        log.Last.ShouldBe(ClusterEventLog.Capacity + 10);
        log.Since(0).Select(static c => c.Number).ShouldBe(Enumerable.Range(11, ClusterEventLog.Capacity).Select(static n => (long)n));
        log.Since(-5).Count.ShouldBe(ClusterEventLog.Capacity);
        log.Since(log.Last - 1).Single().ShouldSatisfyAllConditions(c => c.Event.ShouldBe("reachable"), c => c.AtMs.ShouldBe(log.Last));
        log.Since(log.Last).ShouldBeEmpty();
        log.Since(long.MaxValue).ShouldBeEmpty();
    }
}
