using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>Answers KVDATA, SAVE and the like from the replica and its disk. Used on the store's turn.</summary>
internal sealed class DataAdministration(
    NodeSettings settings,
    NodeEndpoints endpoints,
    NodeFacts facts,
    Replica replica,
    PeerDirectory peers,
    StoreDisk? disk) : IDataAdministration
{
    private const string NoFiles = "this node keeps no files: kv.durability is off";

    public string Gateway => endpoints.Gateway?.ToString() ?? "";

    public IReadOnlyList<DataNode> Nodes =>
        [.. peers.Facts(replica.Peers, settings.Replica.Name).Select(View).OrderBy(static n => n.Name, StringComparer.Ordinal)];

    public IReadOnlyList<RepairProgress> Repairs =>
        [.. replica.Repairs.Select(static r => new RepairProgress(r.Peer, r.Phase, r.Percent, r.Slots, r.Received, r.Sent, r.Phase is "done" or "failed"))];

    public IReadOnlyList<ReplicaFacts> Replicas =>
        [.. replica.Replicas.Select(r => new ReplicaFacts(
            r.Name, r.Store, r.StartId, r.State.ToString().ToLowerInvariant(), r.Lag, r.AwayMs == 0 ? 0 : replica.NowMs - r.AwayMs))];

    public bool IsSnapshotRunning => disk?.IsSnapshotting ?? false;

    public long SnapshotsCompleted => disk?.SnapshotsEnded ?? 0;

    public string? SnapshotFailure => disk?.SnapshotError;

    public long LastSavedAtMs => disk is { LastSnapshotMs: > 0 } ? disk.LastSnapshotMs : facts.StartedAtMs;

    public PersistenceFacts Persistence => disk?.Facts ?? new PersistenceFacts();

    public string? StartRepair() => replica.Repair() > 0 ? null : "there is no other node that serves and can be reached";

    public string? Forget(string name) => replica.Forget(name);

    public string? StartSnapshot() => disk is null ? NoFiles : disk.StartSnapshot();

    private DataNode View(MemberFacts member)
    {
        var isSelf = member.Name == settings.Replica.Name;
        var peer = replica.Peers.FirstOrDefault(p => p.Name == member.Name);
        var isReady = isSelf ? replica.Ready : peer?.Ready ?? false;
        var state = !member.IsReachable ? "unreachable" : !isSelf && peer is null ? "unknown" : isReady ? "ready" : "loading";
        return new DataNode(member.Name, member.Address, isSelf ? Gateway : peer?.Gateway ?? "", state);
    }
}
