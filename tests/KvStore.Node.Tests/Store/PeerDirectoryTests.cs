using KvStore.Node.Store;

namespace KvStore.Node.Tests.Store;

/// <summary>Two members may have this node's address: itself, and the process before it that nobody has removed yet.</summary>
public sealed class PeerDirectoryTests
{
    [Fact]
    public async Task Of_two_members_at_its_address_a_node_takes_its_own_alone_for_itself()
    {
        var config = ConfigurationFactory.ParseString("akka.actor.provider = cluster, akka.loglevel = ERROR, akka.remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 }");
        var system = ActorSystem.Create("kvstore", config);
        try
        {
            var member = Cluster.Get(system).SelfMember;
            var other = new UniqueAddress(member.Address, member.UniqueAddress.Uid + 1);
            var directory = new PeerDirectory(other, system, "/user/node/store");

            directory.IsSelfAnew(member, current: other).ShouldBeFalse("this node goes on under the uid that it has");
            directory.IsSelfAnew(member, current: member.UniqueAddress).ShouldBeTrue("it has joined again");
            directory.BecomeAnew(member);
            directory.IsSelfAnew(member, current: member.UniqueAddress).ShouldBeFalse("that is known");
        }
        finally
        {
            await system.Terminate();
        }
    }
}
