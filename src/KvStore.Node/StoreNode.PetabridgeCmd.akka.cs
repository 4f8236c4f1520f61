using Petabridge.Cmd.Cluster;
using Petabridge.Cmd.Host;

namespace KvStore.Node;

/// <content>
/// Hosts Petabridge.Cmd with its cluster palette, so that <c>pbm cluster show</c> works against the node. Compiled only with
/// <c>-p:ActorEngine=Akka -p:PetabridgeCmd=true</c>. Where it listens is the package's own setting, <c>petabridge.cmd.host</c> and
/// <c>petabridge.cmd.port</c>; nodes that share a machine need a port each.
/// </content>
public sealed partial class StoreNode
{
    static partial void StartRemoteAdministration(ActorSystem system)
    {
        var administration = PetabridgeCmd.Get(system);
        administration.RegisterCommandPalette(ClusterCommands.Instance);
        administration.Start();
    }
}
