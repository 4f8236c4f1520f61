using KvStore.Node.Healing;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Answers KVCLUSTER from the engine's view of the cluster, and hands its requests to the engine, which carries them out in its
/// own time. It knows every member, also one that is still joining, of which the store knows nothing yet. Used on the store's turn.
/// </summary>
internal sealed class ClusterAdministration(Cluster cluster, ClusterEventLog events, SplitHealing healing) : IClusterAdministration
{
    public ClusterMember Self => View(cluster.SelfMember, cluster.State);

    public string Leader => cluster.State.Leader?.ToString() ?? "";

    public IReadOnlyList<ClusterMember> Members
    {
        get
        {
            var state = cluster.State;
            return [.. state.Members.Select(member => View(member, state)).OrderBy(static m => m.Address, StringComparer.Ordinal)];
        }
    }

    public long LastEvent => events.Last;

    /// <summary>A status as people write it.</summary>
    public static string Name(MemberStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>The addresses of <c>akka.cluster.seed-nodes</c>.</summary>
    public static IReadOnlyList<Address> Seeds(ActorSystem system)
    {
        var seeds = new List<Address>();
        foreach (var text in system.Settings.Config.GetStringList("akka.cluster.seed-nodes"))
        {
            if (Address.TryParse(text, out Address? address))
                seeds.Add(address);
        }
        return seeds;
    }

    public IReadOnlyList<ClusterChange> EventsSince(long since) => events.Since(since);

    public string? Leave(string address)
    {
        var member = Find(address);
        if (member is null)
            return NoMember(address);
        cluster.Leave(member.Address);
        return null;
    }

    public string? Down(string address)
    {
        var member = Find(address);
        if (member is null)
            return NoMember(address);
        cluster.Down(member.Address);
        return null;
    }

    public string? Join(string address)
    {
        if (cluster.IsTerminated)
            return "this node has left its cluster; start it again to join one";
        if (cluster.SelfMember.Status != MemberStatus.Removed)
            return $"this node is a member already ({Name(cluster.SelfMember.Status)}), and a node joins once; one that is to wait for JOIN starts without seeds and with kv.cluster.start-alone = false";
        var self = cluster.SelfAddress;
        var whole = address.Contains("://", StringComparison.Ordinal) ? address : $"{self.Protocol}://{self.System}@{address}";
        if (!Address.TryParse(whole, out Address? target)
            || target.Port is not (> 0 and <= 65535)
            || target.Host is null
            || Uri.CheckHostName(target.Host.Trim('[', ']')) == UriHostNameType.Unknown)
            return $"'{address}' is no address; it looks like 127.0.0.1:4053 or {self.Protocol}://{self.System}@127.0.0.1:4053";
        if (target.Protocol != self.Protocol || target.System != self.System)
            return $"'{address}' is of another system than this node, which is {self}";
        cluster.Join(target);
        return null;
    }

    public AdministrationAnswer Heal() => healing.Heal();

    /// <summary>What INFO says of other clusters.</summary>
    public void AppendInfo(InfoText info) => healing.AppendInfo(info);

    private static string NoMember(string address) => $"'{address}' is no member of the cluster; KVCLUSTER MEMBERS lists them";

    private static ClusterMember View(Member member, ClusterEvent.CurrentClusterState state) => new(
        member.Address.ToString(),
        [.. member.Roles.Order(StringComparer.Ordinal)],
        Name(member.Status),
        !state.Unreachable.Contains(member),
        EngineFacts.AppVersion(member));

    // As a member is listed, or the part of it that people know: host:port. Host names have no case.
    private Member? Find(string address) => cluster.State.Members.FirstOrDefault(member =>
        string.Equals(member.Address.ToString(), address, StringComparison.OrdinalIgnoreCase)
        || string.Equals($"{member.Address.Host}:{member.Address.Port}", address, StringComparison.OrdinalIgnoreCase));
}
