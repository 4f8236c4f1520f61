using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Answers KVDATA. It knows the members and no more: there are no files, no registry and no anti-entropy yet, and it says so.
/// Used on the store's turn.
/// </summary>
internal sealed class DataAdministration(NodeSettings settings, NodeEndpoints endpoints, Replica replica, PeerDirectory peers) : IDataAdministration
{
    public string Gateway => endpoints.Gateway?.ToString() ?? "";

    public IReadOnlyList<DataNode> Nodes =>
        [.. peers.Facts(replica.Peers, settings.Replica.Name).Select(View).OrderBy(static n => n.Name, StringComparer.Ordinal)];

    public IReadOnlyList<RepairProgress> Repairs => [];

    public IReadOnlyList<RegisteredReplica> Replicas => [];

    public bool IsSnapshotRunning => false;

    public long SnapshotsCompleted => 0;

    public string? SnapshotFailure => null;

    public long LastSavedAtMs => 0;

    public PersistenceFacts Persistence { get; } = new();

    public string? StartRepair() => "this node can't compare its data with others";

    public string? Forget(string name) => $"there is no replica '{name}'; KVDATA REPLICAS lists them";

    public string? StartSnapshot() => "this node keeps no files";

    private DataNode View(MemberFacts member)
    {
        var isSelf = member.Name == settings.Replica.Name;
        var peer = replica.Peers.FirstOrDefault(p => p.Name == member.Name);
        var isReady = isSelf ? replica.Ready : peer?.Ready ?? false;
        var state = !member.IsReachable ? "unreachable" : !isSelf && peer is null ? "unknown" : isReady ? "ready" : "loading";
        return new DataNode(member.Name, member.Address, isSelf ? Gateway : "", state);
    }
}
