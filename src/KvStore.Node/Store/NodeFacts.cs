using System.Reflection;
using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>What commands such as INFO ask about the process around the replica. Used on the store's turn.</summary>
internal sealed class NodeFacts(
    NodeSettings settings,
    NodeIdentity identity,
    TimeProvider time,
    ClientRegistry clients,
    NodeEndpoints endpoints,
    Replica replica,
    PeerDirectory peers,
    StoreLog log,
    ClusterAdministration cluster,
    ActorSystem system,
    StoreDisk? disk) : IServerFacts
{
    private static readonly string ProductVersion =
        typeof(NodeFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private DataAdministration? _data;

    public bool Loading => !replica.Ready && !IsRehearsing;

    /// <summary>True while <see cref="Rehearsal"/> executes commands on a replica of its own.</summary>
    public bool IsRehearsing { get; set; }

    public string Version => ProductVersion;

    public string RunId => identity.RunId;

    public string NodeName => settings.Replica.Name;

    public int TcpPort => endpoints.Gateway?.Port ?? 0;

    public int ProcessId => Environment.ProcessId;

    public long StartedAtMs { get; } = time.GetUtcNow().ToUnixTimeMilliseconds();

    public long NowMicroseconds => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public long UsedMemoryBytes => replica.Memory.Used + GC.GetTotalMemory(forceFullCollection: false);

    public long ConnectionsReceived => clients.Received;

    public IReadOnlyCollection<ClientSession> Clients => clients.Sessions;

    public IReadOnlyCollection<MemberFacts> Members => peers.Facts(replica.Peers, settings.Replica.Name);

    public IClusterAdministration Cluster => cluster;

    public string? WriteRefusal => disk?.Refusal ?? (replica.Refusal is { } refusal && !IsRehearsing ? "ERR " + refusal : null);

    public IDataAdministration Data => _data ??= new DataAdministration(settings, endpoints, this, replica, peers, disk);

    public IReadOnlyDictionary<string, string> Configuration { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["maxclients"] = (settings.Gateway?.MaxClients ?? 0).ToString(),
        ["timeout"] = ((int)(settings.Gateway?.IdleTimeout.TotalSeconds ?? 0)).ToString(),
        ["proto-max-bulk-len"] = settings.Limits.MaxValueBytes.ToString(),
        ["maxmemory"] = settings.Replica.MemoryLimitBytes.ToString(),
        ["maxmemory-policy"] = settings.Replica.Eviction == EvictionPolicy.AllKeysLru ? "allkeys-lru" : "noeviction",
        ["bind"] = settings.Gateway?.Host ?? "",
    };

    public void AppendInfo(string section, InfoText info)
    {
        var counters = replica.Counters;
        switch (section)
        {
            case "server":
                info.Field("actor_engine", EngineFacts.Name);
                break;
            case "memory":
                info.Field("records_used_bytes", replica.Memory.Used);
                info.Field("records_reserved_bytes", replica.Memory.Reserved);
                info.Field("backlog_bytes", replica.BacklogBytes);
                break;
            case "persistence":
                disk?.AppendInfo(info);
                break;
            case "stats":
                info.Field("rejected_connections", clients.Rejected);
                info.Field("expired_keys", counters.Expired);
                break;
            case "replication":
                info.Field("mutations_superseded", counters.Superseded);
                info.Field("mutations_dropped", counters.Dropped);
                info.Field("diverged", counters.Diverged);
                info.Field("refills_requested", counters.RefillsRequested);
                info.Field("refills_sent", counters.RefillsSent);
                info.Field("origins_with_gaps", replica.OriginsWithGaps);
                info.Field("loading_ms", log.LoadingMs);
                info.Field("sessions_started", counters.SessionsStarted);
                info.Field("sessions_completed", counters.SessionsCompleted);
                info.Field("sessions_failed", counters.SessionsFailed);
                info.Field("slots_differing", counters.SlotsDiffering);
                info.Field("slots_skipped_as_suspect", counters.SlotsSkipped);
                info.Field("suspect_slots_shared", counters.SuspectSlotsShared);
                info.Field("entries_repaired", counters.RepairedEntries);
                info.Field("entries_sent", counters.EntriesSent);
                info.Field("session", replica.CurrentSession is { } session
                    ? $"member={session.Member},reason={session.Reason},percent={session.Percent},slots={session.Slots},entries={session.Entries}"
                    : "none");
                info.Field("transfers_completed", counters.TransfersCompleted);
                info.Field("listed_entries", counters.ListedEntries);
                info.Field("transferred_entries", counters.TransferredEntries);
                info.Field("entries_with_tombstones", replica.EntryCount);
                info.Field("last_mutation", replica.LastNumber);
                AppendPeers(info);
                break;
            case "cluster":
                cluster.AppendInfo(info);
                EngineFacts.Append(system, info);
                break;
        }
    }

    public void OnExecutorFailure(string command, Exception error) => log.ExecutorFailed(command, error);

    private void AppendPeers(InfoText info)
    {
        var index = 0;
        foreach (var peer in replica.Peers)
        {
            info.Field(
                $"peer{index++}",
                $"name={peer.Name},state={(peer.Ready ? "ready" : "loading")},reachable={(peer.Reachable ? "yes" : "no")},acknowledged={peer.Acknowledged},lag={replica.LastNumber - peer.Acknowledged},silent_ms={peer.SilentMs}");
        }
    }
}
